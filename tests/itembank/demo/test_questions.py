"""What is asked stands out alike in every demo item: as a group's prompt, or in bold where words are filled in."""

from __future__ import annotations

from pathlib import Path

import pytest
from lxml import etree

DEMO = Path(__file__).parents[3] / "itembank" / "demo"
QTI = "{http://www.imsglobal.org/xsd/imsqtiasi_v3p0}"
BODIES = {
    path.stem: body
    for path in sorted(DEMO.glob("*/items/*.xml"))
    if (body := etree.parse(path).getroot().find(f"{QTI}qti-item-body")) is not None
}
FILLED_IN = ("qti-inline-choice-interaction", "qti-text-entry-interaction")
PROMPTED = {
    name for name, body in BODIES.items() if not any(body.find(f".//{QTI}{kind}") is not None for kind in FILLED_IN)
}


@pytest.mark.parametrize("identifier", sorted(PROMPTED))
def test_a_group_asks_in_its_prompt(identifier: str) -> None:
    [prompt] = BODIES[identifier].iter(f"{QTI}qti-prompt")
    assert "".join(prompt.itertext()).strip().endswith((".", "?", ":"))


@pytest.mark.parametrize("identifier", sorted(set(BODIES) - PROMPTED))
def test_where_an_answer_is_filled_in_the_question_is_bold_and_nothing_else(identifier: str) -> None:
    body = BODIES[identifier]
    bold = list(body.iter(f"{QTI}strong"))
    assert len(bold) <= 1  # none where the sentence to complete says all
    assert all((question.text or "").endswith((".", "?")) and len(question) == 0 for question in bold)
    plain = [text for text in body.itertext() if not any(text == question.text for question in bold)]
    assert not [text for text in plain if "?" in text and "jij morgen" not in text]  # N4-029 completes a question


def test_most_of_them_ask_a_question_of_their_own() -> None:
    asking = [name for name in set(BODIES) - PROMPTED if BODIES[name].find(f".//{QTI}strong") is not None]
    assert len(asking) > 0.8 * len(set(BODIES) - PROMPTED)
