"""Items, packages and databases that the item bank's tests share."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest
from sqlmodel import Session

from itembank import CalibratedItem, CalibrationVersion, Design
from peil.database import migrate, open_owner
from peil.settings import Settings
from tests.designs import area_design

MakeItem = Callable[..., bytes]
MakePackage = Callable[..., Path]
MakeCalibration = Callable[..., CalibrationVersion]

NAMESPACE = "http://www.imsglobal.org/xsd/imsqtiasi_v3p0"
MATCH_CORRECT = (
    '<qti-response-processing template="https://purl.imsglobal.org/spec/qti/v3p0/rptemplates/match_correct.xml"/>'
)
CHOICE_DECLARATION = (
    '<qti-response-declaration identifier="RESPONSE" cardinality="single" base-type="identifier">'
    "<qti-correct-response><qti-value>A</qti-value></qti-correct-response></qti-response-declaration>"
)
SCORE_DECLARATION = '<qti-outcome-declaration identifier="SCORE" cardinality="single" base-type="float"/>'
CHOICE_BODY = (
    '<qti-choice-interaction response-identifier="RESPONSE" max-choices="1">'
    "<qti-prompt>Welk getal is even?</qti-prompt>"
    '<qti-simple-choice identifier="A">2</qti-simple-choice><qti-simple-choice identifier="B">3</qti-simple-choice>'
    "</qti-choice-interaction>"
)


@pytest.fixture(scope="session")
def make_item() -> MakeItem:
    """Return a maker of QTI 3 items; by default one choice with key A."""

    def make(
        identifier: str = "W4-001",
        *,
        body: str = CHOICE_BODY,
        declarations: str = CHOICE_DECLARATION,
        rules: str = MATCH_CORRECT,
        extra: str = "",
    ) -> bytes:
        return (
            f'<qti-assessment-item xmlns="{NAMESPACE}" identifier="{identifier}" title="Opgave" adaptive="false" '
            f'time-dependent="false" xml:lang="nl-BE">\n{declarations}\n{SCORE_DECLARATION}\n{extra}\n'
            f"<qti-item-body>\n{body}\n</qti-item-body>\n{rules}\n</qti-assessment-item>"
        ).encode()

    return make


@pytest.fixture
def make_package(tmp_path: Path) -> MakePackage:
    """Return a maker of zips from files; a manifest is added that names every item and stimulus, with the area."""

    def make(files: Mapping[str, bytes], *, manifest: bytes | None = None, name: str = "package.zip") -> Path:
        resources = "".join(
            f'<resource identifier="R{number}" href="{path}" '
            f'type="imsqti_{"stimulus" if "stimul" in path else "item"}_xmlv3p0"><metadata><lom '
            'xmlns="http://ltsc.ieee.org/xsd/LOM"><general><keyword><string>area:bewerkingen</string></keyword></general>'
            f'</lom></metadata><file href="{path}"/></resource>'
            for number, path in enumerate(sorted(files))
            if path.endswith(".xml")
        )
        made = (
            '<manifest xmlns="http://www.imsglobal.org/xsd/qti/qtiv3p0/imscp_v1p1" identifier="M">'
            f"<resources>{resources}</resources></manifest>"
        )
        with zipfile.ZipFile(tmp_path / name, "w") as archive:
            archive.writestr("imsmanifest.xml", made if manifest is None else manifest)
            for path, content in files.items():
                archive.writestr(path, content)
        return tmp_path / name

    return make


@pytest.fixture
def make_calibration() -> MakeCalibration:
    """Return a maker of calibrations: every item gets slope 1 and its own difficulty."""

    def make(*names: str, identifier: str = "veldtest") -> CalibrationVersion:
        entries = [CalibratedItem(name, 1.0, number / 10, 0.1, 0.2, 500, 0.5) for number, name in enumerate(names)]
        return CalibrationVersion(identifier, "2pl", {"data": "simulated"}, tuple(entries))

    return make


@pytest.fixture
def design() -> Design:
    """Return a test of two items of one area."""
    return area_design("wiskunde-4", "Wiskunde", 2, {"bewerkingen": (0, 2)})


def session_on(settings: Settings) -> Iterator[Session]:
    """Yield a session on a migrated database."""
    migrate(settings)
    database = open_owner(settings)
    with Session(database) as session:
        yield session
    database.dispose()


@pytest.fixture
def db(tmp_path: Path) -> Iterator[Session]:
    """Yield a session on a migrated SQLite file."""
    yield from session_on(Settings(data=tmp_path, database_url=""))


@pytest.fixture
def postgres_db(postgres_database: str, tmp_path: Path) -> Iterator[Session]:
    """Yield a session on a migrated PostgreSQL database."""
    yield from session_on(Settings(data=tmp_path, database_url=postgres_database))
