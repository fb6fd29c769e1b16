"""What an MPEG-4 file plays, read from its head: a film begins as a recording does."""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence

MOST_BOXES = 10_000
"""A recording of two megabytes has tens; one in fragments of a second, hundreds."""
_TO_HANDLER = (b"moov", b"trak", b"mdia", b"hdlr")
"""Boxes that lead to what each track is (ISO/IEC 14496-12, 8.4.3)."""
_SOUND = b"soun"
_SEEN = {b"vide": "video", b"auxv": "auxiliary video", b"pict": "pictures"}
_UNREADABLE = "its tracks cannot be read, so the recording is damaged"


class _UnreadableError(Exception):
    """Boxes that overlap, end outside, or are too many."""


class _Boxes:
    """The boxes of a file; reads no more than so many of them, whatever their sizes say."""

    def __init__(self, content: bytes) -> None:
        self._content = content
        self._left = MOST_BOXES

    def inside(self, begin: int, end: int) -> Iterator[tuple[bytes, int, int]]:
        """Kind of each box in a stretch of the file, and where its content begins and ends."""
        while begin < end:
            self._left -= 1
            head = 8
            if end - begin < head or self._left < 0:
                raise _UnreadableError
            size, kind = struct.unpack_from(">L4s", self._content, begin)
            if size == 1 and end - begin >= 16:  # the size is in the eight bytes that follow
                head, (size,) = 16, struct.unpack_from(">Q", self._content, begin + 8)
            elif size == 0:  # to the end
                size = end - begin
            if not head <= size <= end - begin:
                raise _UnreadableError
            yield kind, begin + head, begin + size
            begin += size

    def found(self, path: Sequence[bytes], begin: int, end: int) -> Iterator[tuple[int, int]]:
        """Where the content of every box at the end of a path begins and ends."""
        for kind, first, last in self.inside(begin, end):
            if kind == path[0]:
                yield from self.found(path[1:], first, last) if path[1:] else ((first, last),)


def _handlers(content: bytes) -> list[bytes]:
    """Of every track the code of what plays it."""
    found = []
    for begin, end in _Boxes(content).found(_TO_HANDLER, 0, len(content)):
        if end - begin < 12:  # version and flags, then a field that is kept free, then the code
            raise _UnreadableError
        found.append(content[begin + 8 : begin + 12])
    return found


def track_fault(content: bytes) -> str:
    """Say why an MPEG-4 file is no recording, or "" if it is one.

    Parameters
    ----------
    content : bytes of the whole file
    """
    try:
        handlers = _handlers(content)
    except _UnreadableError:
        return _UNREADABLE
    seen = [_SEEN[handler] for handler in handlers if handler in _SEEN]
    if seen:
        return f"it holds a track of {seen[0]}, so it is no recording"
    return "" if _SOUND in handlers else "it holds no track of sound"
