"""What staff read for a seat: the pupil's name, or that of a reserve seat that is linked to nobody yet."""

from __future__ import annotations


def seat_name(first: str | None, last: str | None, reserve: int) -> str:
    """Name of a seat; ``first`` and ``last`` are None where no pupil is linked to it."""
    if first is not None and last is not None:
        return f"{first} {last}"
    return f"Reserveplaats {reserve}" if reserve else "Plaats zonder leerling"
