"""Read one item: what is shown apart from what scores."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

from lxml.etree import _Element

from itembank.errors import PackageError, Problem, RulesError
from itembank.markup import XML_LANG, local_name
from itembank.qti.apip import read_supports
from itembank.qti.bodies import check_content, private_copy
from itembank.qti.findings import Findings
from itembank.qti.interactions import FieldReader
from itembank.qti.materials import read_materials
from itembank.qti.nodes import attribute, name_of, node_of
from itembank.qti.processing import Answer, Program, read_program, run_program
from itembank.qti.processing.values import Value, number, parse_scalar
from itembank.qti.safe_xml import parse
from itembank.qti.sources import Body, ItemSource, Metadata
from itembank.values import Interaction, ResponseField

IDENTIFIER = re.compile(r"[^\s@<>\"'&/\\]{1,100}")
MOST_POINTS = 100
_IGNORED = {
    "stylesheet": "style sheets of the package are not used",
}


def _child(root: _Element, name: str) -> _Element | None:
    """First child of that internal name."""
    return next((child for child in root if isinstance(child.tag, str) and name_of(child) == name), None)


def _read_root(xml: bytes, file: str) -> tuple[_Element, Findings]:
    """Parse the file and check that it is an item with a usable name."""
    root = parse(xml, file)
    if name_of(root) != "assessmentItem":
        why = f"the root element is {local_name(root)}, so this is no QTI item"
        raise PackageError([Problem(file, root.sourceline or 1, "file", why, "Give a qti-assessment-item")])
    identifier = attribute(root, "identifier")
    findings = Findings(file, f"item {identifier or '(no identifier)'}")
    if not IDENTIFIER.fullmatch(identifier) or not identifier.isprintable():
        findings.refuse(
            root,
            "identifier",
            f"{identifier[:60]!r} is no usable identifier",
            "Use 1 to 100 characters without space, quote, slash, &, < or @",
        )
    if attribute(root, "adaptive") == "true":
        findings.refuse(root, "adaptive", "items with several attempts are not supported", 'Write adaptive="false"')
    return root, findings


def _read_rules(root: _Element, findings: Findings) -> Program:
    """Read declarations and rules; what cannot be read is a problem with its line."""
    try:
        program = read_program(node_of(child) for child in root if isinstance(child.tag, str))
    except RulesError as error:
        findings.refuse(error.line, "response processing", error.why, "Correct the rule or the declaration")
        findings.raise_if_refused()
        raise
    if program.has_template_variables:
        findings.refuse(
            root,
            "template variables",
            "items that are drawn anew for every pupil are not supported yet",
            "Write the item out",
        )
    return program


def _read_body(root: _Element, program: Program, findings: Findings) -> Body:
    """Read the body on its own copy."""
    element = _child(root, "itemBody")
    if element is None:
        findings.refuse(root, "item body", "it is missing", "Add a qti-item-body")
        findings.raise_if_refused()
    assert element is not None
    copy = private_copy(element, findings)
    reader = FieldReader(program.declarations, findings)
    pictures = check_content(copy, findings, reader.read)
    if reader.needs_rules and not program.has_rules:
        _refuse_unscored(root, findings)
    language = root.get(XML_LANG) or element.get(XML_LANG) or ""
    base_types = {field.identifier: program.declarations[field.identifier].base_type for field in reader.fields}
    supports = read_supports(root, copy, language, findings)
    return Body(
        copy,
        tuple(reader.fields),
        base_types,
        supports.pictures | pictures,
        language,
        supports=supports.known,
        sounds=supports.sounds,
        materials=read_materials(root, findings),
    )


def _refuse_unscored(root: _Element, findings: Findings) -> None:
    """Refuse an interaction that nothing scores; only an open answer may be left to a person."""
    section = _child(root, "responseProcessing")
    where, why = (root, "it is missing") if section is None else (section, "it is empty")
    findings.refuse(where, "response processing", why, "Add rules or a standard template, or ask an open question")


def _texts(value: Value | None, single: bool) -> Answer:
    """Return a declared correct response as an answer."""
    if value is None:
        return None
    texts = [" ".join(map(str, item)) if isinstance(item, tuple) else str(item) for item in value.items]
    return texts[0] if single else texts


def _key_score(fields: Iterable[ResponseField], program: Program) -> float | None:
    """Points that the item's own key gets; None if a field has no key."""
    answers: dict[str, Answer] = {}
    for field in fields:
        declared = program.declarations[field.identifier]
        answers[field.identifier] = _texts(declared.correct, declared.cardinality == "single")
        if declared.correct is None:
            return None
    return run_program(program, answers).score


