"""The pictures and recordings of a package: each is checked once, and its content stays there until it is stored."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Set
from dataclasses import dataclass
from pathlib import Path

from itembank.errors import PackageError, Problem
from itembank.media import Media, read_media, read_sound
from itembank.pixels import pixel_size
from itembank.qti.archive import Files, open_files, refuse
from itembank.qti.manifest import resolve
from itembank.qti.processing.values import parse_scalar
from itembank.qti.safe_xml import parse
from itembank.qti.sources import Body

Reader = Callable[[bytes, str], Media]
MOST_MEDIA = 100
"""Pictures and recordings of one item or passage that are looked at; an import allows far fewer."""


@dataclass(frozen=True, slots=True)
class Medium:
    """A picture or recording that was found good; a package may hold more of them than memory does.

    Attributes
    ----------
    name : stored name ``sha256.ext``
    path : file inside the package
    size : bytes as served
    removed : what cleaning takes out
    frame : width and height; None where it does not say, or is a recording
    read : what recognises and cleans it
    """

    name: str
    path: str
    size: int
    removed: tuple[str, ...]
    frame: tuple[float, float] | None
    read: Reader


def _drawing_size(content: bytes) -> tuple[float, float] | None:
    """Width and height of a drawing's view, or else of its attributes; None where it says neither."""
    root = parse(content, "picture")
    held = root.get("viewBox", "").replace(",", " ").split()[2:] or [root.get("width", ""), root.get("height", "")]
    width, height = (
        [parse_scalar("float", side.removesuffix("px")) for side in held][:2] if len(held) == 2 else (0.0, 0.0)
    )
    if isinstance(width, float) and isinstance(height, float) and width > 0.0 and height > 0.0:
        return width, height
    return None


def frame_of(media: Media) -> tuple[float, float] | None:
    """Width and height of a picture; None where it does not say, or is a recording."""
    if not media.media_type.startswith("image/"):
        return None
    return _drawing_size(media.content) if media.extension == "svg" else pixel_size(media.content, media.media_type)


class MediaReader:
    """Checks the pictures and recordings of items and passages, each once however many use it.

    Parameters
    ----------
    files, names : of the package

    Attributes
    ----------
    known : those that were found good, by stored name
    warnings : what cleaning took out of them, at the line that asks for them first
    """

    def __init__(self, files: Files, names: Set[str]) -> None:
        self._files = files
        self._names = names
        self._checked: dict[tuple[str, Reader], Medium | PackageError] = {}
        self.known: dict[str, Medium] = {}
        self.warnings: list[Problem] = []

    def of(self, body: Body, file: str) -> dict[str, str]:
        """Check what a body asks for.

        Parameters
        ----------
        body : of an item or passage
        file : path of its file inside the package

        Returns
        -------
        dict
            Hrefs as written → stored name.

        Raises
        ------
        PackageError
            If anything is not there or cannot be shown; every problem names a line, of a drawing its own.
        """
        pictures = [("picture", read_media, href, line) for href, line in body.pictures.items()]
        sounds = [("recording", read_sound, href, line) for href, line in body.sounds.items()]
        wanted = [*pictures, *sounds]
        if len(wanted) > MOST_MEDIA:
            why, line = f"it asks for more than {MOST_MEDIA} pictures and recordings", wanted[MOST_MEDIA][3]
            raise PackageError([Problem(file, line, "pictures", why, "Ask for fewer")])
        stored, problems = {}, []
        for what, read, href, line in wanted:
            path = resolve(file, href)
            if path not in self._names:
                why = f"the {what} {href[:80]!r} is not in the package"
                problems.append(Problem(file, line, what, why, "Add it or correct the address"))
                continue
            try:
                medium = self._medium(path, read)
            except PackageError as error:
                problems += error.at(file, line, f"{what} {path[:80]}").problems
                continue
            if medium.removed and medium.name not in self.known:
                why = f"taken out of the drawing: {', '.join(medium.removed)}"
                remedy = "Nothing to do if it looks right"
                self.warnings.append(Problem(file, line, f"picture {path[:80]}", why, remedy))
            self.known.setdefault(medium.name, medium)
            stored[href] = medium.name
        if problems:
            raise PackageError(problems)
        return stored

    def _medium(self, path: str, read: Reader) -> Medium:
        """Check one, or say again what came of it."""
        if (path, read) not in self._checked:
            try:
                media = read(self._files.read(path), path)
                size, frame = len(media.content), frame_of(media)
                self._checked[path, read] = Medium(media.name, path, size, media.removed, frame, read)
            except PackageError as error:
                self._checked[path, read] = error
        found = self._checked[path, read]
        if isinstance(found, PackageError):
            raise found
        return found


class PackageMedia(Mapping[str, Media]):
    """Pictures and recordings of a package by stored name; their content is read when it is asked for.

    Parameters
    ----------
    package : zip, folder or single item
    known : by stored name
    """

    def __init__(self, package: Path, known: Mapping[str, Medium]) -> None:
        self._package = package
        self._known = dict(known)

    def __getitem__(self, name: str) -> Media:
        return next(self.read([name]))

    def __iter__(self) -> Iterator[str]:
        return iter(self._known)

    def __len__(self) -> int:
        return len(self._known)

    @property
    def sizes(self) -> dict[str, int]:
        """Bytes of each as served, by stored name."""
        return {name: medium.size for name, medium in self._known.items()}

    def read(self, names: Iterable[str]) -> Iterator[Media]:
        """Read pictures and recordings one by one.

        Raises
        ------
        PackageError
            If the package is another one than when it was checked.
        """
        with open_files(self._package) as files:
            for name in names:
                yield self._again(files, self._known[name])

    def _again(self, files: Files, medium: Medium) -> Media:
        """Read one a second time."""
        changed = refuse(
            medium.path, "it was changed while the package was read", "Import the package again", "picture"
        )
        try:
            media = medium.read(files.read(medium.path), medium.path)
        except (PackageError, KeyError):
            raise changed from None
        if media.name != medium.name:
            raise changed
        return media
