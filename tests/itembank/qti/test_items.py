"""Reading one item."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pytest

from itembank import Interaction, PackageError, ResponseField, read_item
from itembank.qti import Metadata

MakeItem = Callable[..., bytes]
TEXT_DECLARATION = '<qti-response-declaration identifier="RESPONSE" cardinality="single" base-type="{}"/>'
TEXT_ENTRY = '<p>Antwoord: <qti-text-entry-interaction response-identifier="RESPONSE" expected-length="4"/></p>'
EXTENDED = '<qti-extended-text-interaction response-identifier="RESPONSE"/>'
OLD_SPELLING = """<?xml version="1.0"?>
<assessmentItem xmlns="http://www.imsglobal.org/xsd/imsqti_v2p1" identifier="i" title="t" adaptive="false">
<responseDeclaration identifier="RESPONSE" cardinality="multiple" baseType="identifier"><correctResponse>
<value>A</value><value>C</value></correctResponse></responseDeclaration>
<outcomeDeclaration identifier="SCORE" cardinality="single" baseType="float"/>
<itemBody><choiceInteraction responseIdentifier="RESPONSE" maxChoices="2"><simpleChoice identifier="A">a</simpleChoice>
<simpleChoice identifier="B">b</simpleChoice><simpleChoice identifier="C">c</simpleChoice></choiceInteraction>
</itemBody>
<responseProcessing template="http://www.imsglobal.org/question/qti_v2p1/rptemplates/match_correct"/></assessmentItem>"""


def refusals(xml: bytes) -> list[str]:
    """Read an item that must be refused."""
    with pytest.raises(PackageError) as caught:
        read_item(xml, file="items/W4-001.xml")
    return [str(problem) for problem in caught.value.problems]


def test_both_spellings_become_one_form(make_item: MakeItem) -> None:
    old, current = read_item(OLD_SPELLING.encode()), read_item(make_item())
    assert old.body.fields == (ResponseField("RESPONSE", Interaction.MULTIPLE_CHOICE, ("A", "B", "C"), 2),)
    assert current.body.fields == (ResponseField("RESPONSE", Interaction.CHOICE, ("A", "B"), 1),)
    assert old.program.sections["responseProcessing"] == current.program.sections["responseProcessing"]
    assert (old.obstacle, old.maximum, current.obstacle, current.maximum) == ("", 1, "", 1)


def test_title_and_language_come_from_the_item_and_else_from_the_package(make_item: MakeItem) -> None:
    package = Metadata(title="Pakket", language="fr", area="meten")
    item = read_item(make_item(), metadata=package)
    assert (item.title, item.body.language, item.metadata.area) == ("Opgave", "nl-BE", "meten")
    bare = make_item().replace(b' title="Opgave"', b"").replace(b' xml:lang="nl-BE"', b"")
    item = read_item(bare, metadata=package)
    assert (item.title, item.body.language) == ("Pakket", "fr")


@pytest.mark.parametrize(
    "name",
    ["custom", "drawing", "end-attempt", "graphic-associate", "graphic-order", "media", "portable-custom",
     "position-object", "upload"],
)  # fmt: skip
def test_every_other_interaction_is_refused_by_its_name(make_item: MakeItem, name: str) -> None:
    body = f'<div>\n<qti-{name}-interaction response-identifier="RESPONSE"><p>…</p></qti-{name}-interaction></div>'
    (problem,) = refusals(make_item(body=body))
    assert problem.startswith(f"items/W4-001.xml:7: item W4-001: qti-{name}-interaction: this interaction is not")


@pytest.mark.parametrize(("rules", "why"), [("", "is missing"), ("<qti-response-processing/>", "is empty")])
def test_an_interaction_that_nothing_scores_is_refused(make_item: MakeItem, rules: str, why: str) -> None:
    (problem,) = refusals(make_item(rules=rules))
    assert f"response processing: it {why}" in problem
    drawing = '<qti-drawing-interaction response-identifier="RESPONSE"/>'
    assert [f"it {why}" in problem for problem in refusals(make_item(rules=rules, body=drawing))] == [False, True]


@pytest.mark.parametrize("rules", ["", "<qti-response-processing/>"])
def test_an_open_question_is_left_to_a_person(make_item: MakeItem, rules: str) -> None:
    item = read_item(make_item(body=EXTENDED, declarations=TEXT_DECLARATION.format("string"), rules=rules))
    assert item.interactions == (Interaction.EXTENDED_TEXT,)
    assert item.is_human_rated
    assert item.obstacle == "a person must rate it"
    assert item.warnings == ()


@dataclass(frozen=True)
class Broken:
    """A change that breaks the item, and what is said of it."""

    old: str
    new: str
    why: str


MATH = '<math xmlns="http://www.w3.org/1998/Math/MathML">'
BROKEN = [
    Broken('response-identifier="RESPONSE"', 'response-identifier="R"', "the response 'R' is not declared"),
    Broken("<qti-value>A", "<qti-value>Z", "the key names the choice 'Z', which is not there"),
    Broken('identifier="B">3', 'identifier="A">3', "choices share the identifier 'A'"),
    Broken('base-type="identifier"', 'base-type="string"', "declared as single string, which this interaction cannot"),
    Broken('cardinality="single" base-type="id', 'cardinality="ordered" base-type="id', "is declared as ordered"),
    Broken('base-type="identifier"', 'base-type="woord"', "unknown base type 'woord'"),
    Broken('adaptive="false"', 'adaptive="true"', "items with several attempts are not supported"),
    Broken('identifier="W4-001"', 'identifier="W4 001"', "'W4 001' is no usable identifier"),
    Broken("<qti-prompt>", "<script>key()</script><qti-prompt>", "script: this element is not supported"),
    Broken("<qti-prompt>", '<qti-prompt onclick="key()">', "the event handler onclick is not allowed"),
    Broken("<qti-prompt>", '<qti-prompt><img src="https://example.org/x.png" alt=""/>', "is not a file of the package"),
    Broken("<qti-prompt>", '<qti-prompt><img src="data:image/png;base64,AA" alt=""/>', "is not a file of the package"),
    Broken("<qti-prompt>", '<qti-prompt><img src="/etc/passwd" alt=""/>', "is not a file of the package"),
    Broken("<qti-prompt>", "<qti-prompt><iframe/>", "iframe: this element is not supported"),
    Broken("<qti-prompt>", '<qti-prompt><qti-printed-variable identifier="X"/>', "there is no template variable 'X'"),
    Broken("<qti-prompt>", f"<qti-prompt>{MATH}<maction/></math>", "maction: this"),
    Broken("qti-item-body", "qti-item-bodies", "item body: it is missing"),
    Broken("qti-assessment-item", "qti-assessment-test", "so this is no QTI item"),
    Broken("match_correct", "match_none", "none of the standard ones"),
]  # fmt: skip


@pytest.mark.parametrize("broken", BROKEN, ids=lambda broken: broken.new)
def test_a_broken_item_is_refused_with_file_line_and_reason(make_item: MakeItem, broken: Broken) -> None:
    xml = make_item().decode()
    assert broken.old in xml
    (problem,) = refusals(xml.replace(broken.old, broken.new).encode())
    assert broken.why in problem
    assert problem.startswith("items/W4-001.xml:")
    assert problem.endswith(".")


def test_two_interactions_may_not_share_a_response(make_item: MakeItem) -> None:
    entry = '<p><qti-text-entry-interaction response-identifier="RESPONSE"/></p>'
    xml = make_item(body=entry + entry, declarations=TEXT_DECLARATION.format("string"))
    assert "two interactions share the response 'RESPONSE'" in refusals(xml)[0]


def test_all_problems_of_an_item_are_told_at_once(make_item: MakeItem) -> None:
    body = '<p onclick="x()"><script/></p>'
    assert len(refusals(make_item(body=body))) == 2


def test_too_many_choices_are_refused(make_item: MakeItem) -> None:
    choices = "".join(f'<qti-simple-choice identifier="C{number}"/>' for number in range(10_000))
    body = f'<qti-choice-interaction response-identifier="RESPONSE">{choices}</qti-choice-interaction>'
    assert "it has 10000 choices" in refusals(make_item(body=body))[0]


@pytest.mark.parametrize(
    ("extra", "warning"),
    [
        ('<qti-stylesheet href="x.css" type="text/css"/>', "style sheets of the package are not used"),
        (
            "<qti-companion-materials-info><qti-protractor/></qti-companion-materials-info>",
            "a protractor is not shown by the player: kept for export",
        ),
        (
            '<qti-response-declaration identifier="R9" cardinality="single" base-type="string"/>',
            "it is declared, and no interaction asks for it",
        ),
    ],
)
def test_what_is_left_out_is_said(make_item: MakeItem, extra: str, warning: str) -> None:
    (problem,) = read_item(make_item(extra=extra)).warnings
    assert problem.why == warning


@pytest.mark.parametrize(("attribute", "warned"), [("", True), (' alttext=" "', True), (' alttext="een half"', False)])
def test_a_formula_without_words_is_said(make_item: MakeItem, attribute: str, warned: bool) -> None:
    body = f"<p>{MATH.removesuffix('>')}{attribute}><mn>1</mn></math></p>"
    item = read_item(make_item(body=body, declarations="", rules=""), file="items/f.xml")
    found = [str(problem) for problem in item.warnings if "text alternative" in problem.why]
    assert len(found) == warned
    assert all(line.startswith("items/f.xml:") and "item W4-001: math: the formula has no" in line for line in found)


@pytest.mark.parametrize(
    ("declarations", "rules", "maximum", "obstacle"),
    [
        ("", "", 1, ""),
        ('<qti-outcome-declaration identifier="MAXSCORE" cardinality="single" base-type="float"><qti-default-value>'
         "<qti-value>3</qti-value></qti-default-value></qti-outcome-declaration>", "", 3,
         "its own key scores 1 of 3 points"),
        ("", '<qti-set-outcome-value identifier="SCORE"><qti-base-value base-type="float">0</qti-base-value>'
         "</qti-set-outcome-value>", 1, "its own key scores no points"),
        ("", '<qti-set-outcome-value identifier="SCORE"><qti-base-value base-type="float">1.5</qti-base-value>'
         "</qti-set-outcome-value>", 1, "it is worth 1.5 points, and points must be whole, at most 100"),
    ],
)  # fmt: skip
def test_an_item_knows_how_many_points_it_is_worth(
    make_item: MakeItem, declarations: str, rules: str, maximum: int, obstacle: str
) -> None:
    made = {"rules": f"<qti-response-processing>{rules}</qti-response-processing>"} if rules else {}
    item = read_item(make_item(extra=declarations, **made))
    assert (item.maximum, item.obstacle) == (maximum, obstacle)
    assert len(item.warnings) == (1 if obstacle else 0)


def test_an_item_that_asks_nothing_is_kept_with_a_warning(make_item: MakeItem) -> None:
    item = read_item(make_item(body="<p>Lees dit.</p>", declarations="", rules=""))
    assert (item.body.fields, item.obstacle) == ((), "it asks nothing")
    assert "cannot be used in a test" in item.warnings[0].why


def test_an_item_names_the_passage_beside_it(make_item: MakeItem) -> None:
    reference = '<qti-assessment-stimulus-ref identifier="N4-T1" href="../stimuli/N4-T1.xml" title="Tekst"/>'
    item = read_item(make_item(extra=reference))
    assert (item.stimulus, item.stimulus_href) == ("N4-T1", "../stimuli/N4-T1.xml")


INCLUDE = '<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="elders.xml"/>'


@pytest.mark.parametrize(
    "before", ["<qti-item-body>", "<qti-outcome-declaration", "</qti-response-declaration>", "</qti-item-body>"]
)
def test_parts_of_other_files_are_refused_by_name_wherever_they_are_asked_for(make_item: MakeItem, before: str) -> None:
    """Also where they would be left out unseen: beside the declarations, inside one, after the body."""
    xml = make_item().decode().replace(before, f"\n{INCLUDE}{before}", 1)
    line = xml[: xml.index(INCLUDE)].count("\n") + 1
    with pytest.raises(PackageError, match=rf"item.xml:{line}: XML: include: parts of other files are not supported"):
        read_item(xml.encode())


def test_an_operator_of_others_is_refused_by_name(make_item: MakeItem) -> None:
    own = (
        '<qti-custom-operator class="be.example.Vergelijk"><qti-variable identifier="RESPONSE"/></qti-custom-operator>'
    )
    set_score = f'<qti-set-outcome-value identifier="SCORE">{own}</qti-set-outcome-value>'
    rules = f"<qti-response-processing>{set_score}</qti-response-processing>"
    with pytest.raises(PackageError, match=r"item.xml:\d+: .* the operator customOperator is not supported"):
        read_item(make_item(rules=rules))
