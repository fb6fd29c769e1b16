"""What an installation must tell delivery: its keys and a few choices."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True, repr=False)
class Secrets:
    """Random keys of at least 32 bytes, one a purpose, kept outside the database.

    Attributes
    ----------
    receipt_key : proves that an answer is stored
    code_key : look-up and printing of room and seat codes
    token_key : signs tickets and tokens
    text_key : wraps the key of each sitting that encrypts typed text
    cookie_key : signs the cookies of staff
    checkpoint_key : signs the heads of the log
    row_key : the private key that opens what laptops keep follows from it
    """

    receipt_key: bytes
    code_key: bytes
    token_key: bytes
    text_key: bytes
    cookie_key: bytes
    checkpoint_key: bytes
    row_key: bytes


OFFLINE_CREDIT_MS = 15 * 60_000
"""A reserve of items lasts ten minutes (point 10 of the protocol); coming back on another laptop takes five at most."""
RESERVE_ITEMS = 14
"""Ten minutes of work at 45 s an item, with the one on the screen (point 10 of the protocol)."""


REMEMBERED_SITTINGS = 40_000
"""Sittings that one worker remembers, 16 kB each with all that belongs to them: more than it has at work at a time.

Where it has more, every answer reads its log again, which makes it three times as dear.
"""
ARRIVALS_AT_A_TIME = 16
"""Enough to keep a worker busy while most of them wait for a commit; fewer while those at work feel them."""


@dataclass(frozen=True, slots=True)
class DeliveryConfig:
    """How delivery runs in this installation.

    Attributes
    ----------
    secrets : the keys
    secure_cookies : cookies only travel over HTTPS
    demo_notice : sentence shown on the staff's sign-in page, "" outside a demonstration
    checkpoints : file that signed heads of the log are added to when a room closes or a sitting ends; None keeps none
    player_versions : folder, shared by all workers, that keeps every version of the player; None keeps none
    arrivals_at_a_time : most pupils who come in at the same time in one worker; the others wait for their turn
    offline_credit_ms : most offline time that one sitting gets back by itself; what is more, staff give or do not give
    reserve_items : items that a laptop is sent ahead, so that its pupil goes on without a network (k); 0 sends none
    """

    secrets: Secrets
    secure_cookies: bool = False
    demo_notice: str = ""
    checkpoints: Path | None = None
    player_versions: Path | None = None
    offline_credit_ms: int = OFFLINE_CREDIT_MS
    arrivals_at_a_time: int = ARRIVALS_AT_A_TIME
    reserve_items: int = RESERVE_ITEMS
