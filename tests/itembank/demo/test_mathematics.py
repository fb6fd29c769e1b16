"""The mathematics half of the demo bank: every key is recomputed, and the content keeps the rules of its authors.

How an option becomes a number, where the catalogue gives ``compute`` or ``holds`` (see `value_of`): words of
comparison are -1, 0 and 1; a name before a colon and the euro sign are dropped; numbers with units of measurement are
added up in the catalogue's ``unit`` (or keep their own); everything else is an expression, with × : − and the comma.
"""

from __future__ import annotations

import ast
import math
import operator
import re
import tomllib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

FOLDER = Path(__file__).parents[3] / "itembank" / "demo" / "mathematics"
QTI = "{http://www.imsglobal.org/xsd/imsqtiasi_v3p0}"
MATHML = "{http://www.w3.org/1998/Math/MathML}"
SVG = "{http://www.w3.org/2000/svg}"
CHOICES = tuple(
    f"{QTI}qti-{name}" for name in ("simple-choice", "inline-choice", "simple-associable-choice", "gap-text")
)
AREAS = ("getallenkennis", "bewerkingen", "meten", "meetkunde", "toepassingen")
COMPARISONS = {"is kleiner dan": -1, "is gelijk aan": 0, "is groter dan": 1}
UNITS = {  # in metre, litre, gram, minute, euro; square units stand by themselves
    name: Fraction(size)
    for name, size in (
        *(("km", "1000"), ("m", "1"), ("dm", "1/10"), ("cm", "1/100"), ("mm", "1/1000"), ("cm²", "1"), ("m²", "1")),
        *(("l", "1"), ("dl", "1/10"), ("cl", "1/100"), ("ml", "1/1000"), ("kg", "1000"), ("g", "1")),
        *(("uur", "60"), ("min", "1"), ("euro", "1")),
    )
}
NUMBER_WORDS = ("nul", "een", "twee", "drie", "vier", "vijf", "zes", "zeven", "acht", "negen", "tien", "elf", "twaalf")
OPERATORS: dict[type[ast.operator], Callable[[Fraction, Fraction], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod,
    ast.Pow: operator.pow,
}
FUNCTIONS: dict[str, Callable[..., Any]] = {
    "Fraction": lambda over, under: over / under,
    "min": min,
    "max": max,
    "round": lambda number, digits=0: round(number, int(digits)),
    "gcd": lambda *numbers: math.gcd(*map(int, numbers)),
    "lcm": lambda *numbers: math.lcm(*map(int, numbers)),
}


@dataclass(frozen=True, slots=True)
class Entry:
    """One item: its file and its line in the catalogue."""

    identifier: str
    root: etree._Element
    catalogue: Mapping[str, Any]

    @property
    def keys(self) -> dict[str, tuple[str, ...]]:
        """Right values of each response."""
        return {
            declaration.get("identifier", ""): tuple(
                value.text or "" for value in declaration.iterfind(f"{QTI}qti-correct-response/{QTI}qti-value")
            )
            for declaration in self.root.iterfind(f"{QTI}qti-response-declaration")
        }

    def options(self, response: str) -> dict[str, str]:
        """Texts that can be chosen or placed for one response, by identifier; empty where the pupil types."""
        return {
            choice.get("identifier", ""): visible(choice)
            for interaction in self.root.iter("*")
            if interaction.get("response-identifier") == response
            for choice in interaction.iter(*CHOICES)
        }

    @property
    def images(self) -> list[etree._Element]:
        """Pictures in the body."""
        return list(self.root.iter(f"{QTI}img"))

    @property
    def question(self) -> str:
        """Return what is asked, without the options."""
        body = self.root.find(f"{QTI}qti-item-body")
        assert body is not None
        return visible(body, set(CHOICES))


def visible(node: etree._Element, skipped: set[str] | None = None) -> str:
    """Text as a reader sees it, fractions as 3/8, ordinary spaces collapsed."""
    parts: list[str] = []

    def walk(element: etree._Element) -> None:
        if element.tag in (skipped or ()):
            parts.append("…")
        else:
            parts.append(element.text or "")
            for index, child in enumerate(element):
                if element.tag == f"{MATHML}mfrac" and index == 1:
                    parts.append("/")
                walk(child)
        if element is not node:
            parts.append(element.tail or "")

    walk(node)
    return re.sub(r"[ \t\r\n]+", " ", "".join(parts)).strip()


@cache
def catalogue() -> dict[str, Any]:
    """Parsed catalogue."""
    return tomllib.loads((FOLDER / "catalogue.toml").read_text(encoding="utf-8"))


@cache
def entries() -> tuple[Entry, ...]:
    """Every item of the catalogue with its file."""
    return tuple(
        Entry(line["identifier"], etree.parse(FOLDER / "items" / f"{line['identifier']}.xml").getroot(), line)
        for line in catalogue()["item"]
    )


def evaluate(expression: str, **names: Fraction) -> Fraction:
    """Value of an arithmetic expression, exactly; anything but arithmetic is refused."""

    def value(node: ast.expr) -> Fraction:
        match node:
            case ast.Constant(value=int() | float() as number):
                return Fraction(str(number))
            case ast.Name(id=name) if name in names:
                return names[name]
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                return -value(operand)
            case ast.BinOp(left=left, op=op, right=right) if type(op) in OPERATORS:
                return Fraction(OPERATORS[type(op)](value(left), value(right)))
            case ast.Call(func=ast.Name(id=name), args=arguments, keywords=[]) if name in FUNCTIONS:
                return Fraction(FUNCTIONS[name](*map(value, arguments)))
        raise ValueError(f"not arithmetic: {ast.unparse(node)!r} in {expression!r}")

    return value(ast.parse(expression, mode="eval").body)


def is_true_for(condition: str, **names: Fraction) -> bool:
    """Whether ``left == right`` holds for numbers with these names."""
    left, right = condition.split("==")
    return evaluate(left.strip(), **names) == evaluate(right.strip(), **names)


def value_of(text: str, unit: str | None = None) -> Fraction:
    """Read an option as a number (the rules are at the head of this file)."""
    text = re.sub(r"(?<=\d)\s(?=\d{3}(?!\d))", "", text.replace("\u00a0", " "))
    if text in COMPARISONS:
        return Fraction(COMPARISONS[text])
    text = re.sub(r"^[A-Z][a-z]+: ", "", text).replace("€", "").replace(",", ".").strip()
    quantities = re.findall(r"([\d.]+) (\S+)", text)
    if quantities and all(name in UNITS for _, name in quantities) and re.sub(r"[\d.]+ \S+\s?", "", text) == "":
        total = sum((Fraction(number) * UNITS[name] for number, name in quantities), Fraction(0))
        return total / (UNITS[unit] if unit else UNITS[quantities[-1][1]])
    return evaluate(text.replace("×", "*").replace(":", "/").replace("−", "-"))


def computations(entry: Entry) -> dict[str, str]:
    """Expression for each response."""
    compute = entry.catalogue.get("compute", {})
    return {"RESPONSE": compute} if isinstance(compute, str) else dict(compute)


def minutes(time: str) -> Fraction:
    """Minutes after midnight of a time in any accepted notation."""
    numbers = re.findall(r"\d+", time)
    assert len(numbers) == 2, f"{time!r} is no time"
    return Fraction(int(numbers[0]) * 60 + int(numbers[1]))


def typed_values(entry: Entry, response: str) -> Iterator[Fraction]:
    """Values of all answers that are accepted for a typed response."""
    accepted = [str(found.get("map-key")) for found in entry.root.iter(f"{QTI}qti-map-entry")]
    for text in (*entry.keys[response], *accepted):
        yield minutes(text) if entry.catalogue.get("unit") == "tijdstip" else Fraction(text)


every_item = pytest.mark.parametrize("entry", [pytest.param(entry, id=entry.identifier) for entry in entries()])


def test_files_and_catalogue_name_the_same_items_once() -> None:
    files = sorted(path.stem for path in (FOLDER / "items").iterdir())
    assert files == sorted(line["identifier"] for line in catalogue()["item"])
    assert files == sorted({entry.root.get("identifier") or "" for entry in entries()})


def test_the_bank_is_large_and_wide_enough() -> None:
    areas = Counter(entry.catalogue["area"] for entry in entries())
    assert set(areas) == set(AREAS)
    assert min(areas.values()) >= 40
    interactions = Counter(entry.catalogue["interaction"] for entry in entries())
    assert min(interactions[kind] for kind in ("choice", "multiple_choice", "inline_choice", "text_entry")) >= 20
    assert len({entry.root.get("title") for entry in entries()}) == len(entries())


def test_goals_are_listed_used_and_belong_to_the_area() -> None:
    goals = {goal["code"]: goal["area"] for goal in catalogue()["goal"]}
    assert len(goals) == len(catalogue()["goal"])
    assert {entry.catalogue["goal"] for entry in entries()} == set(goals)
    assert [entry.identifier for entry in entries() if goals[entry.catalogue["goal"]] != entry.catalogue["area"]] == []


def test_difficulties_cover_every_half_logit() -> None:
    difficulties = [entry.catalogue["difficulty"] for entry in entries()]
    assert all(-2.5 <= difficulty <= 2.5 for difficulty in difficulties)
    bins = Counter(min(int((difficulty + 2.5) / 0.5), 9) for difficulty in difficulties)
    assert all(bins[index] >= len(entries()) / 20 for index in range(10)), bins  # half of an even share at least
    assert all(0.7 <= entry.catalogue["discrimination"] <= 2.2 for entry in entries())


@every_item
def test_an_item_is_well_formed_qti(entry: Entry) -> None:
    root = entry.root
    assert root.tag == f"{QTI}qti-assessment-item"
    assert root.get("{http://www.w3.org/XML/1998/namespace}lang") == "nl-BE"
    assert (root.get("adaptive"), root.get("time-dependent")) == ("false", "false")
    asked = [node.get("response-identifier") for node in root.iter() if node.get("response-identifier")]
    assert asked == list(entry.keys)
    assert all(entry.keys.values())
    outcome = root.find(f"{QTI}qti-outcome-declaration")
    assert outcome is not None
    assert (outcome.get("identifier"), outcome.get("base-type")) == ("SCORE", "float")
    assert visible(outcome) == "0"
    processing = root.find(f"{QTI}qti-response-processing")
    assert processing is not None
    both = {node.get("identifier") for node in processing.iterfind(f".//{QTI}qti-and/{QTI}qti-match/{QTI}qti-correct")}
    assert both == (set(entry.keys) if len(entry.keys) > 1 else set())


@every_item
def test_the_interaction_is_what_the_catalogue_says(entry: Entry) -> None:
    names = {etree.QName(node).localname for node in entry.root.iter() if node.get("response-identifier")}
    expected = entry.catalogue["interaction"].removeprefix("multiple_").replace("_", "-")
    assert names == {f"qti-{expected}-interaction"}
    for interaction in entry.root.iter(f"{QTI}qti-choice-interaction"):
        keys = entry.keys["RESPONSE"]
        assert interaction.get("max-choices") == str(len(keys))
        assert (len(keys) > 1) == (entry.catalogue["interaction"] == "multiple_choice")
        assert set(keys) < set(entry.options("RESPONSE"))
    for interaction in entry.root.iter(f"{QTI}qti-text-entry-interaction"):
        around = interaction.getparent()
        assert around is not None
        assert len(visible(around)) > 3, "a box needs a sentence around it"


def test_a_key_is_computed_or_has_its_reason() -> None:
    ways = ("compute", "holds", "pairs", "ascending", "verified")
    assert [e.identifier for e in entries() if sum(way in e.catalogue for way in ways) != 1] == []
    assert sum("verified" in entry.catalogue for entry in entries()) < len(entries()) / 3


def told_by(way: str) -> pytest.MarkDecorator:
    """Items whose key is told in this way, but for what is placed (see ``test_mathematics_placing.py``)."""
    found = [e for e in entries() if way in e.catalogue and e.catalogue["interaction"] not in ("match", "gap_match")]
    return pytest.mark.parametrize("entry", [pytest.param(entry, id=entry.identifier) for entry in found])


@told_by("compute")
def test_the_computed_key_is_the_key_in_the_file(entry: Entry) -> None:
    expressions = computations(entry)
    assert set(expressions) == set(entry.keys)
    for response, expression in expressions.items():
        computed = evaluate(expression)
        options = entry.options(response)
        if options:
            unit = entry.catalogue.get("unit")
            right = {name for name, text in options.items() if value_of(text, unit) == computed}
            assert right == set(entry.keys[response]), f"{response}: {computed} in {options}"
        else:
            assert set(typed_values(entry, response)) == {computed}


@told_by("holds")
def test_the_condition_holds_for_the_right_options_only(entry: Entry) -> None:
    condition, unit = entry.catalogue["holds"], entry.catalogue.get("unit")
    options = entry.options("RESPONSE")
    right = {name for name, text in options.items() if is_true_for(condition, x=value_of(text, unit))}
    assert right == set(entry.keys["RESPONSE"]), options


@pytest.mark.parametrize("attack", ["__import__('os')", "x.real", "(1).real", "'a'", "[1]", "sum(1)", "1 if 1 else 2"])
def test_only_arithmetic_is_evaluated(attack: str) -> None:
    with pytest.raises(ValueError, match="not arithmetic"):
        evaluate(attack)


@every_item
def test_options_differ(entry: Entry) -> None:
    for response in entry.keys:
        options = entry.options(response)
        assert len(set(options.values())) == len(options)


def test_the_right_option_stands_everywhere_equally_often() -> None:
    keys = [e.keys["RESPONSE"][0] for e in entries() if e.catalogue["interaction"] == "choice"]
    positions = Counter(keys)
    assert set(positions) == set("ABCD")
    assert max(positions.values()) <= 0.35 * len(keys)
    assert min(positions.values()) >= 0.15 * len(keys)


def test_every_picture_is_there_and_used() -> None:
    used = [image.get("src") for entry in entries() for image in entry.images]
    assert len(used) >= 15
    assert all(re.fullmatch(r"\.\./media/[a-z-]+\.svg", source or "") for source in used)
    assert sorted(source.rsplit("/")[-1] for source in used if source) == sorted(
        path.name for path in (FOLDER / "media").iterdir()
    )


@pytest.mark.parametrize("path", [pytest.param(p, id=p.stem) for p in sorted((FOLDER / "media").glob("*.svg"))])
def test_a_picture_is_plain_described_and_fits_a_small_screen(path: Path) -> None:
    root = etree.parse(path).getroot()
    allowed = {"svg", "title", "desc", "rect", "circle", "line", "polygon", "path", "text"}
    assert {etree.QName(node).localname for node in root.iter()} <= allowed
    assert not [
        name for node in root.iter() for name in map(str, node.attrib) if "href" in name or name.startswith("on")
    ]
    assert "url(" not in path.read_text(encoding="utf-8")
    width = float((root.get("viewBox") or "").split()[2])
    assert width <= 320
    assert all(float(text.get("font-size", "0")) >= 12 for text in root.iter(f"{SVG}text"))
    assert root.findtext(f"{SVG}title")
    assert root.findtext(f"{SVG}desc")


@pytest.mark.parametrize("entry", [pytest.param(e, id=e.identifier) for e in entries() if e.images])
def test_the_description_of_a_picture_does_not_give_the_answer(entry: Entry) -> None:
    for image in entry.images:
        picture = etree.parse(FOLDER / "items" / (image.get("src") or "")).getroot()
        alternative = image.get("alt", "")
        assert len(alternative) > 20
        told = " ".join([alternative, picture.findtext(f"{SVG}title", ""), picture.findtext(f"{SVG}desc", "")]).lower()
        for response, keys in entry.keys.items():
            options = entry.options(response)
            if options and all(is_told(text, told) for text in options.values()):
                continue  # it names all of them, and so points at none
            assert [key for key in keys if is_told(options.get(key, key), told)] == []


def is_told(answer: str, text: str) -> bool:
    """Whether a text holds an answer as words of its own, in digits or as a number word."""
    wanted = [answer.lower(), answer.lower().replace(".", ",")]
    if answer.isdigit() and int(answer) < len(NUMBER_WORDS):
        wanted.append(NUMBER_WORDS[int(answer)])
    return any(re.search(rf"(?<![\w,/]){re.escape(words)}(?![\w/]|,\d)", text) for words in wanted)


def texts() -> dict[str, str]:
    """Everything that a pupil reads or hears, by item or picture."""
    read = {path.stem: visible(etree.parse(path).getroot()) for path in (FOLDER / "media").glob("*.svg")}
    for entry in entries():
        heard = [node.get(name) or "" for node in entry.root.iter() for name in ("title", "alt", "alttext")]
        options = [text for response in entry.keys for text in entry.options(response).values()]
        read[entry.identifier] = " | ".join([entry.question, *options, *heard])
    return read


@pytest.mark.parametrize(("name", "text"), sorted(texts().items()))
def test_numbers_are_written_as_in_flanders(name: str, text: str) -> None:
    without_times = re.sub(r"\b\d{1,2}\.[0-5]\d\suur", "", text)
    assert not re.search(r"\d\.\d", without_times), f"{name}: a decimal point"
    assert not re.search(r"\d{4}|\d \d{3}(?!\d)", text), f"{name}: thousands want a non-breaking space"
    assert not re.search(r"€(?!\u00a0)", text), f"{name}: the euro sign wants a non-breaking space"
    assert not re.search(r"\d\s?[*x]\s?\d", text), f"{name}: the signs are × and :"


def test_formulas_can_be_heard() -> None:
    silent = [e.identifier for e in entries() for formula in e.root.iter(f"{MATHML}math") if not formula.get("alttext")]
    assert silent == []
    assert sum(1 for entry in entries() for _ in entry.root.iter(f"{MATHML}math")) >= 20
