"""The files of a package: a zip, a folder or one file, none of them trusted."""

from __future__ import annotations

import io
import stat
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import IO, Protocol

from itembank.errors import PackageError, Problem

MAX_MEMBERS = 50_000
MAX_TOTAL = 2_000_000_000
MAX_FILE = 20_000_000
MAX_RATIO, RATIO_FROM = 50, 50_000_000
"""Items deflate to a fifth or a tenth; a package of more than 50 MB that unpacks to 50 times its size is a bomb."""
MAX_DIRECTORY = 8_000_000
"""Bytes of the list of members: 160 each for the most that are taken."""
_PACKINGS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
"""IMS Content Packaging asks for the zip of RFC 1951; the others unpack further, and with memory of their own."""


def refuse(file: str, why: str, remedy: str, what: str = "package") -> PackageError:
    """Return the error with one problem about a whole file."""
    return PackageError([Problem(file, 0, what, why, remedy)])


class Files(Protocol):
    """Read access to the files of a package by their paths inside it."""

    label: str
    """What messages call the package."""

    def names(self) -> frozenset[str]:
        """Paths of all files, with forward slashes."""
        ...

    def read(self, name: str) -> bytes:
        """Content of one file; PackageError if it is too large or damaged."""
        ...


def is_safe(name: str) -> bool:
    """Whether a path stays inside the package: relative, without ``..``, backslash, drive or control characters."""
    path = PurePosixPath(name)
    if not name.isprintable():
        return False
    return bool(name) and not path.is_absolute() and ".." not in path.parts and "\\" not in name and ":" not in name


class ZipFiles:
    """Files of a zip; every member is checked before any is read.

    Parameters
    ----------
    archive : the opened zip
    label : what messages call it

    Raises
    ------
    PackageError
        If a member climbs out, is a link or encrypted, is there twice, or there are too many or too large ones.
    """

    def __init__(self, archive: zipfile.ZipFile, label: str) -> None:
        self.label = label
        self._archive = archive
        members = [member for member in archive.infolist() if not member.is_dir()]
        if len(members) > MAX_MEMBERS:
            raise refuse(label, f"the zip holds {len(members)} files, more than {MAX_MEMBERS}", "Split the package")
        self._refuse_bomb(members)
        self._members: dict[str, zipfile.ZipInfo] = {}
        for member in members:
            self._add(member)

    def _refuse_bomb(self, members: list[zipfile.ZipInfo]) -> None:
        """Refuse what unpacks to too much, or to too many times its size."""
        total, packed = (sum(sizes) for sizes in ((m.file_size for m in members), (m.compress_size for m in members)))
        if total > MAX_TOTAL:
            raise refuse(self.label, f"the zip unpacks to more than {MAX_TOTAL // 1_000_000} MB", "Split the package")
        if total > RATIO_FROM and total > MAX_RATIO * packed:
            why = f"the zip unpacks to more than {MAX_RATIO} times its size"
            raise refuse(self.label, why, "Leave out what only fills it")

    def _add(self, member: zipfile.ZipInfo) -> None:
        """Check one member."""
        name = member.filename
        if not is_safe(name):
            raise refuse(
                self.label, f"the path {name[:80]!r} leads out of the package", "Use relative paths without .."
            )
        if stat.S_ISLNK(member.external_attr >> 16):
            raise refuse(self.label, f"{name[:80]!r} is a link", "Put the file itself into the package")
        if member.flag_bits & 0x1:
            raise refuse(self.label, f"{name[:80]!r} is encrypted", "Make the zip without a password")
        if member.compress_type not in _PACKINGS:
            raise refuse(self.label, f"{name[:80]!r} is packed in a way that is not read", "Make the zip with deflate")
        if name in self._members:
            raise refuse(self.label, f"{name[:80]!r} is in the zip twice", "Keep one of them")
        self._members[name] = member

    def names(self) -> frozenset[str]:
        """Paths of all files."""
        return frozenset(self._members)

    def read(self, name: str) -> bytes:
        """Content of one file; what its header says of its size is not believed."""
        try:
            with self._archive.open(self._members[name]) as member:
                return _read_limited(member, name)
        except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, OSError, ValueError) as error:
            raise refuse(name, f"the file in the zip is damaged ({error})", "Make the zip again", "file") from None


