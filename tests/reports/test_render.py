"""The two renderings: structure, words, and the same figures in both."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest
from lxml import etree, html
from pypdf import PdfReader
from pypdf.generic import DictionaryObject

from reports import SchoolReport, render_html, render_pdf

MakeReport = Callable[..., SchoolReport]


@pytest.fixture
def report(make_report: MakeReport) -> SchoolReport:
    """Return a report of two classes, simulated."""
    return make_report({"4A": 14, "4B": 11}, simulated=True)


@pytest.fixture
def page(report: SchoolReport) -> html.HtmlElement:
    """Return the report's page, parsed."""
    return html.document_fromstring(render_html(report))


@pytest.fixture
def document(report: SchoolReport) -> PdfReader:
    """Return the report's PDF, opened."""
    return PdfReader(io.BytesIO(render_pdf(report)))


def plain(words: str) -> str:
    """Text with single spaces only, and ligatures and soft line ends undone."""
    return re.sub(r"\s+", " ", words.replace("ﬁ", "fi").replace("ﬂ", "fl").replace("ﬀ", "ff"))


def structure(document: PdfReader, kind: str) -> list[DictionaryObject]:
    """All elements of a kind in a PDF's structure tree."""
    found: list[DictionaryObject] = []

    def walk(node: object) -> None:
        resolved = node.get_object() if hasattr(node, "get_object") else node
        if isinstance(resolved, list):
            for child in resolved:
                walk(child)
        elif isinstance(resolved, DictionaryObject):
            if resolved.get("/S") == kind:
                found.append(resolved)
            if "/K" in resolved:
                walk(resolved["/K"])

    walk(document.root_object["/StructTreeRoot"])
    return found


def test_the_page_needs_nothing_from_elsewhere_and_runs_nothing(report: SchoolReport) -> None:
    page = html.document_fromstring(render_html(report))
    assert not page.xpath("//script | //link | //img | //iframe | //object | //*[@onclick or @onload]")
    assert [href for href in page.xpath("//@href | //@src") if not str(href).startswith("#")] == []
    assert "url(" not in str(page.xpath("string(//style)"))


def test_the_page_has_landmarks_one_title_and_headings_without_gaps(page: html.HtmlElement) -> None:
    assert page.get("lang") == "nl-BE"
    for landmark in ("header", "nav", "main", "footer"):
        assert len(page.xpath(f"//{landmark}")) == 1
    assert page.xpath("//h1/text()") == ["Basisschool <Het & Nest>"]
    depths = [int(str(heading.tag)[1]) for heading in page.xpath("//h1|//h2|//h3|//h4")]
    assert all(after - before <= 1 for before, after in pairwise(depths))
    ids = page.xpath("//@id")
    assert len(ids) == len(set(ids))
    assert {str(link)[1:] for link in page.xpath("//a/@href")} <= {str(one) for one in ids}


def test_every_chart_has_a_name_words_and_a_table_beside_it(page: html.HtmlElement) -> None:
    pairs = page.find_class("pair")
    assert len(pairs) == 5  # distribution, levels, classes, two classes of pupils
    for pair in pairs:
        assert len(pair.xpath(".//svg")) == 2  # for a page and for a phone
        assert all(svg.xpath("string(title)") and svg.xpath("string(desc)") for svg in pair.xpath(".//svg"))
        [table] = pair.xpath(".//table")
        assert table.xpath("string(caption)")
        assert all(cell.get("scope") == "col" for cell in table.xpath("./thead//th"))
        widths = {len(row.xpath("./th|./td")) for row in table.xpath(".//tr")}
        assert len(widths) == 1


def test_every_figure_of_a_table_comes_from_the_report(page: html.HtmlElement, report: SchoolReport) -> None:
    tables = [[row.xpath("./th/text()|./td/text()") for row in t.xpath("./tbody/tr")] for t in page.xpath("//table")]
    [subject] = report.subjects
    for result, rows in zip(subject.classes, tables[3:], strict=True):
        scores = [(p.label, p.score, p.level) for p in result.pupils]
        assert rows == [
            [who, f"{s.value:.0f}", f"{s.low:.0f} tot {s.high:.0f}", level.capitalize()] for who, s, level in scores
        ]
    classes = [[c.name, str(c.n_pupils), f"{c.mean.value:.0f}"] for c in subject.classes]
    assert [row[:3] for row in tables[2]] == classes
    assert [row[1] for row in tables[1]] == [f"{level.share.value:.0f}%" for level in subject.levels[::-1]]
    assert [row[1] for row in tables[0]] == [f"{bin_.share.value:.0f}%" for bin_ in subject.distribution]


def missing_in(document: PdfReader, page: html.HtmlElement) -> list[str]:
    """Rows and sentences of a page that a PDF does not show."""
    printed = plain(" ".join(sheet.extract_text() for sheet in document.pages)).replace(" ", "")
    parts = page.xpath("//main//tr | //main//p | //main//dt | //main//dd | //main//h3")
    said = [plain(part.text_content()) for part in parts]
    assert len(said) > 60
    return [words for words in said if words.replace(" ", "").replace("\xa0", "") not in printed]


def test_page_and_pdf_show_the_same_figures_and_sentences(page: html.HtmlElement, document: PdfReader) -> None:
    assert missing_in(document, page) == []


