"""No key, mapping, parameter or rater's text is in a byte that delivery serves, of any item of the demo and of others.

Canaries are planted in every item and other answers are made right. One pupil gets all items over HTTP, in one test:
the first as a question, the others ahead of it. What is served is read byte by byte, headers too, and compared with
what the same pupil would be served of the items as they were.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from copy import deepcopy
from dataclasses import dataclass, replace
from pathlib import Path

import httpx2
import pytest
from lxml import etree

from itembank import (
    CalibratedItem,
    CalibrationVersion,
    CompiledBank,
    ItemSource,
    PackageError,
    bank_bytes,
    compile_bank,
    pupil_view,
    read_item,
)
from itembank.demo import build_package, read_catalogue
from itembank.designs import LINEAR
from itembank.qti.package import read_package
from itembank.qti.sources import StimulusSource
from tests.browser.browser_site import Site
from tests.delivery.delivery_world import answer_body
from tests.designs import area_design
from tests.itembank.planting import CANARY, NUMBER, planted, rekeyed

SLOPE, PLACE = 1.3712345, -0.4598765
CANARIES = (CANARY, NUMBER, "1.3712345", "4598765")
Media = dict[str, tuple[str, bytes]]


@dataclass(frozen=True)
class Shelf:
    """Items with what they refer to: as their authors wrote them, and with other answers right and canaries in them."""

    items: tuple[ItemSource, ...]
    changed: tuple[ItemSource, ...]
    stimuli: tuple[StimulusSource, ...]
    media: Media

    def __add__(self, other: Shelf) -> Shelf:
        """Both together."""
        return Shelf(
            self.items + other.items,
            self.changed + other.changed,
            self.stimuli + other.stimuli,
            {**self.media, **other.media},
        )


def shelf_of(path: Path, prefix: str) -> Shelf:
    """Items of a package that a machine can score; of others whose names are the same."""
    package = read_package(path)
    items = [
        replace(item, identifier=f"{prefix}{item.identifier}", stimulus=item.stimulus and f"{prefix}{item.stimulus}")
        for item in package.items
        if not item.obstacle
    ]
    stimuli = [replace(one, identifier=f"{prefix}{one.identifier}") for one in package.stimuli]
    bodies = [*(item.media for item in items), *(one.media for one in stimuli)]
    names = {name for media in bodies for name in media.values()}
    content = {one.sha256: (one.media_type, one.content) for one in package.media.read(sorted(names))}
    return Shelf(tuple(items), tuple(map(changed, items)), tuple(stimuli), content)


def changed(item: ItemSource) -> ItemSource:
    """The item with canaries and with another key, under its own name and with its own pictures."""
    read = read_item(planted(rekeyed(item.xml)), file=item.file, metadata=item.metadata)
    return replace(read, identifier=item.identifier, stimulus=item.stimulus, media=item.media)


def cases_of(folder: Path) -> Shelf:
    """Items beside the cases of others that can be shown and scored; their pictures are not there."""
    items = []
    for path in sorted(folder.rglob("item.xml")):
        try:
            item = read_item(path.read_bytes(), file=path.parent.name)
        except PackageError:
            continue
        if not item.obstacle:
            media = dict.fromkeys(item.body.pictures, f"{'0' * 64}.svg")
            items.append(replace(item, identifier=f"case-{path.parent.name}", media=media))
    return Shelf(tuple(items), tuple(map(changed, items)), (), {})


def bank_of(items: Iterable[ItemSource], stimuli: Iterable[StimulusSource]) -> CompiledBank:
    """Bank of a linear test that gives all items in one sitting, with telling parameters."""
    chosen = sorted(items, key=lambda item: (item.stimulus, item.identifier))
    entries = [CalibratedItem(item.name, SLOPE, PLACE, SLOPE, SLOPE, int(NUMBER), SLOPE / 2) for item in chosen]
    plain = area_design("alles", "Alles", len(chosen), {})
    form = tuple(item.identifier for item in chosen)
    design = replace(plain, kind=LINEAR, form=form, filter=type(plain.filter)())
    return compile_bank(design, chosen, CalibrationVersion("canaries", "2pl", {}, tuple(entries)), tuple(stimuli))


@dataclass(frozen=True)
class Served:
    """What a laptop received: every reply by its address, the fragments by item, and the key of the sitting's draws."""

    replies: Mapping[str, bytes]
    fragments: Mapping[str, str]
    draw_key: str

    def leaks(self) -> list[str]:
        """Canaries, and where they were served."""
        return [f"{canary} in {where}" for where, reply in self.replies.items() for canary in found_in(reply)]


