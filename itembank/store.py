"""Keep items, passages and media as versions that never change, and read them back."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from sqlmodel import Session, and_, col, func, select

from itembank.errors import NotInBankError
from itembank.labels import item_labels
from itembank.lifecycle import State
from itembank.media import Media
from itembank.qti.items import read_item
from itembank.qti.sources import ItemSource, Metadata, StimulusSource
from itembank.qti.stimuli import read_stimulus
from itembank.scoring import canonical_json
from itembank.tables import StoredItem, StoredItemVersion, StoredMedia, StoredState, StoredStimulusVersion, StoredWords
from itembank.values import Interaction

_VERSION = re.compile("[1-9][0-9]{0,8}")


@dataclass(frozen=True, slots=True)
class ItemSummary:
    """One item version, as lists and pages show it.

    Attributes
    ----------
    identifier, version : which
    title, language, area, goals : what the author and the package say
    interactions : what it asks for
    maximum : most points
    obstacle : why it cannot be in a test, or ""
    stimulus : name of the passage's version, or ""
    keywords : what the package says besides
    """

    identifier: str
    version: int
    title: str
    language: str
    area: str
    goals: tuple[str, ...]
    interactions: tuple[Interaction, ...]
    maximum: int
    obstacle: str
    stimulus: str
    keywords: tuple[str, ...] = ()

    @property
    def labels(self) -> dict[str, str]:
        """Labels by attribute, as a blueprint asks for them."""
        return item_labels(self.area, self.keywords, self.interactions)

    @property
    def name(self) -> str:
        """Name of this version: ``identifier@version``."""
        return f"{self.identifier}@{self.version}"


def digest_of(*parts: object) -> str:
    """SHA-256 of plain data, hexadecimal."""
    return hashlib.sha256(canonical_json(parts).encode()).hexdigest()


def split_name(name: str) -> tuple[str, int]:
    """Return identifier and version of ``identifier@version``.

    Raises
    ------
    NotInBankError
        If the text is no such name.
    """
    identifier, _, version = name.rpartition("@")
    if not identifier or not _VERSION.fullmatch(version):
        raise NotInBankError(f"{name!r} is no name of an item version: write identifier@version")
    return identifier, int(version)


def save_media(db: Session, media: Iterable[Media]) -> None:
    """Keep pictures that are not there yet; each is written before the next is read."""
    for picture in media:
        if db.exec(select(StoredMedia.sha256).where(StoredMedia.sha256 == picture.sha256)).first() is None:
            row = StoredMedia(
                sha256=picture.sha256,
                media_type=picture.media_type,
                extension=picture.extension,
                content=picture.content,
            )
            db.add(row)
            db.flush()
            db.expunge(row)


def load_media(db: Session, sha256: str) -> Media:
    """Return one picture.

    Parameters
    ----------
    db : database session
    sha256 : of its content, hexadecimal

    Raises
    ------
    NotInBankError
        If there is none.
    """
    stored = db.get(StoredMedia, sha256)
    if stored is None:
        raise NotInBankError(f"there is no picture {sha256[:12]}…")
    return Media(stored.sha256, stored.media_type, stored.extension, stored.content)


def save_stimulus(db: Session, stimulus: StimulusSource) -> int:
    """Keep a passage; return its version's number, the present one where nothing changed."""
    known = asdict(stimulus.metadata).items()
    about = {name: value for name, value in known if value and name != "goal_lines"}
    if stimulus.metadata.title == stimulus.title:
        about.pop("title", None)
    digest = digest_of(stimulus.xml.hex(), dict(stimulus.media), *([about] if about else []))
    newest = select(StoredStimulusVersion).where(StoredStimulusVersion.identifier == stimulus.identifier)
    latest = db.exec(newest.order_by(col(StoredStimulusVersion.version).desc())).first()
    if latest is not None and latest.digest == digest:
        return latest.version
    version = 1 if latest is None else latest.version + 1
    db.add(
        StoredStimulusVersion(
            identifier=stimulus.identifier,
            version=version,
            digest=digest,
            title=stimulus.title,
            about=about,
            media=dict(stimulus.media),
            file=stimulus.file,
            source=stimulus.xml,
        )
    )
    db.flush()
    return version


def _item_digest(item: ItemSource) -> str:
    """SHA-256 of everything that makes an item version what it is."""
    known = item.metadata
    about: list[object] = [
        item.title,
        item.body.language,
        known.area,
        known.enemy,
        known.goals,
        known.keywords,
        known.licence,
    ]
    rest = {name: value for name, value in _rest(item).items() if name != "sources"}
    about += [rest] if rest else []  # absent elsewhere, so that other versions keep their digest
    return digest_of(item.xml.hex(), dict(item.media), item.stimulus_name, about)


def _rest(item: ItemSource) -> dict[str, Any]:
    """Metadata that have no column of their own; what is not said is not there."""
    known = item.metadata
    title = known.title if known.title != item.title else ""
    rest = {"title": title, "difficulty": known.difficulty, "description": known.description}
    return {name: value for name, value in (rest | {"sources": list(known.sources)}).items() if value}


