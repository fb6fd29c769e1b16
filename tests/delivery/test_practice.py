"""The practice test: every type of question, right keys in the sources, and none in what is served."""

from __future__ import annotations

import json
from pathlib import Path

import httpx2
import pytest

from delivery.practice.content import FOLDER, practice, with_pictures
from itembank import Interaction, ItemSource, ResponseValue, read_item, score
from itembank.scoring import scoring_rules
from tests.delivery.delivery_world import Site

pytestmark = pytest.mark.anyio

RATED = "vraag-05"
RIGHT: dict[str, ResponseValue] = {
    "vraag-01": "B",
    "vraag-02": ["D", "A"],
    "vraag-03": "B",
    "vraag-04": "12",
    RATED: "Ik lees een boek.",
    "vraag-06": "A",
    "vraag-07": ["B", "D"],
    "vraag-08": "7",
    "vraag-09": ["C", "A", "B"],
    "vraag-10": ["A X", "B Y", "C Z"],
    "vraag-11": ["A G1", "B G2"],
    "vraag-12": ["B A", "D C"],
    "vraag-13": "D",
    "vraag-14": ["V", "D"],
    "vraag-15": ["A C", "B V"],
    "vraag-16": "66 55",
    "vraag-17": "C",
    "vraag-18": "391",
}


def source(path: Path) -> ItemSource:
    """One question as written."""
    return read_item(path.read_bytes(), file=path.name)


def test_every_type_of_question_is_there_and_its_key_is_right() -> None:
    files = sorted(FOLDER.glob("vraag-*.xml"))
    assert [path.stem for path in files] == list(RIGHT)
    for path in files:
        item = source(path)
        assert score(scoring_rules(item), {"RESPONSE": RIGHT[path.stem]}).category == (
            -1 if path.stem == RATED else 1
        ), path.stem
    shown = {field.interaction for path in files for field in source(path).body.fields}
    assert shown == set(Interaction)


async def test_all_questions_come_at_once_without_keys_and_once_a_browser_has_them_not_again(sqlite_site: Site) -> None:
    client: httpx2.AsyncClient = sqlite_site.client
    reply = await client.get("/oefentoets/vragen")
    questions = json.loads(reply.content)["questions"]
    assert [question["position"] for question in questions] == list(range(1, len(RIGHT) + 1))
    assert "Noor hoorde geritsel" in questions[16]["stimulus"]["html"]
    for word in ("correct", "mapped-value", "391", "map_response", "match_correct"):
        assert word not in reply.text, word
    again = await client.get("/oefentoets/vragen", headers={"If-None-Match": reply.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")


async def test_its_picture_is_served_beside_those_of_the_bank(sqlite_site: Site) -> None:
    [digest] = practice().pictures
    picture = await sqlite_site.client.get(f"/media/{digest}.svg")
    assert (picture.status_code, picture.headers["Content-Type"]) == (200, "image/svg+xml")
    part = await sqlite_site.client.get(f"/media/{digest}.svg", headers={"Range": "bytes=3-8"})
    assert (part.status_code, part.content) == (206, picture.content[3:9])
    assert part.headers["Content-Range"] == f"bytes 3-8/{len(picture.content)}"
    assert f"/media/{digest}.svg" in practice().body.decode()
    own = with_pictures({"a": ("image/png", b"of the bank")}.get)
    assert (own("a"), own("b")) == (("image/png", b"of the bank"), None)
