"""Items that are drawn anew for every pupil: one seed gives one item, on any machine, shown and scored alike."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Callable
from itertools import permutations
from pathlib import Path

import pytest
from lxml import html
from sqlmodel import Session

from itembank import (
    CalibratedItem,
    CalibrationVersion,
    CompiledBank,
    PackageError,
    bank_bytes,
    bank_from_bytes,
    compile_bank,
    drawn_view,
    export_package,
    import_package,
    load_item,
    pupil_view,
    read_item,
    score,
    template_seed,
)
from itembank.qti.nodes import node_of
from itembank.qti.processing import draw_template, read_program
from itembank.qti.safe_xml import parse
from itembank.scoring import draw, scoring_rules
from tests.designs import area_design
from tests.itembank.drawn_samples import (
    BODY,
    BOTH,
    CATALOG,
    NEVER,
    PLAN,
    PRODUCT,
    SET_POINT,
    SET_PRODUCT,
    WITH_CATALOG,
    drawn_item,
    draws,
    draws_word,
    filled,
    sets,
    variable,
)
from tests.itembank.interaction_samples import old_spelling

SEEDS = range(200)
MakeItem = Callable[..., bytes]
MakePackage = Callable[..., Path]


def compiled(*sources: bytes) -> CompiledBank:
    """Compile a bank of the items, in order of their names."""
    items = [read_item(source, area="x") for source in sources]
    known = tuple(CalibratedItem(item.name, 1.0, 0.0, 0.1, 0.1, 9, 0.5) for item in items)
    design = area_design("t", "T", len(items), {"x": (0, len(items))})
    return compile_bank(design, items, CalibrationVersion("c", "2pl", {}, known))


def shown_numbers(bank: CompiledBank, seed: int) -> tuple[int, ...]:
    """Numbers that a pupil reads in the first item."""
    text = html.fromstring(drawn_view(bank, 0, seed).html).text_content()
    return tuple(int(number) for number in re.findall(r"\d+", text))


def test_what_is_shown_is_what_is_scored_in_every_draw() -> None:
    bank = compiled(drawn_item())
    for seed in SEEDS:
        one, other = shown_numbers(bank, seed)
        assert one != other  # the template's constraint
        assert {one, other} <= set(range(2, 10))
        scored = [score(bank.scoring[0], {"RESPONSE": str(one * other + slip)}, seed) for slip in (-1, 0, 1)]
        assert [result.category for result in scored] == [0, 1, 0]
    assert len({shown_numbers(bank, seed) for seed in SEEDS}) > 40  # of 56 ordered pairs


def test_another_process_draws_the_same() -> None:
    bank = compiled(drawn_item())
    seeds = [template_seed(key, "S-1@1", bank.scoring[0]) for key in ("a", "b", "c")]
    assert len(set(seeds)) == 3
    program = (
        "import sys; from itembank import bank_from_bytes, template_seed, drawn_view\n"
        "bank = bank_from_bytes(sys.stdin.buffer.read())\n"
        "for key in 'abc':\n"
        "    print(drawn_view(bank, 0, template_seed(key, 'S-1@1', bank.scoring[0])).rendering_hash)\n"
    )
    told = subprocess.run([sys.executable, "-c", program], input=bank_bytes(bank), capture_output=True, check=True)
    assert told.stdout.decode().split() == [drawn_view(bank, 0, seed).rendering_hash for seed in seeds]


def test_the_seed_depends_on_the_sitting_the_item_and_its_rules(make_item: MakeItem) -> None:
    rules = compiled(drawn_item()).scoring[0]
    changed = compiled(drawn_item(rules=draws("A", 2, 8) + draws("B", 2, 9) + SET_PRODUCT)).scoring[0]
    given = [("k", "S-1@1", rules), ("l", "S-1@1", rules), ("k", "S-1@2", rules), ("k", "S-1@1", changed)]
    assert len({template_seed(*parts) for parts in given}) == 4
    assert template_seed("k", "W4-001@1", compiled(make_item()).scoring[0]) == 0  # the same for everybody


def test_a_view_holds_what_is_printed_and_nothing_else_of_the_draw() -> None:
    """The canary: keys that are drawn from 9 digits, and a part that this draw does not show."""
    left = (
        '<qti-template-inline template-identifier="SIDE" identifier="left" show-hide="show">links</qti-template-inline>'
    )
    right = left.replace('"show"', '"hide"').replace("links", "rechts")
    body = (
        f'<p>Kies {left}{right} <qti-printed-variable identifier="A"/>'
        ' <qti-text-entry-interaction response-identifier="RESPONSE"/></p>'
    )
    which = draws_word("SIDE", "left", "right")
    source = drawn_item(
        variables=variable("A") + variable("B") + variable("SIDE", "identifier"),
        rules=draws("A", 2, 9) + draws("B", 100_000_000, 999_999_999) + which + SET_PRODUCT,
        body=body,
    )
    bank, sides = compiled(source), set()
    for seed in range(40):
        view = drawn_view(bank, 0, seed)
        served = json.dumps([view.html, view.blanks])
        assert not re.search(r"\d{8}", served.replace(view.item, ""))
        assert not re.search("[\ufdd0-\ufdef]", view.html)
        (side,) = {"links", "rechts"} & set(re.findall(r"\w+", view.html))
        sides.add(side)
    assert sides == {"links", "rechts"}
    # the control: printing the drawn factor of the key does show it
    shown = compiled(
        source.replace(b'<qti-printed-variable identifier="A"/>', b'<qti-printed-variable identifier="B"/>')
    )
    assert re.search(r"\d{9}", drawn_view(shown, 0, 1).html)


def test_letters_in_a_formula_become_numbers_also_in_what_is_read_aloud() -> None:
    formula = (
        '<math xmlns="http://www.w3.org/1998/Math/MathML" alttext="A op B">'
        "<mfrac><mi>A</mi><mi>B</mi></mfrac><mi>x</mi></math>"
    )
    letters = variable("A", extra='math-variable="true"') + variable("B", extra='math-variable="true"')
    bank = compiled(drawn_item(variables=letters, body=f"<p>{formula}{BODY[3:]}"))
    view = drawn_view(bank, 0, 7)
    root = html.fromstring(view.html)
    one, other = (int(number.text_content()) for number in root.iter("mn"))
    assert root.xpath("string(//math/@aria-label)") == f"{one} op {other}"
    assert [letter.text for letter in root.iter("mi")] == ["x"]
    assert score(bank.scoring[0], {"RESPONSE": str(one * other)}, 7).category == 1


@pytest.mark.parametrize(
    ("language", "pattern", "expected"),
    [("nl-BE", "", "\u22120,5"), ("nl-BE", "%.2f", "\u22120,50"), ("en", "%.2f", "-0.50"), ("nl-BE", "%d", "0")],
)
def test_a_number_is_printed_in_its_format_with_the_comma_of_its_language(
    language: str, pattern: str, expected: str
) -> None:
    body = BODY.replace('variable identifier="A"', f'variable identifier="A" format="{pattern}"')
    source = drawn_item(
        variables=variable("A", "float") + variable("B"),
        rules=sets("A", "float", "-0.5") + draws("B", 1, 9) + SET_PRODUCT,
        body=body,
        base_type="float",
    ).replace(b"nl-BE", language.encode())
    bank = compiled(source)
    assert f"Hoeveel is {expected} maal" in drawn_view(bank, 0, 3).html


def test_a_drawn_text_is_shown_as_text() -> None:
    words = sets("A", "string", '&lt;b onclick="x()"&gt;&amp;')
    key = "<qti-correct-response><qti-value>4</qti-value></qti-correct-response>"
    bank = compiled(
        drawn_item(variables=variable("A", "string") + variable("B"), rules=words + draws("B", 1, 2), extra=key)
    )
    assert "Hoeveel is &lt;b onclick=&quot;x()&quot;&gt;&amp; maal" in drawn_view(bank, 0, 3).html


def choice_item(right: str = "p", shuffled: str = "") -> bytes:
    """A choice of p, q and, in some draws, r; each shows the number that was drawn."""
    choices = "".join(
        f'<qti-simple-choice identifier="{name}" {shown}><qti-printed-variable identifier="A"/>{name}'
        "</qti-simple-choice>"
        for name, shown in (("p", ""), ("q", ""), ("r", 'template-identifier="W" show-hide="hide"'))
    )
    return drawn_item(
        variables=variable("A") + variable("W", "identifier"),
        rules=draws("A", 2, 9) + draws_word("W", "r", "s"),
        body=f'<qti-choice-interaction response-identifier="RESPONSE" max-choices="1" {shuffled}>'
        f"<qti-prompt>Kies</qti-prompt>{choices}</qti-choice-interaction>",
        base_type="identifier",
        extra=f"<qti-correct-response><qti-value>{right}</qti-value></qti-correct-response>",
    )


def test_a_choice_is_left_out_of_some_draws() -> None:
    bank = compiled(choice_item())
    offered = set()
    for seed in range(30):
        root = html.fromstring(drawn_view(bank, 0, seed).html)
        offered.add(tuple(box.get("value") for box in root.iter("input")))
    assert offered == {("p", "q"), ("p", "q", "r")}
    with pytest.raises(PackageError, match="names the choice 'r', which is not shown then"):
        read_item(choice_item("r"))


def test_a_template_of_2_1_draws_as_one_of_3() -> None:
    current, old = compiled(drawn_item()), compiled(old_spelling(drawn_item().decode()).encode())
    assert b"templateConstraint" in old_spelling(drawn_item().decode()).encode()
    assert [shown_numbers(current, seed) for seed in range(30)] == [shown_numbers(old, seed) for seed in range(30)]


def test_choices_are_shuffled_with_what_a_draw_put_in_them() -> None:
    """What a draw leaves out, and the value it printed, go with their choice, wherever that is shown."""
    bank = compiled(choice_item(shuffled='shuffle="true"'))
    assert bank_from_bytes(bank_bytes(bank)).views == bank.views
    offered = set()
    for number in range(200):
        view = pupil_view(bank, 0, f"key {number}")
        assert (view.blanks, view.shuffles) == ((), ())
        drawn = draw(bank.scoring[0], template_seed(f"key {number}", view.item, bank.scoring[0])).values
        number_drawn, word = drawn["A"], drawn["W"]
        assert number_drawn is not None
        assert word is not None
        (value,) = number_drawn.items
        labels = list(html.fromstring(view.html).iter("label"))
        names = tuple(box.get("value") for label in labels for box in label.iter("input"))
        assert [label.text_content() for label in labels] == [f"{value}{name}" for name in names]
        offered.add(names)
        assert ("r" in names) is (word.items == ("s",))
        assert pupil_view(bank, 0, f"key {number}") == view
    assert offered == {names for n in (2, 3) for names in permutations("pqr"[:n])}


def test_a_bank_with_drawn_items_opens_as_it_was() -> None:
    bank = compiled(drawn_item())
    assert bank_from_bytes(bank_bytes(bank)).views == bank.views


def test_a_drawn_item_is_exported_as_it_came(db: Session, tmp_path: Path, make_package: MakePackage) -> None:
    import_package(db, make_package({"items/S1.xml": drawn_item()}))
    export_package(db, tmp_path / "out.zip")
    report = import_package(db, tmp_path / "out.zip")
    assert (report.refused, report.unchanged) == ((), ("S-1@1",))
    assert load_item(db, "S-1@1").xml == drawn_item()


def test_a_default_that_is_drawn_for_a_response_is_no_answer() -> None:
    """A pupil who leaves the field empty has not given the default; it is not shown, and import says so."""
    filled = f'<qti-set-default-value identifier="RESPONSE">{PRODUCT}</qti-set-default-value>'
    source = drawn_item(rules=draws("A", 2, 9) + draws("B", 2, 9) + SET_PRODUCT + filled)
    (warning,) = read_item(source).warnings
    assert "every question begins empty" in warning.why
    bank = compiled(source)
    assert score(bank.scoring[0], {"RESPONSE": None}, 5).category == 0
    one, other = shown_numbers(bank, 5)
    assert score(bank.scoring[0], {"RESPONSE": str(one * other)}, 5).category == 1


def test_an_explanation_beside_a_drawn_item_is_the_same_in_every_draw() -> None:
    bank = compiled(drawn_item(body=WITH_CATALOG, beside=CATALOG))
    for seed in range(20):
        shown = drawn_view(bank, 0, seed).html
        assert 'data-spoken="vermenigvuldig"' in shown
        assert "Maal is keer." in shown
        one, other = map(int, re.findall(r"\d+", html.fromstring(shown).text_content())[:2])
        assert score(bank.scoring[0], {"RESPONSE": str(one * other)}, seed).category == 1


def test_a_point_is_drawn_and_scored_to_the_pixel() -> None:
    source = drawn_item(
        variables=variable("A"),
        rules=draws("A", 1, 9) + SET_POINT,
        body=PLAN,
        base_type="point",
        cardinality="multiple",
    )
    item = read_item(source)
    assert (item.maximum, item.obstacle) == (1, "")
    rules = scoring_rules(item)
    for seed in range(20):
        value = draw(rules, seed).values["A"]
        assert value is not None
        right, wrong = ("60 50", "160 20") if value.items > (5,) else ("160 20", "60 50")
        assert score(rules, {"RESPONSE": [right]}, seed).category == 1
        assert score(rules, {"RESPONSE": [wrong]}, seed).category == 0


def test_a_default_that_a_drawn_item_declares_is_no_answer_and_not_shown() -> None:
    """Template and response begin with one: the first is drawn over, and nobody gave the second."""
    first = variable("A").replace("/>", f">{filled('777')}</qti-template-declaration>") + variable("B")
    bank = compiled(drawn_item(variables=first, rules=BOTH + SET_PRODUCT, extra=filled("888")))
    for seed in range(20):
        shown = drawn_view(bank, 0, seed).html
        assert "777" not in shown
        assert "888" not in shown
        assert score(bank.scoring[0], {}, seed).category == 0
    always = drawn_item(rules=sets("A", "integer", "2") + sets("B", "integer", "3") + SET_PRODUCT, extra=filled("6"))
    (rules,) = compiled(always).scoring
    assert [score(rules, given).category for given in ({}, {"RESPONSE": None}, {"RESPONSE": "6"})] == [0, 0, 1]


def test_a_draw_does_not_see_the_answer() -> None:
    """QTI draws when the session begins: what a template asks of the response must be the same when it is scored."""
    empty = (
        '<qti-template-condition><qti-template-if><qti-is-null><qti-variable identifier="RESPONSE"/></qti-is-null>'
        f"{sets('A', 'integer', '3')}</qti-template-if></qti-template-condition>"
    )
    bank = compiled(drawn_item(rules=BOTH + empty + SET_PRODUCT))
    for seed in range(20):
        three, other = shown_numbers(bank, seed)
        assert three == 3
        assert score(bank.scoring[0], {"RESPONSE": str(3 * other)}, seed).category == 1


def test_a_constraint_that_never_holds_leaves_the_defaults() -> None:
    """QTI 2.1, templateConstraint: after the last draw the defaults are used, and the rules after it go on."""
    declared = variable("A").replace(
        "/>", "><qti-default-value><qti-value>5</qti-value></qti-default-value></qti-template-declaration>"
    )
    source = drawn_item(variables=declared + variable("B"), rules=draws("A", 2, 4) + NEVER + draws("B", 7, 7))
    draw = draw_template(read_program(node_of(parse(source, "s.xml")).children), 1)
    assert {name: value and value.scalar for name, value in draw.values.items()} == {"A": 5, "B": 7}
    assert "held in none" in draw.obstacle