def found_in(reply: bytes) -> list[str]:
    """Canaries in a reply."""
    return [canary for canary in CANARIES if canary.encode() in reply]


def served(folder: Path, bank: CompiledBank, media: Media) -> Served:
    """Let a pupil get every item of a bank over HTTP, and answer one."""
    site = Site(folder, bank, media, reserve_items=len(bank.views))
    site.open()
    try:
        replies: dict[str, bytes] = {}
        with httpx2.Client(base_url=site.url, timeout=60.0) as client:
            client.event_hooks = {"response": [lambda reply: keep(replies, reply)]}
            fragments = take_all(client, site)
        started = next(payload for kind, payload in site.events() if kind == "started")
        return Served(replies, fragments, started["draw_key"])
    finally:
        site.stop()


def keep(replies: dict[str, bytes], reply: httpx2.Response) -> None:
    """Note the head and the body of a reply."""
    head = b"\n".join(name + b": " + value for name, value in reply.headers.raw)
    replies[f"{reply.request.method} {reply.request.url.path} {len(replies)}"] = head + b"\n\n" + reply.read()


def take_all(client: httpx2.Client, site: Site) -> dict[str, str]:
    """Come in, look, get all other items ahead, their pictures, and answer the first; fragments by item."""
    codes = site.codes()
    entered = client.post("/api/v1/entry", json={"room_code": codes.room, "seat_code": codes.seat}).json()
    taken = client.post("/api/v1/entry/confirm", json={"ticket": entered["ticket"]}).json()
    client.headers["Authorization"] = f"Bearer {taken['token']}"
    address = f"/api/v1/sittings/{taken['sitting']}"
    current = client.get(address).json()["current"]
    ahead = client.post(f"{address}/reserve", json={"epoch": taken["epoch"], "held": []}).json()
    fragments = {one["item"]: one["html"] for one in (current, *ahead["items"])}
    shown = [*fragments.values(), *(one["html"] for one in ahead["stimuli"])]
    for picture in sorted(set(re.findall(r'/media/[^"\s]+', " ".join(shown)))):
        client.get(picture)
    [view] = [view for view in site.bank.views if view.item == current["item"]]
    body = answer_body(1, view.item, None, epoch=taken["epoch"], field=view.fields[0].identifier)
    assert client.put(f"{address}/answers/1", json=body).status_code == 200
    return fragments


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Shelf:
    """Items of the demo bank."""
    return shelf_of(build_package(tmp_path_factory.mktemp("demo") / "demo.zip"), "")


@pytest.fixture(scope="module", params=["demo", "others"])
def shelf(request: pytest.FixtureRequest, demo: Shelf) -> Shelf:
    """Items of the demo, and then everything that others wrote."""
    if request.param == "demo":
        return demo
    folder: Path = request.getfixturevalue("shared_data") / "qti"
    packages = [shelf_of(folder / "kennisnet" / f"{name}.zip", f"{name}-") for name in ("valid-package", "no-metadata")]
    return packages[0] + packages[1] + cases_of(folder / "pie-qti")


