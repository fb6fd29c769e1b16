"""What a pupil is typing: encrypted, overwritten, no event; a laptop that takes over gets it back."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec
from sqlalchemy import delete
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col

from delivery.access import SittingRef, seal, unseal
from delivery.errors import RefusedError
from delivery.isolation import in_school
from delivery.tables import DraftRow
from itembank import ResponseValue


def save_draft(
    db: Session, ref: SittingRef, text_key: bytes, position: int, item: str, response: Mapping[str, ResponseValue]
) -> None:
    """Overwrite the sitting's draft.

    Raises
    ------
    RefusedError
        ``erased``: the key is gone, and the database takes no draft without one.
    """
    in_school(db, ref.school_id)
    values = {
        "position": position,
        "item": item,
        "sealed": seal(text_key, msgspec.json.encode(response), _context(ref, position)),
    }
    insert = postgresql.insert if db.get_bind().dialect.name == "postgresql" else sqlite.insert
    statement = insert(DraftRow).values(school_id=ref.school_id, sitting_id=ref.sitting_id, **values)
    try:
        db.execute(statement.on_conflict_do_update(index_elements=["school_id", "sitting_id"], set_=values))
    except IntegrityError:
        raise RefusedError("erased") from None


def load_draft(
    db: Session, ref: SittingRef, text_key: bytes, position: int, item: str
) -> dict[str, ResponseValue] | None:
    """What was typed at a position, if that is what was typed last."""
    in_school(db, ref.school_id)
    row = db.get(DraftRow, (ref.school_id, ref.sitting_id))
    if row is None or row.position != position or row.item != item:
        return None
    plain = unseal(text_key, row.sealed, _context(ref, position))
    return msgspec.json.decode(plain, type=dict[str, str | list[str] | None])


def delete_draft(db: Session, ref: SittingRef) -> None:
    """Forget what was typed."""
    in_school(db, ref.school_id)
    db.execute(
        delete(DraftRow).where(col(DraftRow.school_id) == ref.school_id, col(DraftRow.sitting_id) == ref.sitting_id)
    )


def _context(ref: SittingRef, position: int) -> str:
    """Place that a draft is bound to."""
    return f"draft/{ref.sitting_id}/{position}"
