"""What hostile files are made of: an item, a passage, a manifest, a zip; and what each is expected to come to."""

from __future__ import annotations

import socket
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

NAMESPACE = "http://www.imsglobal.org/xsd/imsqtiasi_v3p0"
SECRET = "geheim-van-de-server"
FILE, URL = "@LURE-FILE@", "@LURE-URL@"
"""Stand in a hostile file for a file and a server that nothing may ever read; `Lure` says which."""

MATCH = '<qti-response-processing template="https://purl.imsglobal.org/spec/qti/v3p0/rptemplates/match_correct.xml"/>'
SCORE = '<qti-outcome-declaration identifier="SCORE" cardinality="single" base-type="float"/>'
KEY = (
    '<qti-response-declaration identifier="RESPONSE" cardinality="single" base-type="identifier">'
    "<qti-correct-response><qti-value>A</qti-value></qti-correct-response></qti-response-declaration>"
)
CHOICE = (
    '<qti-choice-interaction response-identifier="RESPONSE" max-choices="1"><qti-prompt>Welk?</qti-prompt>'
    '<qti-simple-choice identifier="A">2</qti-simple-choice><qti-simple-choice identifier="B">3</qti-simple-choice>'
    "</qti-choice-interaction>"
)
SVG = '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" viewBox="0 0 9 9">'

KINDS = (("stimul", "stimulus"), ("toets", "test"), ("deel", "section"))
"""What the path of a file says of its kind; all others are items."""

Content = str | bytes
Files = Mapping[str, Content]


@dataclass(frozen=True, slots=True)
class Lure:
    """A file and a server outside every package; reading either is a hole."""

    file: Path
    url: str
    server: socket.socket | None = None

    def put_into(self, content: Content) -> bytes:
        """Write the addresses into a hostile file."""
        raw = content.encode("utf-8", "surrogatepass") if isinstance(content, str) else content
        return raw.replace(FILE.encode(), self.file.as_uri().encode()).replace(URL.encode(), self.url.encode())


Writer = Callable[[Path, Lure], Path]


@dataclass(frozen=True, slots=True)
class Clean:
    """Why a file is let in, and what shows that it is clean, beside the judges of pages, drawings and scores.

    Attributes
    ----------
    reason : what is taken out or made harmless, in one sentence
    lacks : pattern that nothing served may match
    shows : pattern that what is served must match: what was harmless in it stays
    told : pattern that a warning of the import must match; "" where nothing is left out
    """

    reason: str
    lacks: str = ""
    shows: str = ""
    told: str = ""


@dataclass(frozen=True, slots=True)
class Case:
    """One hostile file.

    Attributes
    ----------
    kind, name : what attack it is
    write : writes it into an empty folder and returns what to import
    outcome : pattern of the reason of its refusal; or, where the standard lets it in, why it is clean
    unlined : why its refusal can name no line; "" where it must name one
    is_heavy : whether it is tried only in a child process with limits
    """

    kind: str
    name: str
    write: Writer
    outcome: str | Clean
    unlined: str = ""
    is_heavy: bool = False

    def __post_init__(self) -> None:
        if not self.outcome or (isinstance(self.outcome, Clean) and self.unlined):
            raise ValueError(f"{self.kind}, {self.name}: say why it is refused, or why it is clean")


NO_FILE_READ = "The zip itself is refused before a file in it is read, so there is no text to name a line of."
NO_MANIFEST = "The manifest cannot be taken out of the zip, and nothing before it asks for it."
NOT_READ = "The file alone is imported and is too large to be read, so that no line of it is known."
NO_ITEM = "The folder holds no file that is an item, so there is no text to name a line of."


def item(
    body: str = CHOICE,
    *,
    declarations: str = KEY,
    rules: str = MATCH,
    extra: str = "",
    name: str = "H-1",
    root: str = "",
) -> str:
    """Text of an item; by default a harmless choice."""
    return (
        f'<qti-assessment-item xmlns="{NAMESPACE}" identifier="{name}" title="Opgave" adaptive="false" '
        f'time-dependent="false" xml:lang="nl-BE" {root}>\n{declarations}\n{SCORE}\n{extra}\n'
        f"<qti-item-body>\n{body}\n</qti-item-body>\n{rules}\n</qti-assessment-item>"
    )


def shown(markup: str) -> str:
    """Text of an item that shows the markup above a harmless choice."""
    return item(f"{markup}{CHOICE}")


def passage(markup: str, name: str = "S-1") -> str:
    """Text of a passage."""
    return (
        f'<qti-assessment-stimulus xmlns="{NAMESPACE}" identifier="{name}" title="Tekst">\n<qti-stimulus-body>\n'
        f"{markup}\n</qti-stimulus-body></qti-assessment-stimulus>"
    )


def manifest(*resources: str) -> str:
    """Text of a manifest with these resources."""
    return (
        '<manifest xmlns="http://www.imsglobal.org/xsd/qti/qtiv3p0/imscp_v1p1" identifier="M"><resources>\n'
        + "\n".join(resources)
        + "</resources></manifest>"
    )


def resource(path: str, identifier: str = "R", kind: str = "item", inside: str = "") -> str:
    """Text of one resource."""
    return f'<resource identifier="{identifier}" type="imsqti_{kind}_xmlv3p0" href="{path}">{inside}</resource>'


def one(content: Content, name: str = "item.xml") -> Writer:
    """Write one file."""

    def write(folder: Path, lure: Lure) -> Path:
        (folder / name).write_bytes(lure.put_into(content))
        return folder / name

    return write


def listed(files: Files) -> str:
    """Manifest of all XML files among these."""
    return manifest(
        *(
            resource(path, f"R{number}", next((kind for sign, kind in KINDS if sign in path), "item"))
            for number, path in enumerate(files)
            if path.endswith(".xml")
        )
    )


def package(files: Files, *, names: str | None = None) -> Writer:
    """Write a zip of these files, with a manifest of all items unless one is given."""

    def write(folder: Path, lure: Lure) -> Path:
        path = folder / "package.zip"
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("imsmanifest.xml", lure.put_into(listed(files) if names is None else names))
            for name, content in files.items():
                archive.writestr(name, lure.put_into(content))
        return path

    return write


def lazily(make: Callable[[], Writer]) -> Writer:
    """Write what takes so much memory that it is made only when it is wanted."""
    return lambda folder, lure: make()(folder, lure)


def with_picture(content: Content, name: str = "p.svg") -> Writer:
    """Write a zip of a harmless item that shows this picture."""
    return package({"item.xml": shown(f'<p><img src="{name}" alt="tekening"/></p>'), name: content})
