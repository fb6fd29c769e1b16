"""Read one item: what is shown apart from what scores."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import partial

from lxml.etree import _Element

from itembank.errors import PackageError, Problem, RulesError
from itembank.markup import XML_LANG, local_name
from itembank.qti.apip import read_supports
from itembank.qti.bodies import check_content, private_copy
from itembank.qti.catalogs import warn_untold
from itembank.qti.findings import Findings
from itembank.qti.graphics import check_area_mappings
from itembank.qti.interactions import FieldReader
from itembank.qti.materials import read_materials
from itembank.qti.nodes import attribute, name_of, node_of
from itembank.qti.points import OWN_KEY, key_warning, maximum_and_obstacle
from itembank.qti.processing import Program, read_program
from itembank.qti.recordings import check_recording
from itembank.qti.safe_xml import parse
from itembank.qti.sources import Body, ItemSource, Metadata
from itembank.qti.template_parts import TemplateReader, check_marks
from itembank.qti.trying import check_maximum, try_draws
from itembank.values import Interaction

IDENTIFIER = re.compile(r"[^\s@<>\"'&/\\]{1,100}")
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
    return program


def _read_body(root: _Element, program: Program, findings: Findings) -> Body:
    """Read the body on its own copy."""
    element = _child(root, "itemBody")
    if element is None:
        findings.refuse(root, "item body", "it is missing", "Add a qti-item-body")
        findings.raise_if_refused()
    assert element is not None
    copy = private_copy(element, findings)
    reader, parts = FieldReader(program.declarations, findings), TemplateReader(program, findings)
    sounds: dict[str, int] = {}
    pictures = check_content(copy, findings, reader.read, parts.read, partial(check_recording, findings, sounds))
    check_area_mappings(root, reader.fields, findings)
    if reader.needs_rules and not program.has_rules:
        _refuse_unscored(root, findings)
    language = root.get(XML_LANG) or element.get(XML_LANG) or ""
    base_types = {field.identifier: program.declarations[field.identifier].base_type for field in reader.fields}
    supports = read_supports(root, copy, language, findings)
    warn_untold(copy, supports.known, findings)
    body = Body(
        copy,
        tuple(reader.fields),
        base_types,
        supports.pictures | pictures,
        language,
        supports=supports.known,
        sounds=supports.sounds | sounds,
        materials=read_materials(root, findings),
    )
    return _read_template(root, body, program, parts, findings) if program.has_template_variables else body


def _read_template(root: _Element, body: Body, program: Program, parts: TemplateReader, findings: Findings) -> Body:
    """Check what a draw changes, and try some draws."""
    parts.check_body(body.root)
    findings.raise_if_refused()
    try_draws(_template_of(root), body, program, parts, findings)
    return replace(body, is_drawn=True, math_variables=parts.math_variables)


def _template_of(root: _Element) -> _Element:
    """Return template processing, or the item where there is none."""
    section = _child(root, "templateProcessing")
    return root if section is None else section


def _refuse_unscored(root: _Element, findings: Findings) -> None:
    """Refuse an interaction that nothing scores; only an open answer may be left to a person."""
    section = _child(root, "responseProcessing")
    where, why = (root, "it is missing") if section is None else (section, "it is empty")
    findings.refuse(where, "response processing", why, "Add rules or a standard template, or ask an open question")


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


def _warn_points(root: _Element, body: Body, program: Program, maximum: int, obstacle: str, findings: Findings) -> None:
    """Say why a machine cannot score the item in a test, or that its key is not its best answer."""
    if Interaction.EXTENDED_TEXT in {field.interaction for field in body.fields}:
        return
    if obstacle:
        findings.warn(root, "", f"it cannot be used in a test, because {obstacle}", "Correct the item to use it")
    elif why := key_warning(body, program, maximum):
        findings.warn(root, "", why, "Correct the key or its points")


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
    known = metadata or Metadata(area=area)
    body = _language_of(_read_body(root, program, findings), known)
    if body.is_drawn:
        check_marks(root, body.language, findings)
    findings.raise_if_refused()
    _warn_ignored(root, body, program, findings)
    maximum, obstacle = maximum_and_obstacle(body, program)
    if body.is_drawn and (not obstacle or obstacle.startswith(OWN_KEY)):
        check_maximum(_template_of(root), body, program, maximum, findings)
        findings.raise_if_refused()
    _warn_points(root, body, program, maximum, obstacle, findings)
    reference = _child(root, "assessmentStimulusRef")
    return ItemSource(
        identifier=attribute(root, "identifier"),
        title=attribute(root, "title") or known.title,
        file=file,
        body=body,
        program=program,
        maximum=maximum,
        obstacle=obstacle,
        xml=xml,
        stimulus="" if reference is None else attribute(reference, "identifier"),
        stimulus_href="" if reference is None else attribute(reference, "href"),
        metadata=known,
        warnings=findings.warnings,
        line=root.sourceline or 1,
        stimulus_line=0 if reference is None else reference.sourceline or 0,
    )