@pytest.fixture(scope="module")
def banks(shelf: Shelf) -> tuple[CompiledBank, CompiledBank]:
    """Bank of the items as they are, and of those that were changed."""
    return bank_of(shelf.items, shelf.stimuli), bank_of(shelf.changed, shelf.stimuli)


def unlike(bank: CompiledBank, got: Served) -> list[str]:
    """Items that were served otherwise than this bank would serve them to the same pupil; drawn ones aside."""
    rows = [row for row, view in enumerate(bank.views) if not view.blanks]  # a draw depends on the rules' hash
    return [
        bank.views[row].item
        for row in rows
        if got.fragments[bank.views[row].item] != pupil_view(bank, row, got.draw_key).html
    ]


def key_of(item: ItemSource) -> list[object]:
    """What is right, what gives points, and the rules, without what was planted beside them."""
    declared = [
        one for one in item.program.declarations.values() if one.kind == "response" and CANARY not in one.identifier
    ]
    mapped = [one.mapping.entries for one in declared if one.mapping]
    areas = [one.area_mapping.areas for one in declared if one.area_mapping]
    return [[one.correct for one in declared], mapped, areas, item.program.sections]


def test_every_item_of_the_demo_that_a_machine_scores_is_looked_at(demo: Shelf) -> None:
    rated = {"N4-210", "N4-211"}  # by a person: delivery gives no such item
    assert {item.identifier for item in demo.items} == {entry.identifier for entry in read_catalogue()} - rated


def test_other_keys_change_what_scores_an_item_and_nothing_that_is_shown(
    shelf: Shelf, banks: tuple[CompiledBank, CompiledBank]
) -> None:
    before, after = banks
    pairs = zip(shelf.items, shelf.changed, strict=True)
    alike = [item.identifier for item, other in pairs if key_of(item) == key_of(other)]
    assert set(alike) <= {"case-responseProcessing_template_match_nothing"}  # to leave it blank is right: it has no key
    assert [view.item for view, other in zip(before.views, after.views, strict=True) if view != other] == []
    assert before.stimuli == after.stimuli


def test_no_byte_that_is_served_holds_a_canary_or_depends_on_a_key(
    tmp_path: Path, shelf: Shelf, banks: tuple[CompiledBank, CompiledBank]
) -> None:
    before, after = banks
    got = served(tmp_path, after, shelf.media)
    assert sorted(got.fragments) == [view.item for view in after.views]
    assert sum("/media/" in where for where in got.replies) >= len(shelf.media)
    assert all(b"cache-control: no-store" in reply.lower() for reply in got.replies.values())  # heads are read too
    assert got.leaks() == []
    assert unlike(before, got) == []


def given_away(item: ItemSource) -> ItemSource:
    """The item with a rendering that leaks: what is shown holds the key."""
    body = deepcopy(item.body.root)
    declared = item.program.declarations["RESPONSE"].correct
    assert declared is not None
    etree.SubElement(body, f"{{{etree.QName(body).namespace}}}p").text = f"Psst: {declared.items[0]}"
    return replace(item, body=replace(item.body, root=body))


def test_a_rendering_that_leaks_is_found(tmp_path: Path, demo: Shelf) -> None:
    """The control: a typed key is found as a canary, a chosen one because another key is served otherwise."""
    names = ("W4-001", "W4-002")
    chosen = [replace(given_away(item), media={}) for item in demo.items if item.identifier in names]
    leaking = [replace(given_away(item), media={}) for item in demo.changed if item.identifier in names]
    got = served(tmp_path, bank_of(leaking, ()), {})
    assert {leak.partition(" in ")[0] for leak in got.leaks()} == {NUMBER}
    assert unlike(bank_of(chosen, ()), got) == ["W4-001@1", "W4-002@1"]


def test_the_canaries_are_in_the_bank(banks: tuple[CompiledBank, CompiledBank]) -> None:
    """The control: had the server sent its bank, all of them would have been found."""
    assert found_in(bank_bytes(banks[1])) == list(CANARIES)
