"""The body of an answer: reading it, hashing it, and sealing what a pupil typed."""

from __future__ import annotations

import hashlib
from base64 import b64decode, b64encode
from collections.abc import Mapping
from typing import Annotated

import msgspec

from delivery.access import SittingRef, keyed_hash, seal, unseal
from delivery.errors import UNREADABLE, RefusedError
from itembank import DeliveryView, ResponseValue

Whole = Annotated[int, msgspec.Meta(ge=0, le=2**31 - 1)]
BODY_LIMIT = 64 * 1024
"""Bytes of one answer; the longest text a field takes is 10,000 characters, at most 40,000 bytes."""


class Showing(msgspec.Struct, frozen=True):
    """What the laptop shows now."""

    position: Whole
    item: str


class AnswerBody(msgspec.Struct, frozen=True, kw_only=True):
    """Body of ``PUT …/answers/{position}``."""

    revision: Whole
    item: str
    response: dict[str, str | list[str] | None]
    elapsed_ms: Whole
    epoch: Whole
    hash: str
    showing: Showing | None = None


class DraftBody(msgspec.Struct, frozen=True, kw_only=True):
    """Body of ``PUT …/drafts/{position}``."""

    item: str
    response: dict[str, str | list[str] | None]
    epoch: Whole


_ANSWERS = msgspec.json.Decoder(AnswerBody)
_DRAFTS = msgspec.json.Decoder(DraftBody)


def read_answer(raw: bytes) -> AnswerBody | None:
    """Body of an answer; None when it cannot be read (it is still evidence)."""
    try:
        return _ANSWERS.decode(raw)
    except UNREADABLE:
        return None


def read_draft(raw: bytes) -> DraftBody:
    """Body of a draft.

    Raises
    ------
    RefusedError
        ``malformed``.
    """
    try:
        return _DRAFTS.decode(raw)
    except UNREADABLE:
        raise RefusedError("malformed") from None


def content_hash(position: int, body: AnswerBody) -> str:
    """SHA-256 of what an answer says: neither ``showing`` nor ``epoch`` (hexadecimal)."""
    content = {
        "elapsed_ms": body.elapsed_ms,
        "item": body.item,
        "position": position,
        "response": body.response,
        "revision": body.revision,
    }
    return hashlib.sha256(msgspec.json.encode(content, order="sorted")).hexdigest()


def body_hash(view: DeliveryView, text_key: bytes, content: str) -> str:
    """Hash kept in the log; keyed where the pupil typed, so that nobody can try answers against it."""
    if not any(field.is_typed for field in view.fields):
        return content
    return keyed_hash(text_key, "body", content).hex()


def split_typed(
    view: DeliveryView, response: Mapping[str, ResponseValue]
) -> tuple[dict[str, ResponseValue], dict[str, ResponseValue]]:
    """What was chosen (kept in the clear) and what was typed (kept sealed)."""
    typed_fields = {field.identifier for field in view.fields if field.is_typed}
    chosen = {name: value for name, value in response.items() if name not in typed_fields}
    typed = {name: value for name, value in response.items() if name in typed_fields}
    return chosen, typed


def seal_bytes(text_key: bytes, ref: SittingRef, place: str, plain: bytes) -> str:
    """Encrypt under the sitting's key, bound to its place; base64."""
    return b64encode(seal(text_key, plain, f"{ref.sitting_id}/{place}")).decode()


def unseal_bytes(text_key: bytes, ref: SittingRef, place: str, sealed: str) -> bytes:
    """Plain bytes of what `seal_bytes` encrypted.

    Raises
    ------
    ConfigurationError
        If the key or the place is another one.
    """
    return unseal(text_key, b64decode(sealed), f"{ref.sitting_id}/{place}")
