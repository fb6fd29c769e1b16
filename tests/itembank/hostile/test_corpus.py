"""No hostile file runs, reads, crashes or slips through; the heavy ones are in `make drill`, with limits."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from itembank import Problem
from tests.itembank.hostile.corpus import corpus
from tests.itembank.hostile.examining import Examined, examine, verdict
from tests.itembank.hostile.limits import MOST_SECONDS
from tests.itembank.hostile.making import Case, Clean, Lure
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
        begun = time.process_time()
        with watched(place, lure) as seen:
            examined = examine(path)
        slow = "too slow" if time.process_time() - begun > MOST_SECONDS else ""
        found = verdict(case, examined) or ", ".join(seen) or slow
        if found:
            wrong[case.name] = found
        shutil.rmtree(place)
    assert not wrong


def test_there_are_hundreds_of_files_and_each_has_a_name_of_its_own() -> None:
    assert sum(map(len, CORPUS.values())) >= 300
    for cases in CORPUS.values():
        assert len({case.name for case in cases}) == len(cases)


def test_the_corpus_has_films_that_begin_as_recordings_in_every_form() -> None:
    names = {case.name for case in CORPUS["recordings"]}
    for form in ("MPEG-4", "Ogg Theora", "MPEG-4 behind an ID3 tag"):
        assert {f"{form}, {place}" for place in ("audio", "object", "source", "picture")} <= names


def write(folder: Path, _lure: Lure) -> Path:
    """Nothing is written."""
    return folder


def test_a_file_says_why_it_is_refused_or_why_it_is_clean() -> None:
    with pytest.raises(ValueError, match="x, y: say why"):
        Case("x", "y", write, "")
    with pytest.raises(ValueError, match="x, y: say why"):
        Case("x", "y", write, Clean("a reason"), "no line")


LINED, UNLINED = (Problem("item.xml", line, "x", "bad", "Mend it") for line in (3, 0))
SHOWN = Examined((), served=("<p>goed</p>",), warnings=(LINED,))


@pytest.mark.parametrize(
    ("outcome", "unlined", "examined", "said"),
    [
        ("bad", "", Examined((LINED,)), ""),
        ("bad", "", Examined((LINED, UNLINED)), "no line is named"),
        ("bad", "a zip", Examined((UNLINED,)), ""),
        ("bad", "a zip", Examined((LINED,)), "it names a line"),
        ("other", "", Examined((LINED,)), "should be refused because"),
        ("bad", "", SHOWN, "should be refused because"),
        (Clean("a reason"), "", SHOWN, ""),
        (Clean("a reason"), "", Examined(()), "nothing of it is served"),
        (Clean("a reason"), "", Examined((LINED,)), "refused"),
        (Clean("a reason", lacks="GOED"), "", SHOWN, "'goed' is served"),
        (Clean("a reason", shows="beter"), "", SHOWN, "'beter' is not served"),
        (Clean("a reason", told="bad"), "", SHOWN, ""),
        (Clean("a reason", told="worse"), "", SHOWN, "no warning says 'worse'"),
    ],
)
def test_the_judge_of_outcomes_holds_each_file_to_its_reason(
    outcome: str | Clean, unlined: str, examined: Examined, said: str
) -> None:
    found = verdict(Case("x", "y", write, outcome, unlined), examined)
    assert found.startswith(said)
    assert bool(found) == bool(said)


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
        '<audio src="https://x.example/a.mp3"></audio>',
        f'<audio src="/media/{"0" * 64}.mp3" autoplay=""></audio>',
        f'<audio src="/media/{"0" * 64}.mp3" preload="auto"></audio>',
        f'<audio src="/media/{"0" * 64}.svg"></audio>',
        f'<video src="/media/{"0" * 64}.mp3"></video>',
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
