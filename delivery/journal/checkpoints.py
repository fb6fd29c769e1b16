"""Signed heads of the log, kept outside the database: a chain alone cannot show that its tail was cut off."""

from __future__ import annotations

import hmac
import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import msgspec

from delivery.access import keyed_hash
from delivery.errors import ConfigurationError


@dataclass(frozen=True, slots=True)
class Head:
    """The last event of a sitting at some moment."""

    event_number: int
    digest: bytes


class _Line(msgspec.Struct, frozen=True):
    """One checkpoint as it is written."""

    at: str
    heads: dict[str, tuple[int, str]]
    signature: str


def append_checkpoint(path: Path, key: bytes, heads: Mapping[UUID, Head]) -> None:
    """Add signed heads to the file, one line, on disk before this returns."""
    at = datetime.now(UTC).isoformat(timespec="milliseconds")
    plain = {str(sitting): (head.event_number, head.digest.hex()) for sitting, head in heads.items()}
    line = msgspec.json.encode(_Line(at, plain, _sign(key, at, plain)), order="sorted") + b"\n"
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        os.write(descriptor, line)
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def read_checkpoints(path: Path, key: bytes) -> dict[UUID, tuple[Head, ...]]:
    """All signed heads of each sitting; none where the file does not exist.

    Raises
    ------
    ConfigurationError
        If a line cannot be read or its signature is wrong; names the line.
    """
    found: dict[UUID, list[Head]] = {}
    lines = path.read_bytes().splitlines() if path.is_file() else []
    for number, data in enumerate(lines, 1):
        try:
            line = msgspec.json.decode(data, type=_Line)
            signed = hmac.compare_digest(line.signature, _sign(key, line.at, line.heads))
        except msgspec.DecodeError:
            signed = False
        if not signed:
            raise ConfigurationError(
                f"{path}, line {number}: this checkpoint was changed, or signed with other keys. "
                "Compare it with your copy of the file."
            )
        for sitting, (event_number, digest) in line.heads.items():
            found.setdefault(UUID(sitting), []).append(Head(event_number, bytes.fromhex(digest)))
    return {sitting: tuple(heads) for sitting, heads in found.items()}


def _sign(key: bytes, at: str, heads: Mapping[str, tuple[int, str]]) -> str:
    """Keyed hash over everything that a line says."""
    return keyed_hash(key, "checkpoint", at, msgspec.json.encode(heads, order="sorted")).hex()
