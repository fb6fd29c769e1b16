"""Metadata of a package."""

from __future__ import annotations

import pytest
from lxml import etree

from itembank.exporting import write_metadata
from itembank.qti import Metadata
from itembank.qti.metadata import read_metadata

LOM = """<metadata><lom xmlns="{}"><general><title><{s} language="nl">Titel</{s}></title><language>nl</language>
<description><{s}>Een lengte schatten</{s}></description>
<keyword><{s}>area:meten</{s}></keyword><keyword><{s}>lengte</{s}></keyword><keyword><{s}>enemy:klok</{s}></keyword></general>
<educational><difficulty><source>LOMv1.0</source><value>easy</value></difficulty></educational>
<rights><description><{s}>CC BY 4.0</{s}></description></rights>
<classification><purpose><source>LOMv1.0</source><value>educational objective</value></purpose>
<taxonPath><taxon><id>2.1</id></taxon><taxon><id>2.1.3</id></taxon></taxonPath>
<taxonPath><source><{s}>Minimumdoelen</{s}></source><taxon><id>2.4</id></taxon></taxonPath></classification>
<classification><purpose><value>discipline</value></purpose><taxonPath><taxon><id>WIS</id></taxon></taxonPath></classification>
<classification><taxonPath><source>copyright</source><taxon><id>CR</id></taxon></taxonPath></classification>
</lom></metadata>"""
DESCRIBED, SOURCES = "Een lengte schatten", ("", "Minimumdoelen")
KNOWN = Metadata("Titel", "nl", "meten", "klok", ("2.1.3", "2.4"), ("lengte",), "CC BY 4.0", "easy", DESCRIBED, SOURCES)


@pytest.mark.parametrize(
    ("namespace", "string"),
    [("http://ltsc.ieee.org/xsd/LOM", "string"), ("http://www.imsglobal.org/xsd/imsmd_v1p2", "langstring")],
)
def test_metadata_are_read_in_every_spelling(namespace: str, string: str) -> None:
    assert read_metadata(etree.fromstring(LOM.format(namespace, s=string))) == KNOWN


def test_without_metadata_nothing_is_known() -> None:
    assert read_metadata(etree.fromstring("<metadata/>")) == Metadata()


def test_what_is_written_is_read_back() -> None:
    parent = etree.Element("metadata")
    write_metadata(parent, KNOWN, "ander", "W4-001")
    assert read_metadata(parent) == KNOWN


@pytest.mark.parametrize(
    ("rights", "licence"),
    [
        ("<description><string>CC BY 4.0</string></description>", "CC BY 4.0"),
        ("<copyrightAndOtherRestrictions><value>yes</value></copyrightAndOtherRestrictions>", "Rechten bij ons"),
        ("", "Rechten bij ons"),
    ],
)
def test_a_licence_may_stand_in_a_classification(rights: str, licence: str) -> None:
    path = "<taxonPath><source>copyright</source><taxon><id>C4</id><entry>Rechten bij ons</entry></taxon></taxonPath>"
    lom = f"<m><lom><rights>{rights}</rights><classification>{path}</classification></lom></m>"
    assert read_metadata(etree.fromstring(lom)).licence == licence
