"""Small numbers: what is not shown, so that no figure is about one or two pupils.

Rules
-----
1. A test taken by fewer than `FEWEST_PUPILS` pupils of a school is reported with their number only: no
   mean, no shares, no dots.
2. A class with fewer pupils is shown together with the smallest other class (and with the next, until there are
   enough). Leaving it out would not do: its mean is what remains when the other classes are subtracted from
   the school.
3. A reference group drawn from schools has pupils of at least `FEWEST_SCHOOLS` schools: with two, each could
   subtract itself and read the other's mean.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import TypeVar

from reports.errors import DisclosureError

FEWEST_PUPILS = 5
FEWEST_SCHOOLS = 3

Value = TypeVar("Value")


def enough_pupils(n_pupils: int) -> bool:
    """Whether figures about a group of this size may be shown."""
    return n_pupils >= FEWEST_PUPILS


def check_schools(schools: Collection[str], name: str) -> None:
    """Refuse a reference group from which a school could subtract itself.

    Raises
    ------
    DisclosureError
        If there are fewer than `FEWEST_SCHOOLS` schools.
    """
    if len(set(schools)) < FEWEST_SCHOOLS:
        raise DisclosureError(
            f"reference {name!r} rests on {len(set(schools))} school(s), at least {FEWEST_SCHOOLS} are needed: each "
            "could subtract itself and read the others; use a norm group (norm_reference) or none"
        )


def merge_small_groups(groups: Mapping[str, Sequence[Value]]) -> dict[tuple[str, ...], tuple[Value, ...]]:
    """Put groups that are too small together with the smallest other one until all are large enough.

    Parameters
    ----------
    groups
        Members by group name.

    Returns
    -------
    dict
        Members by the names that were put together, in the order of the names. One group remains where all
        together are too few; whether it may be shown is for `enough_pupils` to say.
    """
    merged: dict[tuple[str, ...], tuple[Value, ...]] = {
        (name,): tuple(members) for name, members in sorted(groups.items()) if members
    }
    while len(merged) > 1:
        by_size = sorted(merged, key=lambda names: (len(merged[names]), names))
        if enough_pupils(len(merged[by_size[0]])):
            break
        first, second = sorted(by_size[:2])
        merged[tuple(sorted(first + second))] = merged.pop(first) + merged.pop(second)
    return dict(sorted(merged.items()))
