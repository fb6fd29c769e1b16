"""Designs against the banks that they are for."""

from __future__ import annotations

from pathlib import Path

import pytest

from itembank.banks import check_design, read_bank
from itembank.designs import design_from_text
from itembank.errors import DesignFileError

HEAD = 'identifier = "w4"\ntitle = "Wiskunde"\nsubject = "wiskunde"\nlength = 3\n'
BANK = "id,a,b,area,speech\nA,1,-1,meten,yes\nB,1,0,meten,yes\nC,1,2,getallen,yes\nD,1,0,getallen,\n"
COUNTS = "[counts.area]\nmeten = { minimum = 1, maximum = 2 }\ngetallen = { minimum = 2 }\n"
FIRST = "[first_item]\nexpected_score = { minimum = 0.5, maximum = 0.8 }\n"


def check(tmp_path: Path, text: str) -> None:
    """Read the bank for a design, and check it."""
    path = tmp_path / "bank.csv"
    path.write_text(BANK)
    design = design_from_text(text)
    check_design(read_bank(path, design), design)


def test_a_design_that_the_bank_can_meet_is_accepted(tmp_path: Path) -> None:
    check(tmp_path, HEAD + COUNTS + FIRST)
    check(tmp_path, HEAD + 'kind = "linear"\nform = ["A", "D", "C"]\n' + COUNTS + FIRST)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (HEAD + COUNTS.replace("2 }\ng", "3 }\ng").replace("minimum = 1", "minimum = 3"), "3 items of area meten"),
        (
            HEAD + COUNTS + '[accommodations.voorlezen]\nwhere = { speech = "yes" }',
            "design 'w4': accommodation 'voorlezen': at least 2 items of area getallen are asked, the pool holds 1",
        ),
        (HEAD + 'kind = "linear"\nform = ["A", "B", "C"]\n' + COUNTS, "does not keep these rules: area getallen"),
        (
            HEAD + 'kind = "linear"\nform = ["C", "A", "D"]\n' + COUNTS + FIRST,
            "the form begins with 'C', which the rule of the first item does not allow",
        ),
    ],
)
def test_a_design_that_the_bank_cannot_meet_is_refused_in_words(tmp_path: Path, text: str, why: str) -> None:
    with pytest.raises(DesignFileError, match="design 'w4': ") as caught:
        check(tmp_path, text)
    assert why in str(caught.value)
