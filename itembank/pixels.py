"""How large a picture is once unpacked, read from its head: sixty bytes can stand for gigabytes in a browser."""

from __future__ import annotations

import struct

MOST_PIXELS, LONGEST_SIDE = 16_000_000, 10_000
"""Unpacked, 16 million pixels take 64 MB; a classroom's Chromebook has 4 GB for everything."""
_NO_FRAME = (0xC4, 0xC8, 0xCC)
"""Among the markers C0 to CF of a JPEG, those that start no frame (ITU-T T.81, table B.1)."""


def _png(content: bytes) -> tuple[int, int] | None:
    """Size in the first chunk, which must be IHDR."""
    if content[12:16] != b"IHDR" or len(content) < 24:
        return None
    width, height = struct.unpack(">LL", content[16:24])
    return width, height


def _sub_blocks(content: bytes, at: int) -> int:
    """Place after a row of sub-blocks of a GIF."""
    while at < len(content) and content[at]:
        at += content[at] + 1
    return at + 1


def _table(flags: int) -> int:
    """Bytes of a table of colours of a GIF."""
    return 3 * 2 ** ((flags & 7) + 1) if flags & 0x80 else 0


def _gif(content: bytes) -> tuple[int, int] | None:
    """Size of the screen, widened by every frame; None where there is no frame."""
    if len(content) < 13:
        return None
    width, height = struct.unpack("<HH", content[6:10])
    at, n_frames = 13 + _table(content[10]), 0
    while at < len(content):
        if content[at] == 0x21:  # extension
            at = _sub_blocks(content, at + 2)
        elif content[at] == 0x2C and at + 10 < len(content):
            left, top, wide, high, flags = struct.unpack("<HHHHB", content[at + 1 : at + 10])
            width, height, n_frames = max(width, left + wide), max(height, top + high), n_frames + 1
            at = _sub_blocks(content, at + 11 + _table(flags))
        else:
            break
    return (width, height) if n_frames else None


def _jpeg(content: bytes) -> tuple[int, int] | None:
    """Size in the first frame header."""
    at = 2
    while at + 9 < len(content) and content[at] == 0xFF:
        marker = content[at + 1]
        if marker == 0xFF:  # filling
            at += 1
            continue
        length = int(struct.unpack(">H", content[at + 2 : at + 4])[0])
        if 0xC0 <= marker <= 0xCF and marker not in _NO_FRAME:
            height, width = struct.unpack(">HH", content[at + 5 : at + 9])
            return width, height
        if length < 2:
            return None
        at += 2 + length
    return None


_READERS = {"image/png": _png, "image/gif": _gif, "image/jpeg": _jpeg}


def pixel_size(content: bytes, media_type: str) -> tuple[int, int] | None:
    """Width and height in pixels; None where they cannot be read.

    Parameters
    ----------
    content : bytes of a PNG, GIF or JPEG
    media_type : which of these
    """
    return _READERS[media_type](content)


def pixel_fault(content: bytes, media_type: str) -> str:
    """Say why a picture is too large to be shown, or "" if it is not.

    Parameters
    ----------
    content : bytes of a PNG, GIF or JPEG
    media_type : which of these
    """
    size = pixel_size(content, media_type)
    if size is None or not all(size):
        return "its size cannot be read, so the picture is damaged"
    width, height = size
    if width * height > MOST_PIXELS or max(size) > LONGEST_SIDE:
        most = f"at most {LONGEST_SIDE} a side and {MOST_PIXELS // 1_000_000} million in all are taken"
        return f"it has {width} × {height} pixels; {most}"
    return ""