class FolderFiles:
    """Files of a folder; links that lead out of it are not followed.

    Parameters
    ----------
    folder : an existing folder
    """

    def __init__(self, folder: Path) -> None:
        self.label = folder.name
        root = folder.resolve()
        found = (path for path in sorted(root.rglob("*")) if path.is_file() and path.resolve().is_relative_to(root))
        self._paths = {path.relative_to(root).as_posix(): path for path in found}

    def names(self) -> frozenset[str]:
        """Paths of all files."""
        return frozenset(self._paths)

    def read(self, name: str) -> bytes:
        """Content of one file."""
        return _read_path(self._paths[name], name)


class OneFile:
    """A single XML file.

    Parameters
    ----------
    path : an existing file
    """

    def __init__(self, path: Path) -> None:
        self.label = path.name
        self._path = path

    def names(self) -> frozenset[str]:
        """Its name, and those beside it: pictures are found relative to the file."""
        folder = self._path.parent
        return frozenset(path.name for path in folder.iterdir() if path.is_file() and not path.is_symlink())

    def read(self, name: str) -> bytes:
        """Content of the file, or of one beside it."""
        return _read_path(self._path.parent / name, name)


def _read_limited(file: IO[bytes], name: str) -> bytes:
    """Read at most the largest size, and refuse what is larger."""
    content = file.read(MAX_FILE + 1)
    if len(content) > MAX_FILE:
        raise refuse(name, f"the file is larger than {MAX_FILE // 1_000_000} MB", "Make it smaller", "file")
    return content


def _read_path(path: Path, name: str) -> bytes:
    """Content of an ordinary file."""
    try:
        with path.open("rb") as file:
            return _read_limited(file, name)
    except OSError as error:
        raise refuse(name, f"the file cannot be read ({error.strerror})", "Check the file", "file") from None


class _Guarded(io.BufferedReader):
    """A file whose list of members is not read when it is too long: it costs memory before it can be counted."""

    is_opening = True

    def read(self, size: int | None = -1, /) -> bytes:
        """Content, but no list of members that is too long."""
        if self.is_opening and size is not None and size > MAX_DIRECTORY:
            raise zipfile.BadZipFile("the directory is too long")
        return super().read(size)


@contextmanager
def open_zip(path: Path) -> Iterator[zipfile.ZipFile]:
    """Open a zip of a stranger; nothing of it is unpacked.

    Parameters
    ----------
    path : an existing file

    Raises
    ------
    PackageError
        If it is no zip, or none that can be read.
    """
    with _Guarded(io.FileIO(path)) as file:
        try:
            archive = zipfile.ZipFile(file)
        except (zipfile.BadZipFile, NotImplementedError, OSError, ValueError) as error:
            why = f"this is no zip file that can be read ({error})"
            raise refuse(path.name, why, "Give a QTI package (.zip), a folder or an item (.xml)") from None
        file.is_opening = False
        with archive:
            yield archive


@contextmanager
def open_files(path: Path) -> Iterator[Files]:
    """Open a zip, a folder or one XML file.

    Parameters
    ----------
    path : where it is

    Raises
    ------
    PackageError
        If there is nothing, or it is neither of the three.
    """
    if path.is_dir():
        yield FolderFiles(path)
        return
    if not path.is_file():
        why = "this is no ordinary file" if path.exists() else "there is no such file or folder"
        raise refuse(str(path), why, "Check the path")
    if path.suffix.lower() == ".xml":
        yield OneFile(path)
        return
    with open_zip(path) as archive:
        yield ZipFiles(archive, path.name)