def _version_row(item: ItemSource, version: int, digest: str) -> StoredItemVersion:
    """Return the row of a version."""
    known = item.metadata
    return StoredItemVersion(
        identifier=item.identifier,
        version=version,
        digest=digest,
        title=item.title,
        language=item.body.language,
        area=known.area,
        enemy=known.enemy,
        licence=known.licence,
        about=_rest(item),
        goals=list(known.goals),
        keywords=list(known.keywords),
        interactions=[kind.value for kind in item.interactions],
        maximum=item.maximum,
        obstacle=item.obstacle,
        stimulus=item.stimulus,
        stimulus_version=item.stimulus_version,
        media=dict(item.media),
        file=item.file,
        source=item.xml,
    )


def folded(text: str) -> str:
    """Text as it is compared: without accents, capitals and double spaces."""
    bare = "".join(letter for letter in unicodedata.normalize("NFKD", text) if not unicodedata.combining(letter))
    return " ".join(bare.casefold().split())


def words_row(item: ItemSource, version: int) -> StoredWords:
    """Return the row that a version is found by: what it is called, and what is shown."""
    shown = " ".join(str(part) for part in item.body.root.itertext())
    words = folded(f"{item.identifier} {item.title} {shown}")
    return StoredWords(identifier=item.identifier, version=version, words=words)


def save_item(db: Session, item: ItemSource) -> tuple[int, bool]:
    """Keep an item; return its version's number and whether it is a new one."""
    digest, stored = _item_digest(item), db.get(StoredItem, item.identifier)
    if stored is None:
        stored = StoredItem(identifier=item.identifier, latest=0)
        db.add(stored)
        db.flush()
    elif (latest := db.get(StoredItemVersion, (item.identifier, stored.latest))) and latest.digest == digest:
        return stored.latest, False
    stored.latest += 1
    db.add(_version_row(item, stored.latest, digest))
    db.add(words_row(item, stored.latest))
    db.flush()
    return stored.latest, True


def summary_of(row: StoredItemVersion) -> ItemSummary:
    """Return the value that leaves the package."""
    return ItemSummary(
        identifier=row.identifier,
        version=row.version,
        title=row.title,
        language=row.language,
        area=row.area,
        goals=tuple(row.goals),
        interactions=tuple(Interaction(kind) for kind in row.interactions),
        maximum=row.maximum,
        obstacle=row.obstacle,
        stimulus=f"{row.stimulus}@{row.stimulus_version}" if row.stimulus else "",
        keywords=tuple(row.keywords),
    )


def _latest_rows(db: Session) -> Sequence[StoredItemVersion]:
    """Rows of the latest version of every item, by identifier."""
    joined = select(StoredItemVersion).join(StoredItem, col(StoredItem.identifier) == StoredItemVersion.identifier)
    latest = joined.where(StoredItem.latest == StoredItemVersion.version)
    return db.exec(latest.order_by(StoredItemVersion.identifier)).all()


def _latest_rows_in(db: Session, state: State) -> Sequence[StoredItemVersion]:
    """Rows of the latest version of every item that is in a state, by identifier."""
    newest = (
        select(StoredState.identifier, func.max(StoredState.version).label("version"))
        .where(StoredState.state == str(state))
        .group_by(StoredState.identifier)
        .subquery()
    )
    held = and_(StoredItemVersion.identifier == newest.c.identifier, StoredItemVersion.version == newest.c.version)
    return db.exec(select(StoredItemVersion).join(newest, held).order_by(StoredItemVersion.identifier)).all()


def items(db: Session, state: State | None = None) -> list[ItemSummary]:
    """Summaries of the latest version of every item, by identifier; of the latest in one state where that is asked."""
    return [summary_of(row) for row in (_latest_rows(db) if state is None else _latest_rows_in(db, state))]


def count_items(db: Session) -> int:
    """Count the items of the bank."""
    return int(db.exec(select(func.count()).select_from(StoredItem)).one())


def _source(row: StoredItemVersion) -> ItemSource:
    """Read the stored source anew."""
    rest = row.about
    metadata = Metadata(
        title=rest.get("title", row.title),
        language=row.language,
        area=row.area,
        enemy=row.enemy,
        goals=tuple(row.goals),
        keywords=tuple(row.keywords),
        licence=row.licence,
        difficulty=rest.get("difficulty", ""),
        description=rest.get("description", ""),
        sources=tuple(rest.get("sources", ())),
    )
    item = read_item(bytes(row.source), file=row.file, metadata=metadata)
    return replace(
        item,
        media=dict(row.media),
        version=row.version,
        stimulus=row.stimulus,
        stimulus_version=row.stimulus_version,
    )


def load_item(db: Session, name: str) -> ItemSource:
    """Return one version of an item, read from its stored source.

    Parameters
    ----------
    db : database session
    name : ``identifier@version``

    Raises
    ------
    NotInBankError
        If there is none.
    """
    row = db.get(StoredItemVersion, split_name(name))
    if row is None:
        raise NotInBankError(f"item {name} is not in the bank")
    return _source(row)


def load_stimulus(db: Session, name: str) -> StimulusSource:
    """Return one version of a passage, read from its stored source.

    Raises
    ------
    NotInBankError
        If there is none.
    """
    row = db.get(StoredStimulusVersion, split_name(name))
    if row is None:
        raise NotInBankError(f"passage {name} is not in the bank")
    about: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value for name, value in row.about.items()
    }
    stimulus = read_stimulus(bytes(row.source), file=row.file, metadata=Metadata(**about))
    return replace(stimulus, media=dict(row.media), version=row.version)