def test_another_schools_figures_would_be_noticed(make_report: MakeReport, document: PdfReader) -> None:
    """Control of the test above: it must be able to fail."""
    other = html.document_fromstring(render_html(make_report({"4A": 14, "4B": 11}, seed=2, simulated=True)))
    assert len(missing_in(document, other)) > 20


def test_the_pdf_is_tagged_accessible_and_in_dutch(document: PdfReader) -> None:
    root: Any = document.root_object
    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"] == "nl-BE"
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert document.metadata is not None
    assert document.metadata.title == "Schoolfeedback – Basisschool <Het & Nest>"
    xmp = etree.fromstring(root["/Metadata"].get_object().get_data())
    assert xmp.xpath("string(//*[local-name() = 'part'])") == "1"  # pdfuaid:part, PDF/UA-1


def test_every_chart_in_the_pdf_has_its_words(document: PdfReader, page: html.HtmlElement) -> None:
    described = [str(svg.xpath("string(desc)")) for svg in page.xpath("//*[@class='wide']/svg")]
    assert [str(figure.get("/Alt")) for figure in structure(document, "/Figure")] == described


def test_tables_in_the_pdf_have_headings(document: PdfReader) -> None:
    assert len(structure(document, "/Table")) == 5
    assert len(structure(document, "/TH")) >= 5 * 3
    assert len(structure(document, "/H1")) == 1


def test_the_pdf_brings_its_own_fonts(document: PdfReader) -> None:
    sheets: list[Any] = list(document.pages)
    fonts = [font.get_object() for sheet in sheets for font in sheet["/Resources"].get("/Font", {}).values()]
    names = {str(font["/BaseFont"]).split("+")[-1] for font in fonts}
    assert names
    assert all("+" in str(font["/BaseFont"]) for font in fonts)  # a subset, so embedded
    assert all(name.startswith("LibertinusSerif") for name in names)


def test_the_same_report_gives_the_same_bytes(report: SchoolReport) -> None:
    assert render_html(report) == render_html(report)
    assert render_pdf(report) == render_pdf(report)


def test_simulated_figures_are_marked_on_the_page_and_on_every_sheet(
    page: html.HtmlElement, document: PdfReader
) -> None:
    assert "GESIMULEERDE GEGEVENS" in page.find_class("simulated")[0].text_content()
    assert all("GESIMULEERDE GEGEVENS" in sheet.extract_text() for sheet in document.pages)


def test_real_figures_are_not_marked(report: SchoolReport) -> None:
    real = replace(report, simulated=False)
    assert "GESIMULEERD" not in render_html(real).upper()
    text = " ".join(sheet.extract_text() for sheet in PdfReader(io.BytesIO(render_pdf(real))).pages)
    assert "GESIMULEERD" not in text.upper()


@pytest.mark.parametrize(
    ("n_pupils", "words"), [(0, "Geen enkele leerling"), (1, "1 leerling van"), (4, "4 leerlingen")]
)
def test_too_few_pupils_get_a_sentence_and_no_chart(make_report: MakeReport, n_pupils: int, words: str) -> None:
    few = make_report({"4A": n_pupils})
    page = html.document_fromstring(render_html(few))
    assert words in page.find_class("finding")[0].text_content()
    assert not page.xpath("//svg | //table")
    text = plain(" ".join(sheet.extract_text() for sheet in PdfReader(io.BytesIO(render_pdf(few))).pages))
    assert words in text


def test_a_report_says_how_to_read_it_and_that_nothing_is_ranked(page: html.HtmlElement) -> None:
    guide = page.get_element_by_id("leeswijzer").text_content()
    assert "Hoe lees je deze cijfers?" in guide
    assert "geen rangschikking" in guide
    assert "minder dan 5 leerlingen" in guide


def test_the_group_one_compares_with_takes_an_article_and_a_region_none(report: SchoolReport) -> None:
    assert "waarmee je vergelijkt (de normgroep)." in render_html(report)
    [subject] = report.subjects
    assert subject.reference is not None
    flanders = replace(subject, reference=replace(subject.reference, name="Vlaanderen"))
    assert "waarmee je vergelijkt (Vlaanderen)." in render_html(replace(report, subjects=(flanders,)))


def test_the_colophon_says_the_algorithm_in_words(report: SchoolReport) -> None:
    words = "EAP (versie 1), met een normale a-prioriverdeling (gemiddelde 0, standaardafwijking 1)"
    assert words in render_html(report)
    [subject] = report.subjects
    shifted = replace(report, subjects=(replace(subject, algorithm="eap/2 normal(-0.5, 0.8)"),))
    assert "EAP (versie 2), met een normale a-prioriverdeling (gemiddelde −0,5, standaardafwijking 0,8)" in render_html(
        shifted
    )
    other = replace(report, subjects=(replace(subject, algorithm="wle/1"),))
    assert "<dd>wle/1</dd>" in render_html(other)


def test_a_header_stands_above_the_page_as_it_was_given(report: SchoolReport) -> None:
    header = '<nav><a href="/rapporten">Terug</a></nav>'
    shown = render_html(report, header=header)
    assert shown.index(header) < shown.index("<header")
    assert header not in render_html(report)
