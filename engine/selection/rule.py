"""What a selection rule is, and how one is drawn from the best by it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from engine.arrays import FloatArray
from engine.errors import DesignError
from engine.selection.posterior import Standing
from engine.selection.tables import SelectionTables


class Rule(Protocol):
    """Scores every item for every person; the free item with the highest score is chosen."""

    def scores(self, tables: SelectionTables, standing: Standing, draw: FloatArray | None, /) -> FloatArray:
        """Scores of all items, (n_persons, n_items), finite and far below 1e6.

        Parameters
        ----------
        tables, standing
            The bank, and what the answers of n_persons persons say.
        draw : (n_persons,) numbers in [0, 1), the only source of chance; most rules need none
        """
        ...


@dataclass(frozen=True, slots=True)
class RandomOfBest:
    """One of the k best items by another rule, each as likely.

    The randomesque procedure of Kingsbury & Zara (1989), Applied Measurement in Education 2, 359-375.

    Attributes
    ----------
    rule : scores the items
    k : how many are drawn from; where fewer are free, those

    Raises
    ------
    DesignError
        If k is below 1.
    """

    rule: Rule
    k: int = 5

    def __post_init__(self) -> None:
        if self.k < 1:
            raise DesignError(f"one of the best k needs k of 1 or more, not {self.k}")


def require_draw(draw: FloatArray | None) -> FloatArray:
    """Return the numbers that a rule with chance cannot do without.

    Parameters
    ----------
    draw : (n_persons,) numbers in [0, 1); None where the caller gave none

    Raises
    ------
    DesignError
        If there are none.
    """
    if draw is None:
        raise DesignError("this selection rule needs a number in [0, 1) for each person")
    return draw
