"""No mathematics item is another one with other numbers: questions are compared word by word, every number the same."""

from __future__ import annotations

import re
from difflib import SequenceMatcher
from itertools import combinations
from pathlib import Path

import pytest
from lxml import etree

from tests.itembank.demo.test_mathematics import CHOICES

FOLDER = Path(__file__).parents[3] / "itembank" / "demo" / "mathematics" / "items"
QTI = "{http://www.imsglobal.org/xsd/imsqtiasi_v3p0}"
LIMIT = 0.72
"""Above the closest pair, W4-016 and W4-017 with 0.714: "Reken uit", a product of the tables, and "Reken uit het
hoofd", a difference of thousands. The next share stock words only ("Kruis de twee … aan die …"), 0.70 and less."""


def asked(path: Path) -> list[str]:
    """Words and signs of a question without its options, each number as #."""
    body = etree.parse(path).getroot().find(f"{QTI}qti-item-body")
    assert body is not None
    etree.strip_elements(body, *CHOICES, with_tail=False)
    text = "".join(body.itertext()).lower()
    return re.findall(r"#|[^\W\d_]+|[×:+−=]", re.sub(r"\d[\d\u00a0]*(?:[.,]\d+)?", "#", text))


QUESTIONS = {path.stem: asked(path) for path in sorted(FOLDER.glob("*.xml"))}


def likeness(one: list[str], other: list[str]) -> float:
    """Share of the words that two questions have in common, in the same order; 0 where it cannot pass the limit."""
    matcher = SequenceMatcher(None, one, other, autojunk=False)
    return matcher.ratio() if min(matcher.real_quick_ratio(), matcher.quick_ratio()) > LIMIT else 0.0


def test_no_two_questions_are_alike() -> None:
    alike = [pair for pair in combinations(QUESTIONS, 2) if likeness(QUESTIONS[pair[0]], QUESTIONS[pair[1]]) > LIMIT]
    assert alike == []


@pytest.mark.parametrize("identifier", sorted(QUESTIONS))
def test_an_item_that_is_copied_with_other_words_here_and_there_would_be_found(identifier: str) -> None:
    question = QUESTIONS[identifier]
    copied = ["iets" if index % 8 == 0 else word for index, word in enumerate(question)]
    assert likeness(question, copied) > LIMIT
