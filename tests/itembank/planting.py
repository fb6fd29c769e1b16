"""Plant canaries in an item: wherever a key, a mapping, a rule or a rater's text stands, and nowhere else.

Where an answer is typed or a point is set, the key itself is replaced by a canary. Where it is chosen, canaries would
be seen among the choices: there another choice is made the right one, and what is served must not change by a byte.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from itertools import count

from lxml import etree
from lxml.etree import _Element

from itembank.qti.nodes import attribute, name_of
from tests.itembank.interaction_samples import NAMESPACE, old_spelling

CANARY = "kanarievogel"
NUMBER = "77312509"
"""Ends or begins every number that was planted; no hash of a picture holds it, and no item counts so far."""
DECLARATIONS = f"""
<qti-response-declaration identifier="EXTRA-{CANARY}" cardinality="single" base-type="string">
<qti-correct-response><qti-value>{CANARY}-1</qti-value></qti-correct-response>
<qti-mapping default-value="0"><qti-map-entry map-key="{CANARY}-2" mapped-value="1"/></qti-mapping>
<qti-area-mapping><qti-area-map-entry shape="default" coords="" mapped-value="4"/></qti-area-mapping>
</qti-response-declaration>
<qti-outcome-declaration identifier="MODEL" cardinality="single" base-type="string"><qti-default-value>
<qti-value>{CANARY}-3</qti-value></qti-default-value></qti-outcome-declaration>
"""
FEEDBACK = (
    f'<qti-modal-feedback outcome-identifier="F" identifier="A" show-hide="show">{CANARY}-17</qti-modal-feedback>'
)
RUBRIC = f'<qti-rubric-block view="scorer tutor"><p>{CANARY}-6</p></qti-rubric-block>'
OLD = "http://www.imsglobal.org/xsd/imsqti_v2p2"
PLACES = ("gap", "associableHotspot")
CHOICES = ("simpleChoice", "inlineChoice", "hottext", "hotspotChoice", "simpleAssociableChoice", "gapText", "gapImg")

Turn = Callable[[str], str]


def planted(xml: bytes) -> bytes:
    """Item with canaries beside its key: declarations of its own, for raters, as feedback, as comments."""
    root = etree.fromstring(xml)
    body = next(element for element in root.iter("{*}qti-item-body", "{*}itemBody"))
    space = etree.QName(body).namespace
    written = f'<x xmlns="{NAMESPACE}">{DECLARATIONS}{FEEDBACK}{RUBRIC}</x>'
    if space != NAMESPACE:
        written = old_spelling(written).replace(OLD, str(space))
    *extra, for_raters = etree.fromstring(written)
    for element in extra:
        root.insert(0, element)
    body.append(for_raters)
    body.append(etree.Comment(CANARY))
    for element in body.iter(f"{{{space}}}p", f"{{{space}}}div"):
        element.set("data-key", CANARY)
    return etree.tostring(root)


def rekeyed(xml: bytes) -> bytes:
    """The same item with other answers right: every key, mapping and rule says something else than before."""
    root = etree.fromstring(xml)
    turned: dict[str, str] = {}
    for declaration in named(root, "responseDeclaration"):
        options = _options(root, attribute(declaration, "identifier"))
        turned |= {name: _next(options[0], name) for name in options[0]}
        _rekey(declaration, _turn(root, declaration, options))
    for rules in named(root, "responseProcessing", "outcomeProcessing"):
        for value in named(rules, "baseValue"):
            _change_rule(value, turned)
    for section in named(root, "templateProcessing"):
        for rule in named(section, "setCorrectResponse"):
            _change_drawn_key(root, rule, turned)
    return etree.tostring(root)


def named(root: _Element, *names: str) -> list[_Element]:
    """Elements below a root with these internal names."""
    return [element for element in root.iter("*") if name_of(element) in names]


def _options(root: _Element, response: str) -> tuple[list[str], list[str]]:
    """Identifiers of what can be chosen for a response, and of where it goes; empty where the pupil types."""
    asked = [one for one in root.iter("*") if attribute(one, "responseIdentifier") == response]
    parts = [part for one in asked for part in named(one, *CHOICES, *PLACES)]
    sets = [list(one.iterchildren("*")) for interaction in asked for one in named(interaction, "simpleMatchSet")]
    second = [part for part in parts if name_of(part) in PLACES or (sets and part in sets[1])]
    first = [part for part in parts if part not in second]
    return [attribute(part, "identifier") for part in first], [attribute(part, "identifier") for part in second]


def _next(options: list[str], name: str) -> str:
    """Option after one, around; what is no option stays."""
    return options[(options.index(name) + 1) % len(options)] if name in options else name


def _turn(root: _Element, declaration: _Element, options: tuple[list[str], list[str]]) -> Turn:
    """How an answer to this response becomes another one that can be given."""
    first, second = options
    base_type, numbers = attribute(declaration, "baseType"), count(1)

    def pair(text: str) -> str:
        one, _, other = text.strip().partition(" ")
        if not second:
            return f"{_next(first, one)} {_next(first, other)}"
        return f"{one} {_next(second, other)}" if len(second) > 1 else f"{_next(first, one)} {other}"

    for slider in named(root, "sliderInteraction"):
        if _asks(slider, declaration):
            ends = attribute(slider, "lowerBound"), attribute(slider, "upperBound")
            return lambda text: ends[float(text) == float(ends[0])]
    turns: dict[str, Turn] = {
        "identifier": lambda text: _next(first, text.strip()),
        "pair": pair,
        "directedPair": pair,
        "string": lambda _: f"{CANARY}-{next(numbers)}",
        "integer": lambda _: f"{NUMBER}{next(numbers)}",
        "float": lambda _: f"{next(numbers)}.{NUMBER}",
        "point": lambda text: " ".join(f"{part}.{NUMBER}" for part in text.split()),
    }
    return cache(turns.get(base_type, lambda text: text))  # the same answer becomes the same other one


def _asks(interaction: _Element, declaration: _Element) -> bool:
    """Whether an interaction asks for this response."""
    return attribute(interaction, "responseIdentifier") == attribute(declaration, "identifier")


def _rekey(declaration: _Element, turn: Turn) -> None:
    """Change the key and the mappings of one response."""
    for correct in named(declaration, "correctResponse"):
        for value in named(correct, "value"):
            value.text = turn(value.text or "")
    for entry in named(declaration, "mapEntry"):
        _set(entry, "mapKey", turn(attribute(entry, "mapKey")))
    for entry in named(declaration, "areaMapEntry"):
        *others, last = attribute(entry, "coords").split(",")
        if last:  # a whole number of pixels, so it cannot be a canary
            _set(entry, "coords", ",".join([*others, str(int(last) + 1)]))
    for mapping in named(declaration, "mapping", "areaMapping"):
        _set(mapping, "defaultValue", f"-0.{NUMBER}")


def _change_rule(value: _Element, turned: dict[str, str]) -> None:
    """Change a constant of the rules."""
    text, base_type = (value.text or "").strip(), attribute(value, "baseType")
    if base_type == "identifier":
        value.text = turned.get(text, text)
    elif base_type == "string":
        value.text = CANARY
    elif base_type == "float" and not float(text).is_integer():  # points of a test are whole
        value.text = f"{text}000{NUMBER}"


def _change_drawn_key(root: _Element, rule: _Element, turned: dict[str, str]) -> None:
    """Add a canary to a number that is the key of a draw; take another choice or text where it is written out."""
    declared = (one for one in named(root, "responseDeclaration"))
    base_type = next(attribute(one, "baseType") for one in declared if _names(one, rule))
    for value in named(rule, "baseValue"):
        _change_rule(value, turned)
    if base_type not in ("integer", "float"):
        return
    space = etree.QName(rule).namespace
    is_new = etree.QName(rule).localname.startswith("qti-")
    added = etree.SubElement(rule, f"{{{space}}}{'qti-sum' if is_new else 'sum'}")
    added.extend([one for one in rule if one is not added])
    canary = etree.SubElement(added, f"{{{space}}}{'qti-base-value' if is_new else 'baseValue'}")
    canary.set("base-type" if is_new else "baseType", base_type)
    canary.text = f"{NUMBER}00000"


def _names(declaration: _Element, rule: _Element) -> bool:
    """Whether a rule is about this variable."""
    return attribute(declaration, "identifier") == attribute(rule, "identifier")


def _set(element: _Element, name: str, value: str) -> None:
    """Write an attribute in the spelling that the element has."""
    is_new = etree.QName(element).localname.startswith("qti-")
    kebab = "".join(f"-{letter.lower()}" if letter.isupper() else letter for letter in name)
    element.set(kebab if is_new else name, value)
