"""Read one passage that items share."""

from __future__ import annotations

from functools import partial

from lxml.etree import _Element

from itembank.errors import PackageError, Problem
from itembank.markup import XML_LANG, local_name
from itembank.qti.bodies import check_content, private_copy
from itembank.qti.catalogs import read_catalogs, warn_untold
from itembank.qti.findings import Findings
from itembank.qti.items import IDENTIFIER
from itembank.qti.nodes import attribute, name_of
from itembank.qti.recordings import check_recording
from itembank.qti.safe_xml import parse
from itembank.qti.sources import Body, Metadata, StimulusSource


def read_stimulus(xml: bytes, *, file: str = "stimulus.xml", metadata: Metadata | None = None) -> StimulusSource:
    """Read one ``qti-assessment-stimulus``.

    Parameters
    ----------
    xml : the file's bytes
    file : its path, for messages
    metadata : what the package says about it

    Raises
    ------
    PackageError
        If it is none, or anything in it cannot be shown; every problem names its line.
    """
    root, known = parse(xml, file), metadata or Metadata()
    identifier = attribute(root, "identifier")
    findings = Findings(file, f"stimulus {identifier or '(no identifier)'}")
    body = next((child for child in root if name_of(child) == "stimulusBody"), None)
    if name_of(root) != "assessmentStimulus" or body is None:
        why = f"the root element is {local_name(root)}, so this is no stimulus with a body"
        raise PackageError([Problem(file, root.sourceline or 1, "file", why, "Give a qti-assessment-stimulus")])
    if not IDENTIFIER.fullmatch(identifier) or not identifier.isprintable():
        findings.refuse(root, "identifier", f"{identifier[:60]!r} is no usable identifier", "Give it a short one")

    def refuse_interaction(element: _Element) -> None:
        findings.refuse(element, local_name(element), "a stimulus cannot ask a question", "Put it into an item")

    def refuse_template(element: _Element) -> None:
        findings.refuse(element, local_name(element), "a stimulus is the same for everybody", "Put it into an item")

    copy = private_copy(body, findings)
    sounds: dict[str, int] = {}
    on_recording = partial(check_recording, findings, sounds)
    pictures = check_content(copy, findings, refuse_interaction, refuse_template, on_recording)
    language = root.get(XML_LANG) or body.get(XML_LANG) or known.language
    supports = read_catalogs(root, copy, language, findings)
    warn_untold(copy, supports.known, findings)
    findings.raise_if_refused()
    shown = Body(
        copy,
        pictures=supports.pictures | pictures,
        language=language,
        supports=supports.known,
        sounds=supports.sounds | sounds,
    )
    return StimulusSource(
        identifier=identifier,
        title=attribute(root, "title") or known.title,
        file=file,
        body=shown,
        xml=xml,
        metadata=known,
        warnings=findings.warnings,
        line=root.sourceline or 1,
    )
