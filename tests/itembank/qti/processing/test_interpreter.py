"""Whole rule programs."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from itembank.errors import RulesError
from itembank.qti.nodes import from_data, node_of, to_data
from itembank.qti.processing import Answer, Outcome, Program, read_program, run_program

RESPONSE = (
    '<responseDeclaration identifier="RESPONSE" cardinality="{}" baseType="identifier"><correctResponse>'
    "<value>A</value></correctResponse>{}</responseDeclaration>"
    '<outcomeDeclaration identifier="SCORE" cardinality="single" baseType="float"/>'
)
MAPPING = (
    '<mapping lowerBound="0" upperBound="3" defaultValue="-1"><mapEntry mapKey="A" mappedValue="2"/>'
    '<mapEntry mapKey="B" mappedValue="2"/></mapping>'
)


def program_of(inner: str) -> Program:
    """Read the program of an item."""
    return read_program(node_of(child) for child in etree.fromstring(f"<assessmentItem>{inner}</assessmentItem>"))


def run(inner: str, answers: dict[str, Answer]) -> Outcome:
    """Run the program of an item."""
    return run_program(program_of(inner), answers)


@pytest.mark.parametrize(
    "address",
    [
        "http://www.imsglobal.org/question/qti_v2p0/rptemplates/match_correct",
        "http://www.imsglobal.org/question/qti_v2p1/rptemplates/match_correct",
        "http://www.imsglobal.org/question/qti_v2p2/rptemplates/match_correct.xml",
        "https://purl.imsglobal.org/spec/qti/v3p0/rptemplates/match_correct",
        "https://purl.imsglobal.org/spec/qti/v3p0/rptemplates/match_correct.xml",
        "rptemplates/match_correct.xml",
        "match_correct",
    ],
)
def test_match_correct_is_known_by_all_its_addresses(address: str) -> None:
    inner = RESPONSE.format("single", "") + f'<responseProcessing template="{address}"/>'
    assert run(inner, {"RESPONSE": "A"}).score == 1.0
    assert run(inner, {"RESPONSE": "B"}).score == 0.0
    assert run(inner, {}).score == 0.0


@pytest.mark.parametrize(
    "address", ["http://evil.example/match_correct", "match_incorrect", "http://www.imsglobal.org/"]
)
def test_other_templates_are_refused_by_name(address: str) -> None:
    with pytest.raises(RulesError, match="none of the standard ones"):
        program_of(RESPONSE.format("single", "") + f'<responseProcessing template="{address}"/>')


@pytest.mark.parametrize(
    ("chosen", "points"), [(["A"], 2.0), (["A", "B"], 3.0), (["A", "C"], 1.0), (["C"], 0.0), ([], 0.0), (None, 0.0)]
)
def test_map_response_adds_and_stays_within_its_bounds(chosen: Answer, points: float) -> None:
    inner = RESPONSE.format("multiple", MAPPING) + '<responseProcessing template="map_response"/>'
    assert run(inner, {"RESPONSE": chosen}).score == points


def test_the_first_branch_that_holds_is_taken_and_exit_stops() -> None:
    rules = (
        "<responseProcessing><responseCondition>"
        '<responseIf><isNull><variable identifier="RESPONSE"/></isNull><exitResponse/></responseIf>'
        '<responseElseIf><match><variable identifier="RESPONSE"/><baseValue baseType="identifier">B</baseValue></match>'
        '<setOutcomeValue identifier="SCORE"><baseValue baseType="float">0.5</baseValue></setOutcomeValue>'
        "</responseElseIf>"
        '<responseElse><setOutcomeValue identifier="SCORE"><baseValue baseType="float">2</baseValue></setOutcomeValue>'
        "</responseElse></responseCondition>"
        '<setOutcomeValue identifier="SCORE"><sum><variable identifier="SCORE"/><baseValue baseType="integer">10'
        "</baseValue></sum></setOutcomeValue></responseProcessing>"
    )
    inner = RESPONSE.format("single", "") + rules
    assert run(inner, {"RESPONSE": "B"}).score == 10.5
    assert run(inner, {"RESPONSE": "C"}).score == 12.0
    assert run(inner, {}).score == 0.0


@pytest.mark.parametrize(
    ("rules", "why"),
    [
        (
            '<setOutcomeValue identifier="SCORE"><variable identifier="RESPONS"/></setOutcomeValue>',
            "'RESPONS', which is not",
        ),
        ('<setOutcomeValue identifier="SKORE"><null/></setOutcomeValue>', "'SKORE', which is not declared"),
        ('<setOutcomeValue identifier="SCORE"><customOperator/></setOutcomeValue>', "operator customOperator is not"),
        ('<setOutcomeValue identifier="SCORE"/>', "needs one expression and has 0"),
        ("<launchRocket/>", "the rule launchRocket is not supported"),
        ("<responseCondition><responseIf/></responseCondition>", "responseIf has no condition"),
        ("<responseCondition><outcomeIf/></responseCondition>", "outcomeIf does not belong in responseCondition"),
        (
            '<setOutcomeValue identifier="SCORE"><mathOperator name="zap"><null/></mathOperator></setOutcomeValue>',
            "'zap'",
        ),
        ('<setDefaultValue identifier="SCORE"><explode/></setDefaultValue>', "operator explode is not supported"),
        ('<setDefaultValue identifier="SCORE"><variable identifier="X"/></setDefaultValue>', "'X', which is not"),
        ('<setDefaultValue identifier="SCORE"><null/><null/></setDefaultValue>', "needs one expression and has 2"),
    ],
)
def test_rules_that_cannot_be_read_are_refused_with_their_line(rules: str, why: str) -> None:
    with pytest.raises(RulesError, match=why) as caught:
        program_of(RESPONSE.format("single", "") + f"\n\n<responseProcessing>{rules}</responseProcessing>")
    assert caught.value.line == 3


@pytest.mark.parametrize(
    ("declaration", "why"),
    [
        ('<responseDeclaration identifier="R" cardinality="single" baseType="colour"/>', "unknown base type 'colour'"),
        (
            '<responseDeclaration identifier="R" cardinality="double" baseType="string"/>',
            "unknown cardinality 'double'",
        ),
        ('<responseDeclaration cardinality="single" baseType="string"/>', "has no identifier"),
        (RESPONSE.format("single", ""), "declared twice"),
        (
            '<responseDeclaration identifier="R" cardinality="single" baseType="string"><mapping>'
            '<mapEntry mapKey="a" mappedValue="één"/></mapping></responseDeclaration>',
            "mappedValue must be a number",
        ),
    ],
)
def test_declarations_that_cannot_be_read_are_refused(declaration: str, why: str) -> None:
    with pytest.raises(RulesError, match=why):
        program_of(RESPONSE.format("single", "") + declaration)


def test_a_program_that_would_run_for_ever_stops_with_what_it_had() -> None:
    """999 to the power 8 times: without a bound no run of the tests would end."""
    bomb = "<null/>"
    for _ in range(8):
        bomb = f'<repeat numberRepeats="999">{bomb}</repeat>'
    inner = (
        RESPONSE.format("single", "")
        + '<responseProcessing><setOutcomeValue identifier="SCORE"><baseValue baseType="float">1</baseValue>'
        + f'</setOutcomeValue><setOutcomeValue identifier="SCORE">{bomb}</setOutcomeValue></responseProcessing>'
    )
    assert run(inner, {"RESPONSE": "A"}).score == 1.0


@given(
    answer=st.none()
    | st.text(max_size=20)
    | st.lists(st.text(max_size=5), max_size=4)
    | st.booleans()
    | st.integers()
    | st.floats()
)
def test_whatever_is_sent_gets_a_score_and_nothing_is_remembered(answer: Answer) -> None:
    program = program_of(RESPONSE.format("multiple", MAPPING) + '<responseProcessing template="map_response"/>')
    first = run_program(program, {"RESPONSE": answer, "UNKNOWN": answer})
    assert 0.0 <= first.score <= 3.0
    assert run_program(program, {"RESPONSE": answer}).values == first.values
    assert run_program(program, {}).score == 0.0


def test_a_program_survives_storage() -> None:
    program = program_of(RESPONSE.format("multiple", MAPPING) + '<responseProcessing template="map_response"/>')
    again = Program.from_data(program.to_data())
    assert again.declarations == program.declarations
    assert again.sections == program.sections
    assert from_data(to_data(program.nodes[0])) == program.nodes[0]


def test_a_stored_rule_that_an_earlier_version_let_through_counts_as_null() -> None:
    """Banks keep their rules unchecked: a pupil who answers is scored all the same."""
    rules = '<setDefaultValue identifier="SCORE"><null/></setDefaultValue><setOutcomeValue identifier="SCORE">'
    right = rules + '<baseValue baseType="float">1</baseValue></setOutcomeValue>'
    stored = program_of(RESPONSE.format("single", "") + f"<responseProcessing>{right}</responseProcessing>").to_data()
    stored = json.loads(json.dumps(stored).replace('"null"', '"explode"'))
    assert "explode" in str(stored)
    assert run_program(Program.from_data(stored), {"RESPONSE": "A"}).score == 1.0
