"""No hostile file runs, reads, crashes or slips through; the heavy ones are in `make drill`, with limits."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.itembank.hostile.corpus import corpus
from tests.itembank.hostile.examining import examine, verdict
from tests.itembank.hostile.making import Lure
from tests.itembank.hostile.strict_html import faults_of_html, faults_of_svg
from tests.itembank.hostile.watching import laid, watched

CORPUS = corpus()


@pytest.fixture(scope="module")
def lure(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lure]:
    """A file and a server outside every package."""
    with laid(tmp_path_factory.mktemp("lure")) as laid_out:
        yield laid_out


@pytest.mark.parametrize("kind", CORPUS)
def test_every_hostile_file_is_refused_with_its_reason_or_served_clean(kind: str, lure: Lure, tmp_path: Path) -> None:
    wrong = {}
    for case in CORPUS[kind]:
        if case.is_heavy:
            continue
        place = tmp_path / "case"
        place.mkdir()
        path = case.write(place, lure)
        with watched(place, lure) as seen:
            examined = examine(path)
        found = verdict(case, examined) or ", ".join(seen)
        if found:
            wrong[case.name] = found
        shutil.rmtree(place)
    assert not wrong


def test_there_are_hundreds_of_files_and_each_has_a_name_of_its_own() -> None:
    assert sum(map(len, CORPUS.values())) >= 300
    for cases in CORPUS.values():
        assert len({case.name for case in cases}) == len(cases)


@pytest.mark.parametrize(
    "html",
    [
        "<p><script>alert(1)</script></p>",
        '<p onclick="x">a</p>',
        '<a href="x">a</a>',
        '<img src="https://x.example/a.png" alt="">',
        '<img src="/media/../x.png" alt="">',
        '<p style="color:red">a</p>',
        '<p id="x">a</p>',
        '<p class="outbox">a</p>',
        '<input type="image">',
        "<p><!-- x --></p>",
        "<?x y?>",
        '<math><mglyph src="x"></mglyph></math>',
        "<textarea></textarea><iframe></iframe>",
    ],
)
def test_the_judge_of_pages_sees_what_acts(html: str) -> None:
    assert faults_of_html(html)


@pytest.mark.parametrize(
    "inside",
    [
        "<script/>",
        '<rect onload="x"/>',
        '<use href="x.svg#a"/>',
        '<rect fill="url(x)"/>',
        "<style>@import 'x';</style>",
        "<image/>",
    ],
)
def test_the_judge_of_drawings_sees_what_acts(inside: str) -> None:
    assert faults_of_svg(f'<svg xmlns="http://www.w3.org/2000/svg">{inside}</svg>'.encode())


def test_the_watch_sees_what_is_opened_written_and_connected(lure: Lure, tmp_path: Path) -> None:
    with watched(tmp_path, lure) as seen:
        lure.file.read_text()
        (tmp_path / "x").write_text("")
    assert len(seen) == 2
