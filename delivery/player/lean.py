"""Scripts and styles as laptops load them: without what only their authors read."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path

from fastapi.staticfiles import StaticFiles
from starlette.responses import Response
from starlette.types import Scope

from delivery.player.compressed import same_for_all

TYPES = {".js": "text/javascript", ".css": "text/css"}
_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_REMARK = re.compile(r"(^|\s+)// .*$", re.MULTILINE)
_AROUND_SIGNS = re.compile(r"\s*([{};,])\s*|(:)\s+")
_AROUND_OPERATORS = re.compile(r" *([^\w\s$@#\\+-]) *|(?<![+-]) ([+-]) (?![+-])")
_UNCLEAR = re.compile(r"['`/\\]|$")
"""From one of these on a line may hold text that is no plain string: that part stays as it is written."""
_GOES_ON = re.compile(r"(?<=[;{},(])\n")


def lean(text: str, suffix: str) -> str:
    """Script or style without what only its authors read: comments, indentation, spaces and lines that say nothing.

    Parameters
    ----------
    text : as written; no string in it holds the start of a comment, goes over several lines or, in a style, has one of
        the signs ``{};,:`` before or after a space
    suffix : ``.js`` or ``.css``
    """
    bare = _COMMENT.sub("", text)
    if suffix == ".css":
        return _AROUND_SIGNS.sub(r"\1\2", bare).strip() + "\n"
    lines = (_close(line.strip()) for line in _REMARK.sub("", bare).splitlines())
    return _GOES_ON.sub("", "".join(f"{line}\n" for line in lines if line)).rstrip() + "\n"


def _close(line: str) -> str:
    """One line of a script without spaces around its operators, outside its plain strings."""
    unclear = _UNCLEAR.search(line)
    assert unclear is not None  # at the latest at the end
    parts = line[: unclear.start()].split('"')
    clear = (_AROUND_OPERATORS.sub(r"\1\2", part) if n % 2 == 0 else part for n, part in enumerate(parts))
    return '"'.join(clear) + line[unclear.start() :]


def served(path: Path) -> bytes:
    """Content of a file as laptops get it."""
    content = path.read_bytes()
    return lean(content.decode(), path.suffix).encode() if path.suffix in TYPES else content


@lru_cache(maxsize=256)
def _read(path: Path, changed_ns: int, read: Callable[[Path], bytes]) -> bytes:  # noqa: ARG001 a file that changes is read again
    """Content that is served."""
    return read(path)


class LeanFiles(StaticFiles):
    """Static files of which scripts and styles are served lean, and compressed to whoever reads that.

    Parameters
    ----------
    directory : where they are
    read : content of one of them as laptops get it
    """

    def __init__(self, directory: Path, read: Callable[[Path], bytes] = served) -> None:
        super().__init__(directory=directory)
        self._read = read

    def file_response(
        self, full_path: str | os.PathLike[str], stat_result: os.stat_result, scope: Scope, status_code: int = 200
    ) -> Response:
        """Answer with one file, or that the browser has it already."""
        path = Path(full_path)
        if path.suffix not in TYPES:
            return super().file_response(full_path, stat_result, scope, status_code)
        content = _read(path, stat_result.st_mtime_ns, self._read)
        return same_for_all(content, TYPES[path.suffix], scope, status_code)
