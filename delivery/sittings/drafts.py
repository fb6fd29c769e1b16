"""What a pupil is typing: encrypted, overwritten, no event; a laptop that takes over gets it back."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from delivery.access import SittingRef, seal, unseal
from delivery.direct import Direct
from delivery.errors import ConstraintError, RefusedError
from itembank import ResponseValue

SELECT = "SELECT position, item, sealed FROM delivery_draft WHERE school_id = $1 AND sitting_id = $2"
UPSERT = """
INSERT INTO delivery_draft (school_id, sitting_id, position, item, sealed) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (school_id, sitting_id)
DO UPDATE SET position = excluded.position, item = excluded.item, sealed = excluded.sealed
"""


async def save_draft(
    direct: Direct, ref: SittingRef, text_key: bytes, position: int, item: str, response: Mapping[str, ResponseValue]
) -> None:
    """Overwrite the sitting's draft.

    Raises
    ------
    RefusedError
        ``erased``: the key is gone, and the database takes no draft without one.
    """
    sealed = seal(text_key, msgspec.json.encode(response), _context(ref, position))
    try:
        await direct.write(ref.school_id, UPSERT, [(ref.school_id, ref.sitting_id, position, item, sealed)])
    except ConstraintError:
        raise RefusedError("erased") from None


async def load_draft(
    direct: Direct, ref: SittingRef, text_key: bytes, position: int, item: str
) -> dict[str, ResponseValue] | None:
    """What was typed at a position, if that is what was typed last."""
    for at, of, sealed in await direct.fetch(ref.school_id, SELECT, ref.school_id, ref.sitting_id):
        if (at, of) == (position, item):
            plain = unseal(text_key, sealed, _context(ref, position))
            return msgspec.json.decode(plain, type=dict[str, str | list[str] | None])
    return None


def _context(ref: SittingRef, position: int) -> str:
    """Place that a draft is bound to."""
    return f"draft/{ref.sitting_id}/{position}"
