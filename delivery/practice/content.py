"""The questions of the practice test: items of Peil's own, which are in no bank, and count in no test."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import msgspec

from itembank import read_item, read_stimulus
from itembank.rendering.views import render_item, render_stimulus

FOLDER = Path(__file__).parent / "items"
PICTURE_TYPE = "image/svg+xml"
TITLE = "Oefentoets"

Media = Callable[[str], tuple[str, bytes] | None]


@dataclass(frozen=True, slots=True)
class Practice:
    """What a laptop gets, all at once.

    Attributes
    ----------
    body : the questions in order, as JSON, each in the form of a head's ``current``
    tag : changes when they do
    pictures : content by SHA-256
    """

    body: bytes
    tag: str
    pictures: dict[str, bytes]


@cache
def practice() -> Practice:
    """Read and render the questions, once."""
    pictures = {path.name: path.read_bytes() for path in FOLDER.glob("*.svg")}
    hashes = {name: hashlib.sha256(content).hexdigest() for name, content in pictures.items()}
    passages = (read_stimulus(path.read_bytes()) for path in FOLDER.glob("tekst-*.xml"))
    views = {passage.name: render_stimulus(passage) for passage in passages}
    questions = []
    for position, path in enumerate(sorted(FOLDER.glob("vraag-*.xml")), 1):
        item = replace(
            read_item(path.read_bytes(), file=path.name),
            media={name: f"{digest}.svg" for name, digest in hashes.items()},
        )
        passage = views.get(item.stimulus_name)
        view = render_item(item, passage)
        stimulus = passage and {"identifier": passage.identifier, "title": passage.title, "html": passage.html}
        questions.append(
            {"position": position, "item": view.item, "html": view.html, "stimulus": stimulus, "revision": 0}
        )
    body = msgspec.json.encode({"title": TITLE, "questions": questions})
    return Practice(
        body=body,
        tag=f'"{hashlib.sha256(body).hexdigest()}"',
        pictures={hashes[name]: content for name, content in pictures.items()},
    )


def with_pictures(media: Media) -> Media:
    """Pictures by hash: those of the practice test besides those of the bank."""

    def load(sha256: str) -> tuple[str, bytes] | None:
        drawing = practice().pictures.get(sha256)
        return (PICTURE_TYPE, drawing) if drawing is not None else media(sha256)

    return load
