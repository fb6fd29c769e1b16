"""What import refuses of items that are drawn: draws that cannot be made, shown, or answered by their own key."""

from __future__ import annotations

import pytest

from itembank import PackageError, read_item
from itembank.qti.sources import Metadata
from tests.itembank.drawn_samples import (
    BODY,
    BOTH,
    MATCH,
    NEVER,
    SET_PRODUCT,
    drawn_item,
    draws,
    sets,
    variable,
)

EVEN = (
    '<qti-set-correct-response identifier="RESPONSE"><qti-divide><qti-variable identifier="A"/>'
    '<qti-base-value base-type="integer">2</qti-base-value></qti-divide></qti-set-correct-response>'
)
RARELY = NEVER.replace(">99<", ">97<")
NULL = '<qti-set-template-value identifier="B"><qti-null/></qti-set-template-value>'
IF_BIG = (
    '<qti-template-condition><qti-template-if><qti-gt><qti-variable identifier="A"/><qti-base-value '
    f'base-type="integer">4</qti-base-value></qti-gt>{SET_PRODUCT}</qti-template-if></qti-template-condition>'
)
HIDDEN = f'<qti-template-block template-identifier="A" identifier="x">{BODY}</qti-template-block>'
LONG = "".join(draws("A", 2, 9) for _ in range(3000))


@pytest.mark.parametrize(
    ("made", "why", "line"),
    [
        ({"rules": BOTH + NEVER + SET_PRODUCT}, "its template constraint held in none of 100 draws", 6),
        ({"rules": LONG}, "drawing its values takes more than 5000 steps", 6),
        ({"rules": draws("A", 1, 99) + draws("B", 2, 9) + RARELY + SET_PRODUCT}, "of the 100 tries or 5000 steps", 6),
        ({"rules": BOTH + IF_BIG}, "RESPONSE has no correct response in a draw", 6),
        ({"rules": draws("A", 2, 9) + NULL + SET_PRODUCT}, "B is printed and has no value in a draw", 6),
        ({"rules": f"<qti-set-template-value identifier='A'>{NEVER}</qti-set-template-value>"}, "is not supported", 7),
        ({"body": BODY.replace('identifier="B"', 'identifier="B" format="%n"')}, "the number format '%n'", 12),
        ({"body": BODY.replace('identifier="B"', 'identifier="RESPONSE"')}, "no template variable 'RESPONSE'", 12),
        ({"body": HIDDEN}, "it stands in a part that might not be shown", 12),
        ({"body": BODY.replace("maal", "ma\ufdd0al")}, "noncharacter", 12),
        ({"variables": variable("A", "float") + variable("B"), "rules": sets("A", "float", "1e300") + draws("B", 2, 9)},
         "A is printed and has more than 200 characters in a draw", 6),
        ({"variables": variable("A", "point") + variable("B")}, "a value of type single point is not printed", 12),
    ],
    ids=lambda value: "" if isinstance(value, dict) else str(value),
)  # fmt: skip
def test_a_template_that_cannot_be_drawn_is_refused_with_its_line(made: dict[str, str], why: str, line: int) -> None:
    with pytest.raises(PackageError) as caught:
        read_item(drawn_item(**made), file="items/s.xml")
    problem = caught.value.problems[0]
    assert why in f"{problem.what}: {problem.why}"
    assert (problem.file, problem.line) == ("items/s.xml", line)


CARD = (
    '<qti-catalog-info><qti-catalog id="c"><qti-card support="{}"><qti-html-content>x{}y</qti-html-content></qti-card>'
    "</qti-catalog></qti-catalog-info>"
)


@pytest.mark.parametrize("support", ["glossary-on-screen", "spoken"])
@pytest.mark.parametrize("mark", ["\ufdd3", "\ufdd09\ufdd2", "<em>w</em>\ufdd1", "<!-- c -->\ufdd19\ufdd2"])
def test_characters_that_mark_a_blank_are_refused_in_what_stands_beside_the_body(support: str, mark: str) -> None:
    """They would be filled in as blanks are: in front of a pupil there is nothing to fill them with."""
    body = BODY.replace("<p>", '<p data-catalog-idref="c">')
    beside = drawn_item(body=body).decode().replace("</qti-item-body>", "</qti-item-body>" + CARD)
    assert read_item(beside.format(support, "").encode()).body.is_drawn
    with pytest.raises(PackageError, match="noncharacter"):
        read_item(beside.format(support, mark).encode())


def test_characters_that_mark_a_blank_are_refused_in_a_language() -> None:
    with pytest.raises(PackageError, match="noncharacter"):
        read_item(drawn_item().replace(b"nl-BE", "\ufdd3".encode()))
    unsaid = drawn_item().replace(b' xml:lang="nl-BE"', b"")
    with pytest.raises(PackageError, match="noncharacter"):
        read_item(unsaid, metadata=Metadata(area="x", language="\ufdd09\ufdd2"))


def test_a_key_that_does_not_get_all_points_in_every_draw_is_refused() -> None:
    """Half of a drawn number cannot be typed into a whole-number response when the number is odd."""
    rules = draws("A", 2, 9) + draws("B", 2, 9) + EVEN
    with pytest.raises(PackageError, match=r"S-1: template: .* in a draw \(A=\d, B=\d\)") as caught:
        read_item(drawn_item(rules=rules), file="items/s.xml")
    assert caught.value.problems[0].line == 6


def test_a_template_whose_key_its_rules_do_not_know_is_refused() -> None:
    """The rules ask for one factor, and the key is the product."""
    factor = '<qti-match><qti-variable identifier="RESPONSE"/><qti-variable identifier="A"/></qti-match>'
    point = '<qti-base-value base-type="float">1</qti-base-value>'
    asked = (
        f"<qti-response-processing><qti-response-condition><qti-response-if>{factor}"
        f'<qti-set-outcome-value identifier="SCORE">{point}</qti-set-outcome-value>'
        "</qti-response-if></qti-response-condition></qti-response-processing>"
    )
    source = drawn_item().replace(MATCH.encode(), asked.encode())
    with pytest.raises(PackageError, match=r"s\.xml:6: item S-1: template: its own key scores 0 of 1 points"):
        read_item(source, file="items/s.xml")
