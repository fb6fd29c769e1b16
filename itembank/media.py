"""Pictures and recordings, kept under the SHA-256 of their content.

What is wrong with one has no line but in a drawing: whoever asks for it says where.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass

from itembank.errors import PackageError, Problem
from itembank.pixels import pixel_fault
from itembank.svg import clean_svg
from itembank.tracks import LAYER_III, track_fault

MAX_BYTES = 2_000_000
"""A picture of an item weighs tens of kilobytes; heavy pictures stopped the first Flemish tests on their first day."""
_Signatures = tuple[tuple[re.Pattern[bytes], str, str], ...]
_PICTURES: _Signatures = (
    (re.compile(rb"\x89PNG\r\n\x1a\n"), "image/png", "png"),
    (re.compile(rb"\xff\xd8\xff"), "image/jpeg", "jpg"),
    (re.compile(rb"GIF8[79]a"), "image/gif", "gif"),
)
_SOUNDS: _Signatures = (
    (re.compile(rb"ID3[\x02-\x04]"), "audio/mpeg", "mp3"),
    (LAYER_III, "audio/mpeg", "mp3"),
    (re.compile(rb"OggS\x00"), "audio/ogg", "ogg"),
    (re.compile(rb"....ftyp(M4A |mp42|isom)", re.DOTALL), "audio/mp4", "m4a"),
    (re.compile(rb"RIFF....WAVE", re.DOTALL), "audio/wav", "wav"),
)
"""Beginnings of ID3 tags (2.2 to 2.4), of MPEG layer III frames, of Ogg pages, of MPEG-4 and of WAVE."""


@dataclass(frozen=True, slots=True)
class Media:
    """One picture or recording.

    Attributes
    ----------
    sha256 : of the content, hexadecimal
    media_type : such as ``image/svg+xml``
    extension : without a point
    content : bytes as served; a drawing is cleaned
    removed : what cleaning took out
    """

    sha256: str
    media_type: str
    extension: str
    content: bytes
    removed: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """Name it is served under: ``<sha256>.<extension>``."""
        return f"{self.sha256}.{self.extension}"


def _recognise(content: bytes, file: str, what: str, signatures: _Signatures) -> Media | None:
    """What begins with one of the signatures; refused where it is too large."""
    if len(content) > MAX_BYTES:
        why = f"the {what} has {len(content) / 1e6:.1f} MB; at most {MAX_BYTES // 1_000_000} MB are taken"
        raise PackageError([Problem(file, 0, what, why, "Make it smaller")])
    for signature, media_type, extension in signatures:
        if signature.match(content):
            return Media(hashlib.sha256(content).hexdigest(), media_type, extension, content)
    return None


def read_media(content: bytes, file: str) -> Media:
    """Recognise a picture by its content, whatever its name says, and clean it if it is a drawing.

    Parameters
    ----------
    content : the file's bytes
    file : its name, for messages

    Raises
    ------
    PackageError
        If it is too large in bytes or pixels, or neither PNG, JPEG, GIF nor SVG.
    """
    found = _recognise(content, file, "picture", _PICTURES)
    if found:
        fault = pixel_fault(content, found.media_type)
        if fault:
            raise PackageError([Problem(file, 0, "picture", fault, "Save it again, smaller")])
        return found
    if b"<svg" not in content[:4096] and b":svg" not in content[:4096]:
        why = "it is neither PNG, JPEG, GIF nor SVG"
        raise PackageError([Problem(file, 0, "picture", why, "Convert it")])
    cleaned, removed = clean_svg(content, file)
    return Media(hashlib.sha256(cleaned).hexdigest(), "image/svg+xml", "svg", cleaned, removed)


def read_sound(content: bytes, file: str) -> Media:
    """Recognise a recording by its content, whatever its name says.

    Parameters
    ----------
    content : the file's bytes
    file : its name, for messages

    Raises
    ------
    PackageError
        If it is too large, neither MP3, Ogg, MPEG-4 nor WAVE audio, damaged, or holds a film.
    """
    found = _recognise(content, file, "recording", _SOUNDS)
    if found:
        fault = track_fault(content, found.media_type)
        if fault:
            raise PackageError([Problem(file, 0, "recording", fault, "Save it again as sound alone")])
        return found
    why = "it is neither MP3, Ogg, MPEG-4 nor WAVE audio"
    raise PackageError([Problem(file, 0, "recording", why, "Convert it")])
