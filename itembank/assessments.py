"""Assessment tests of packages: kept as they came, with the design that gives what can be given of them."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlmodel import Session, col, func, select

from itembank.errors import NotInBankError
from itembank.qti.assessments import AssessmentSource
from itembank.store import digest_of
from itembank.tables import StoredAssessment

MINUTE_MS = 60_000
_DELETE = "\x7f"  # the one control character that JSON leaves in a text and TOML forbids there


@dataclass(frozen=True, slots=True)
class Assessment:
    """One version of a test in the bank.

    Attributes
    ----------
    identifier, version, title : which
    file : path it was imported from
    files : path → bytes of its file and its sections
    items : identifiers of its items, in order
    design : text of a linear design (TOML); "" where none of its items can be given
    """

    identifier: str
    version: int
    title: str
    file: str
    files: dict[str, bytes]
    items: tuple[str, ...]
    design: str

    @property
    def name(self) -> str:
        """Name of this version: ``identifier@version``."""
        return f"{self.identifier}@{self.version}"


def _text(value: str) -> str:
    """Write a text as TOML; its basic strings are those of JSON, but for one character."""
    return json.dumps(value, ensure_ascii=False).replace(_DELETE, "\\u007f")


def _comment(words: str) -> str:
    """One line of a comment."""
    return "# " + " ".join("".join(letter if letter.isprintable() else " " for letter in words).split())


def design_text(source: AssessmentSource, subject: str) -> str:
    """Describe a test as a linear design: its items in order, and in comments what is not taken over.

    Parameters
    ----------
    source : with its items
    subject : for the design, which must name one

    Returns
    -------
    TOML that `itembank.designs.design_from_text` reads; "" where none of its items can be given.
    """
    form = list(dict.fromkeys(name for name in source.items if name not in source.unfit))
    if not form:
        return ""
    minutes = source.time_limit_ms / MINUTE_MS
    lines = [
        _comment(f"From the assessment test {source.file}. A linear test: the same items for all, in this order."),
        *_not_taken(source),
        "",
        f"identifier = {_text(source.identifier)}",
        f"title = {_text(source.title)}",
        f"subject = {_text(subject)}",
        'kind = "linear"',
        f"length = {len(form)}",
        *([f"time_limit_minutes = {minutes:.6g}"] if minutes else []),
        *_form(source, form),
    ]
    return "\n".join(lines) + "\n"


def _not_taken(source: AssessmentSource) -> Iterator[str]:
    """Comments on what the design leaves out."""
    for problem in source.not_honoured:
        yield _comment(f"- {problem.file}:{problem.line}: {problem.why}")
    for why in dict.fromkeys(source.unfit.values()):
        names = [name for name, reason in source.unfit.items() if reason == why]
        yield _comment(f"- left out, because {why}: {', '.join(names)}")
    doubled = len(source.items) - len(set(source.items))
    if doubled:
        yield _comment(f"- {doubled} more places name an item that the test has already; it is given once")


def _form(source: AssessmentSource, form: Sequence[str]) -> Iterator[str]:
    """Lines of the form, with a comment where another section begins."""
    left, section = set(form), ""
    yield "form = ["
    for reference, name in zip(source.references, source.items, strict=True):
        if name not in left:
            continue
        left.remove(name)
        if reference.section != section:
            section = reference.section
            yield f"  {_comment(section)}"
        yield f"  {_text(name)},"
    yield "]"


def save_assessment(db: Session, source: AssessmentSource, subject: str) -> tuple[int, bool]:
    """Keep a test; the same content makes no new version.

    Parameters
    ----------
    db : database session; the caller commits
    source : with its items
    subject : for its design

    Returns
    -------
    Number of the version, 1 for the first, and whether it is new.
    """
    design = design_text(source, subject)
    digest = digest_of([content.hex() for content in source.files.values()], source.items, sorted(source.unfit))
    newest = select(StoredAssessment).where(StoredAssessment.identifier == source.identifier)
    latest = db.exec(newest.order_by(col(StoredAssessment.version).desc())).first()
    if latest is not None and latest.digest == digest:
        return latest.version, False
    version = 1 if latest is None else latest.version + 1
    db.add(
        StoredAssessment(
            identifier=source.identifier,
            version=version,
            digest=digest,
            title=source.title,
            file=source.file,
            files={path: base64.b64encode(content).decode() for path, content in source.files.items()},
            items=list(source.items),
            design=design,
        )
    )
    db.flush()
    return version, True


def assessments(db: Session) -> list[Assessment]:
    """Newest version of every test, by identifier."""
    newest = (
        select(StoredAssessment.identifier, func.max(StoredAssessment.version).label("version"))
        .group_by(StoredAssessment.identifier)
        .subquery()
    )
    held = select(StoredAssessment).join(newest, col(StoredAssessment.identifier) == newest.c.identifier)
    rows = db.exec(held.where(StoredAssessment.version == newest.c.version).order_by(StoredAssessment.identifier))
    return [_assessment(row) for row in rows]


def load_assessment(db: Session, identifier: str) -> Assessment:
    """Return the newest version of a test.

    Raises
    ------
    NotInBankError
        If there is none.
    """
    held = select(StoredAssessment).where(StoredAssessment.identifier == identifier)
    row = db.exec(held.order_by(col(StoredAssessment.version).desc())).first()
    if row is None:
        raise NotInBankError(f"there is no test {identifier!r} in the bank: peil bank tests lists them")
    return _assessment(row)


def _assessment(row: StoredAssessment) -> Assessment:
    """Return the value of a row."""
    files = {path: base64.b64decode(content) for path, content in row.files.items()}
    return Assessment(row.identifier, row.version, row.title, row.file, files, tuple(row.items), row.design)
