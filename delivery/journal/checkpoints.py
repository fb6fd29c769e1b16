"""Signed heads of the log, kept outside the database: a chain alone cannot show that its tail was cut off.

Each line is signed and holds the signature of the line before it, so that no line can be taken out. A line that a power
cut left half written is named, by its hash, in the next one.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import msgspec

from delivery.access import keyed_hash
from delivery.errors import ConfigurationError

BLOCK_BYTES = 64 * 1024


@dataclass(frozen=True, slots=True)
class Head:
    """The last event of a sitting at some moment."""

    event_number: int
    digest: bytes


@dataclass(frozen=True, slots=True)
class Checkpoints:
    """What a file of checkpoints says.

    Attributes
    ----------
    heads : all signed heads of each sitting, in order
    n_lines : 0 where the file is empty or does not exist
    remarks : lines that were only partly written, in words
    """

    heads: Mapping[UUID, tuple[Head, ...]]
    n_lines: int = 0
    remarks: tuple[str, ...] = ()


class _Line(msgspec.Struct, frozen=True):
    """One checkpoint as it is written."""

    at: str
    heads: dict[str, tuple[int, str]]
    previous: str
    torn: str
    signature: str = ""


def append_checkpoint(path: Path, key: bytes, heads: Mapping[UUID, Head]) -> None:
    """Add signed heads to the file, one line, on disk before this returns; several workers may do so at once."""
    plain = {str(sitting): (head.event_number, head.digest.hex()) for sitting, head in heads.items()}
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        _lock(descriptor)
        last, torn = _end(descriptor)
        begin = b""
        if torn:
            begin = b"\n"
            if _read(torn, key) is not None:  # only its end of line is missing
                last, torn = torn, b""
        before = _read(last, key)
        at = datetime.now(UTC).isoformat(timespec="milliseconds")
        line = _Line(at, plain, before.signature if before else "", _torn_hash(torn))
        line = msgspec.structs.replace(line, signature=_sign(key, line))
        _write(descriptor, begin + msgspec.json.encode(line, order="sorted") + b"\n")
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def read_checkpoints(path: Path, key: bytes) -> Checkpoints:
    """All signed heads; none where the file does not exist.

    Raises
    ------
    ConfigurationError
        If a line was changed, or does not follow the one before it; names the line.
    """
    data = path.read_bytes() if path.is_file() else b""
    pieces = data.split(b"\n")
    is_open = bool(pieces[-1])  # the file does not end with the end of a line
    pieces = pieces if is_open else pieces[:-1]
    found: dict[UUID, list[Head]] = {}
    remarks: list[str] = []
    previous, torn = "", b""
    for number, piece in enumerate(pieces, 1):
        line = _read(piece, key)
        if line is None:
            if torn or not piece or (number == len(pieces) and not is_open):
                raise _changed(path, number)
            torn = piece
            remarks.append(f"{path}, line {number}: only partly written; the heads it would sign are not compared.")
            continue
        if line.torn != _torn_hash(torn):
            raise _changed(path, number - bool(torn))
        if line.previous != previous:
            raise ConfigurationError(
                f"{path}, line {number}: this checkpoint does not follow the one before it: lines were taken out or "
                "moved. Compare it with your copy of the file."
            )
        previous, torn = line.signature, b""
        for sitting, (event_number, digest) in line.heads.items():
            found.setdefault(UUID(sitting), []).append(Head(event_number, bytes.fromhex(digest)))
    return Checkpoints({sitting: tuple(heads) for sitting, heads in found.items()}, len(pieces), tuple(remarks))


def _changed(path: Path, number: int) -> ConfigurationError:
    return ConfigurationError(
        f"{path}, line {number}: this checkpoint was changed, or signed with other keys. "
        "Compare it with your copy of the file."
    )


def _read(data: bytes, key: bytes) -> _Line | None:
    """A line that we signed; None for anything else."""
    try:
        line = msgspec.json.decode(data, type=_Line)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None
    return line if hmac.compare_digest(line.signature.encode(), _sign(key, line).encode()) else None


def _sign(key: bytes, line: _Line) -> str:
    """Keyed hash over everything that a line says."""
    heads = msgspec.json.encode(line.heads, order="sorted")
    return keyed_hash(key, "checkpoint", line.at, heads, line.previous, line.torn).hex()


def _torn_hash(torn: bytes) -> str:
    return hashlib.sha256(torn).hexdigest() if torn else ""


def _end(descriptor: int) -> tuple[bytes, bytes]:
    """Last whole line of the file, and what stands after it; the file is read from its end."""
    size = os.fstat(descriptor).st_size
    tail, at = b"", size
    while at and tail.count(b"\n") < 2:
        start = max(0, at - BLOCK_BYTES)
        os.lseek(descriptor, start, os.SEEK_SET)
        tail, at = os.read(descriptor, at - start) + tail, start
    *lines, torn = tail.split(b"\n")
    return (lines[-1] if lines else b""), torn


def _write(descriptor: int, data: bytes) -> None:
    """Write everything; the system may take less than it is given."""
    while data:
        data = data[os.write(descriptor, data) :]


def _lock(descriptor: int) -> None:
    """Wait until no other worker writes; closing lets go."""
    if sys.platform != "win32":
        import fcntl

        fcntl.flock(descriptor, fcntl.LOCK_EX)
