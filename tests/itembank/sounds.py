"""Recordings and films, written by hand: as many bytes of each as tell one from the other."""

from __future__ import annotations

import struct

FRAME = b"\xff\xfb\x90\x00" + bytes(413)
"""A frame of MPEG-1 layer III, 128 kbit/s at 44.1 kHz, of silence (ISO/IEC 11172-3, 2.4.1.3)."""


def box(kind: bytes, *inside: bytes) -> bytes:
    """A box with its size before it (ISO/IEC 14496-12, 4.2)."""
    content = b"".join(inside)
    return (8 + len(content)).to_bytes(4) + kind + content


def handler(code: bytes) -> bytes:
    """Handler box (8.4.3): version and flags, a free field, the code, three free fields and a name."""
    return box(b"hdlr", bytes(8), code, bytes(12), b"Handler\0")


def track(code: bytes) -> bytes:
    """A track with its header before what is asked of it, and what describes its samples behind."""
    return box(b"trak", box(b"tkhd", bytes(84)), box(b"mdia", box(b"mdhd", bytes(24)), handler(code), box(b"minf")))


def mp4(*tracks: bytes, brand: bytes = b"M4A ") -> bytes:
    """A file with these tracks and a picture of its cover, whose handler is that of a list of texts and pictures."""
    cover = box(b"udta", box(b"meta", bytes(4), handler(b"mdir"), box(b"ilst", box(b"covr", b"vide" * 4))))
    samples = box(b"mdat", b"hdlr\0\0\0\0\0\0\0\0vide" * 3)
    return box(b"ftyp", brand, bytes(4), brand) + box(b"moov", box(b"mvhd", bytes(100)), *tracks, cover) + samples


def film() -> bytes:
    """A film in MPEG-4, with its sound."""
    return mp4(track(b"vide"), track(b"soun"), brand=b"isom")


def page(content: bytes, kind: int, stream: int = 0) -> bytes:
    """A page of Ogg (RFC 3533, section 6); its checksum is left out, as nothing of ours looks at it."""
    segments = [255] * (len(content) // 255) + ([len(content) % 255] if content else [])
    return struct.pack("<4sBBQLLLB", b"OggS", 0, kind, 0, stream, 0, 0, len(segments)) + bytes(segments) + content


def ogg(*codecs: bytes) -> bytes:
    """A file of a stream for each sign of a codec: first how each begins, then what it holds."""
    begun = b"".join(page(sign + bytes(20), 2, number) for number, sign in enumerate(codecs))
    return begun + b"".join(page(b"OggS" * 90, 4, number) for number in range(len(codecs)))


def tag(content: bytes, version: int = 3, *, has_footer: bool = False) -> bytes:
    """An ID3 tag before a recording (ID3v2.4.0 structure, section 3)."""
    size = bytes(len(content) >> shift & 0x7F for shift in (21, 14, 7, 0))
    rest = bytes([version, 0, 0x10 if has_footer else 0]) + size
    return b"ID3" + rest + content + (b"3DI" + rest if has_footer else b"")
