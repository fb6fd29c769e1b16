"""The pictures and recordings of a package: each is checked once, and its content stays there until it is stored."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from itembank.errors import PackageError
from itembank.media import Media
from itembank.pixels import pixel_size
from itembank.qti.archive import Files, open_files, refuse
from itembank.qti.processing.values import parse_scalar
from itembank.qti.safe_xml import parse

Reader = Callable[[bytes, str], Media]


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


def check_medium(files: Files, path: str, read: Reader) -> Medium:
    """Read a picture or recording, and keep what is to be known of it.

    Raises
    ------
    PackageError
        If it cannot be shown.
    """
    media = read(files.read(path), path)
    return Medium(media.name, path, len(media.content), media.removed, frame_of(media), read)


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
