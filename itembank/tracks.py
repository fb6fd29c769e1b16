"""Whether a recording is sound alone: in MPEG-4, in Ogg and behind an ID3 tag a film begins as a recording does."""

from __future__ import annotations

import re
import struct
from collections.abc import Callable, Iterator, Sequence
from typing import Final

_TO_HANDLER = (b"moov", b"trak", b"mdia", b"hdlr")
"""Boxes that lead to what each track is (ISO/IEC 14496-12, 8.4.3)."""
_SOUND = b"soun"
_SEEN = {b"vide": "video", b"auxv": "auxiliary video", b"pict": "pictures"}
_UNREADABLE = "its tracks cannot be read, so the recording is damaged"

_PAGE: Final = struct.Struct("<4sBBQLLLB")
"""Head of an Ogg page (RFC 3533, section 6): sign, version, kind, position, stream, number, checksum, segments."""
_BEGINS = 2
"""In the kind of a page: it is the first of its stream, and its first bytes tell what the stream is."""
_STREAMS_OF_SOUND = (b"\x01vorbis", b"OpusHead", b"\x7fFLAC")
"""What browsers play; a skeleton only says where the other streams are."""
_SKELETON = b"fishead\0"
_STREAMS_OF_FILM = (b"\x80theora", b"BBCD\0", b"OVP80", b"\x01video")
"""Theora, Dirac, VP8, and the films of OGM."""

_TAG = re.compile(rb"ID3..(.)([\0-\x7f]{4})", re.DOTALL)
"""Head of an ID3 tag: its flags, and how many bytes follow, seven bits each (ID3v2.4.0 structure, section 3.1)."""
_HAS_FOOTER = 0x10
_ZEROS = re.compile(rb"\0*")
LAYER_III = re.compile(rb"\xff[\xe2\xe3\xf2\xf3\xfa\xfb]")
"""Beginning of a frame of MPEG layer III, with or without a checksum, of MPEG 1, 2 or 2.5."""


class _UnreadableError(Exception):
    """Boxes or pages that overlap or end outside."""


def _inside(content: bytes, begin: int, end: int) -> Iterator[tuple[bytes, int, int]]:
    """Kind of each box in a stretch of a file, and where its content begins and ends; fewer than 8 zeros may follow.

    Every box that is looked at has eight bytes of its own, so that there are at most an eighth as many as bytes.
    """
    while begin < end:
        head = 8
        if end - begin < head:
            if any(content[begin:end]):
                raise _UnreadableError
            return
        size, kind = struct.unpack_from(">L4s", content, begin)
        if size == 1 and end - begin >= 16:  # the size is in the eight bytes that follow
            head, (size,) = 16, struct.unpack_from(">Q", content, begin + 8)
        elif size == 0:  # to the end
            size = end - begin
        if not head <= size <= end - begin:
            raise _UnreadableError
        yield kind, begin + head, begin + size
        begin += size


def _found(content: bytes, path: Sequence[bytes], begin: int, end: int) -> Iterator[tuple[int, int]]:
    """Where the content of every box at the end of a path begins and ends."""
    for kind, first, last in _inside(content, begin, end):
        if kind == path[0]:
            yield from _found(content, path[1:], first, last) if path[1:] else ((first, last),)


def _handlers(content: bytes) -> list[bytes]:
    """Of every track of an MPEG-4 file the code of what plays it."""
    found = []
    for begin, end in _found(content, _TO_HANDLER, 0, len(content)):
        if end - begin < 12:  # version and flags, then a field that is kept free, then the code
            raise _UnreadableError
        found.append(content[begin + 8 : begin + 12])
    return found


def _mp4_fault(content: bytes) -> str:
    """Say why an MPEG-4 file is no recording, by its tracks."""
    handlers = _handlers(content)
    seen = [_SEEN[handler] for handler in handlers if handler in _SEEN]
    if seen:
        return f"it holds a track of {seen[0]}, so it is no recording"
    return "" if _SOUND in handlers else "it holds no track of sound"


def _streams(content: bytes) -> Iterator[bytes]:
    """First bytes of every stream of an Ogg file, also of those that begin later; zeros may follow the last page."""
    begin = 0
    while begin < len(content):
        if len(content) - begin < _PAGE.size:
            break
        sign, _, kind, _, _, _, _, n_segments = _PAGE.unpack_from(content, begin)
        first = begin + _PAGE.size + n_segments
        end = first + sum(content[begin + _PAGE.size : first])
        if sign != b"OggS" or end > len(content):
            break
        if kind & _BEGINS:
            yield content[first:end]
        begin = end
    if any(content[begin:]):
        raise _UnreadableError


def _ogg_fault(content: bytes) -> str:
    """Say why an Ogg file is no recording, by its streams."""
    has_sound = False
    for stream in _streams(content):
        if stream.startswith(_STREAMS_OF_FILM):
            return "it holds a stream of video, so it is no recording"
        if stream.startswith(_STREAMS_OF_SOUND):
            has_sound = True
        elif not stream.startswith(_SKELETON):
            return "it holds a stream that is neither Vorbis, Opus nor FLAC sound"
    return "" if has_sound else "it holds no stream of sound"


def _mp3_fault(content: bytes) -> str:
    """Say why an MP3 file is no recording: what stands behind its tags, and zeros behind these, is a frame of sound."""
    begin = 0
    while tag := _TAG.match(content, begin):
        footer, size = tag.end() - begin if tag[1][0] & _HAS_FOOTER else 0, 0
        for byte in tag[2]:
            size = size << 7 | byte
        begin = min(tag.end() + size + footer, len(content))
        begin += len(_ZEROS.match(content, begin)[0])  # type: ignore[index]  # it matches anywhere
    return "" if LAYER_III.match(content, begin) else "behind its ID3 tag stands no MP3 sound"


_FAULTS: dict[str, Callable[[bytes], str]] = {
    "audio/mp4": _mp4_fault,
    "audio/ogg": _ogg_fault,
    "audio/mpeg": _mp3_fault,
}


def track_fault(content: bytes, media_type: str) -> str:
    """Say why what begins as a recording is none, or "" if it is one.

    Parameters
    ----------
    content : bytes of the whole file; the time that it takes grows with their number alone
    media_type : what it begins as, such as ``audio/mp4``; WAVE holds no film, and is not looked into
    """
    try:
        return _FAULTS[media_type](content) if media_type in _FAULTS else ""
    except _UnreadableError:
        return _UNREADABLE