def _most_mapped(program: Program) -> float:
    """Most points that the mappings can give together: the best key of each, or all good ones where several count."""
    total = 0.0
    for declared in program.declarations.values():
        if declared.mapping is not None:
            worths = [max(0.0, entry.worth) for entry in declared.mapping.entries]
            best = max(worths, default=0.0) if declared.cardinality == "single" else sum(worths)
            total += declared.mapping.bounded(best)
    return total


def _most_constant(program: Program) -> float:
    """Largest constant that a rule gives SCORE."""
    given = (
        node.children[0].text
        for rules in program.sections.values()
        for rule in rules
        for node in rule.walk()
        if node.name == "setOutcomeValue" and node.get("identifier") == "SCORE" and node.children[0].name == "baseValue"
    )
    values = (parse_scalar("float", text) for text in given)
    return max((float(value) for value in values if isinstance(value, float)), default=0.0)


def _declared_maximum(program: Program) -> float:
    """Most points as the outcomes declare it; else as mappings or constants give it; else 0."""
    most = program.declarations.get("MAXSCORE")
    declared = number(most.default) if most is not None else None
    if declared is None:
        score = next((node for node in program.nodes if node.get("identifier") == "SCORE"), None)
        written = parse_scalar("float", score.get("normalMaximum")) if score is not None else None
        declared = written if isinstance(written, float) else None
    return float(declared or _most_mapped(program) or _most_constant(program))


def _maximum_and_obstacle(body: Body, program: Program) -> tuple[int, str]:
    """Most points, and why a machine cannot score the item in a test, or ""."""
    if not body.fields:
        return 1, "it asks nothing"
    if Interaction.EXTENDED_TEXT in {field.interaction for field in body.fields}:
        return max(1, int(_declared_maximum(program))), "a person must rate it"
    if "SCORE" not in program.declarations and not _uses_template(program):
        return 1, "its rules give no SCORE"
    key = _key_score(body.fields, program)
    if key is not None and key <= 0.0:
        return 1, "its own key scores no points"
    most = max(key or 0.0, _declared_maximum(program))
    if most <= 0.0:
        return 1, "it does not say how many points it is worth"
    if most != int(most) or most > MOST_POINTS:
        return 1, f"it is worth {most:g} points, and points must be whole, at most {MOST_POINTS}"
    return int(most), ""


def _uses_template(program: Program) -> bool:
    """Whether some rule sets SCORE, declared or not."""
    return any(
        node.name in ("setOutcomeValue", "lookupOutcomeValue") and node.get("identifier") == "SCORE"
        for rules in program.sections.values()
        for rule in rules
        for node in rule.walk()
    )


def _warn_ignored(root: _Element, body: Body, program: Program, findings: Findings) -> None:
    """Say what of the item is stored and not used."""
    asked = {field.identifier for field in body.fields}
    for name, declared in program.declarations.items():
        if declared.kind == "response" and name not in asked:
            findings.warn(
                root, f"response {name}", "it is declared, and no interaction asks for it", "Check the item body"
            )
    for child in root:
        name = name_of(child)
        if name in _IGNORED:
            findings.warn(child, local_name(child), _IGNORED[name], "Nothing to do; it stays in the stored source")


def _language_of(body: Body, metadata: Metadata) -> Body:
    """Take the language from the metadata where the item does not say it."""
    if body.language or not metadata.language:
        return body
    return replace(body, language=metadata.language)


def read_item(xml: bytes, *, file: str = "item.xml", metadata: Metadata | None = None, area: str = "") -> ItemSource:
    """Read one item of QTI 2.1, 2.2 or 3.0.

    Parameters
    ----------
    xml : the file's bytes
    file : its path, for messages
    metadata : what the package says about it
    area : short for ``Metadata(area=…)``

    Raises
    ------
    PackageError
        If anything in it cannot be shown or scored as written; every problem names its line.
    """
    root, findings = _read_root(xml, file)
    program = _read_rules(root, findings)
    body = _read_body(root, program, findings)
    findings.raise_if_refused()
    _warn_ignored(root, body, program, findings)
    maximum, obstacle = _maximum_and_obstacle(body, program)
    if obstacle and Interaction.EXTENDED_TEXT not in {field.interaction for field in body.fields}:
        findings.warn(root, "", f"it cannot be used in a test, because {obstacle}", "Correct the item to use it")
    known = metadata or Metadata(area=area)
    reference = _child(root, "assessmentStimulusRef")
    return ItemSource(
        identifier=attribute(root, "identifier"),
        title=attribute(root, "title") or known.title,
        file=file,
        body=_language_of(body, known),
        program=program,
        maximum=maximum,
        obstacle=obstacle,
        xml=xml,
        stimulus="" if reference is None else attribute(reference, "identifier"),
        stimulus_href="" if reference is None else attribute(reference, "href"),
        metadata=known,
        warnings=findings.warnings,
    )
