"""Run a rule program on one response: pure, total, bounded in steps."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from itembank.qti.nodes import Node
from itembank.qti.processing.declarations import Declaration
from itembank.qti.processing.program import BRANCHES, FRAGMENTS, STOPS, Program
from itembank.qti.processing.run import (
    MAX_DRAW_STEPS,
    MAX_STEPS,
    MOST_DRAWS,
    RedrawError,
    Run,
    StopRulesError,
)
from itembank.qti.processing.values import Scalar, Value, as_condition, number, parse_value

Answer = str | bool | int | float | list[str] | None
"""What a response may be outside: a text, a list of them, nothing; files of cases also hold numbers and truths."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """Every variable after the rules have run.

    Attributes
    ----------
    values : by identifier; None is NULL
    """

    values: Mapping[str, Value | None]

    @property
    def score(self) -> float:
        """The outcome SCORE, or 0 where there is none."""
        found = number(self.values.get("SCORE"))
        return 0.0 if found is None else float(found)


def _converted(value: Value | None, declared: Declaration | None) -> Value | None:
    """Convert a value to the type of the variable it is given to."""
    if value is None or declared is None or declared.cardinality == "record" or value.cardinality == "record":
        return value
    items = tuple(_converted_item(item, declared.base_type) for item in value.items)
    if declared.cardinality == "single" and len(items) != 1:
        return None
    return Value(declared.base_type, declared.cardinality, items)


def _converted_item(item: Scalar, base_type: str) -> Scalar:
    """Turn whole floats into integers and integers into floats where the variable wants it."""
    if isinstance(item, bool) or not isinstance(item, int | float):
        return item
    if base_type == "float":
        return float(item)
    return int(item) if base_type == "integer" and float(item).is_integer() else item


def _set_value(run: Run, rule: Node) -> None:
    """Give a variable the value of an expression."""
    name = rule.get("identifier")
    run.values[name] = _converted(run.evaluate(rule.children[0]), run.declarations.get(name))


def _set_template_value(run: Run, rule: Node) -> None:
    """Give a template variable a value, which is its default from now on too."""
    _set_value(run, rule)
    run.defaults[rule.get("identifier")] = run.values[rule.get("identifier")]


def _set_correct(run: Run, rule: Node) -> None:
    """Set the correct response of a variable."""
    name = rule.get("identifier")
    run.correct[name] = _converted(run.evaluate(rule.children[0]), run.declarations.get(name))


def _set_default(run: Run, rule: Node) -> None:
    """Set a default by an expression, or go back to the default where there is none."""
    name = rule.get("identifier")
    if rule.children:
        run.defaults[name] = _converted(run.evaluate(rule.children[0]), run.declarations.get(name))
    run.values[name] = run.defaults.get(name)


def _lookup(run: Run, rule: Node) -> None:
    """Look a number up in the outcome's own table."""
    name = rule.get("identifier")
    declared, source = run.declarations.get(name), number(run.evaluate(rule.children[0]))
    if declared is None or declared.lookup is None:
        run.values[name] = None
        return
    run.spend(len(declared.lookup.rows) // 20)
    text = declared.lookup.default if source is None else declared.lookup.target(float(source))
    run.values[name] = None if text is None else parse_value("single", declared.base_type, [text])


def _condition(run: Run, rule: Node) -> None:
    """Run the first branch whose condition holds."""
    otherwise = BRANCHES[rule.name][2]
    for branch in rule.children:
        if branch.name == otherwise:
            _run_rules(run, branch.children)
            return
        if as_condition(run.evaluate(branch.children[0])):
            _run_rules(run, branch.children[1:])
            return


def _fragment(run: Run, rule: Node) -> None:
    """Run the rules inside."""
    _run_rules(run, rule.children)


def _constrain(run: Run, rule: Node) -> None:
    """Draw all anew where the constraint does not hold; after the last draw go on with the defaults."""
    if as_condition(run.evaluate(rule.children[0])):
        return
    run.n_draws += 1
    run.spend(len(run.declarations))
    run.reset()
    if run.n_draws < MOST_DRAWS:
        raise RedrawError


def _stop(_run: Run, _rule: Node) -> None:
    """Leave the section."""
    raise StopRulesError


_RULES: dict[str, Callable[[Run, Node], None]] = {
    "setOutcomeValue": _set_value,
    "setResponseValue": _set_value,
    "setTemplateValue": _set_template_value,
    "setCorrectResponse": _set_correct,
    "setDefaultValue": _set_default,
    "lookupOutcomeValue": _lookup,
    "templateConstraint": _constrain,
    **dict.fromkeys(BRANCHES, _condition),
    **dict.fromkeys(FRAGMENTS, _fragment),
    **dict.fromkeys(STOPS, _stop),
}


def _run_rules(run: Run, rules: Iterable[Node]) -> None:
    """Run rules in order."""
    for rule in rules:
        run.spend()
        _RULES[rule.name](run, rule)


def draw_variables(run: Run, program: Program) -> None:
    """Run template processing, within a budget of its own, so that scoring has what it always has."""
    run.allow(MAX_DRAW_STEPS)
    while True:
        try:
            _run_rules(run, program.sections["templateProcessing"])
        except RedrawError:
            continue
        except StopRulesError:
            pass
        return


def read_answer(declared: Declaration, answer: Answer) -> Value | None:
    """Value of a response variable from what a pupil sent; what does not fit the type is NULL.

    Parameters
    ----------
    declared : the response variable
    answer : numbers may have a decimal comma, spaces and leading zeros; text is compared without outer spaces
    """
    if answer is None:
        return None
    given = answer if isinstance(answer, list) else [answer]
    texts = [str(item).lower() if isinstance(item, bool) else str(item) for item in given]
    return parse_value(declared.cardinality, declared.base_type, texts)


def run_program(program: Program, answers: Mapping[str, Answer], *, seed: int = 0) -> Outcome:
    """Score one response.

    Parameters
    ----------
    program : the item's rules
    answers : by response identifier; a variable without an answer keeps its default
    seed : for random operators; `draw_template` draws the same values from it

    Returns
    -------
    Outcome
        Always: a rule that cannot be computed gives NULL, and a program that uses up its steps keeps what it had.
    """
    given = {
        name: read_answer(declared, answers[name])
        for name, declared in program.declarations.items()
        if declared.kind == "response" and name in answers
    }
    run = Run(program.declarations, seed)
    if program.sections["templateProcessing"]:
        draw_variables(run, program)  # before there is an answer, as in front of the pupil
    run.values.update(given)
    run.allow(MAX_STEPS)
    for name in ("responseProcessing", "outcomeProcessing"):
        try:
            _run_rules(run, program.sections[name])
        except StopRulesError:
            continue
    return Outcome(run.values)
