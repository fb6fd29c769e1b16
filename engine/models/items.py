"""Parameters of items as people read them: slopes and locations in logits, whatever the model."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import IntEnum

import numpy as np
import numpy.typing as npt

from engine.arrays import BoolArray, CodeArray, FloatArray, IntArray, assign, own
from engine.errors import ParameterError, name_indices


class Kind(IntEnum):
    """Form of an item's response curves.

    A model of estimation (Rasch, 1PL, 2PL, …) says which parameters are free; the form is what is left
    once they are known: a Rasch item is a logistic one of slope 1, a rating-scale item a partial-credit one.
    """

    LOGISTIC = 0
    """Two categories, up to four parameters (Birnbaum, 1968; Barton & Lord, 1981)."""
    PARTIAL_CREDIT = 1
    """Generalised partial credit (Muraki, 1992): ``step`` k is where the curves of categories k-1 and k cross."""
    GRADED = 2
    """Graded response (Samejima, 1969): ``step`` k is where P(category k or higher) = 0.5."""
    NOMINAL = 3
    """Nominal response (Bock, 1972): a slope and an intercept a category, those of category 0 are 0."""


def _no_codes() -> CodeArray:
    """Stand for what is not given."""
    return np.zeros(0, dtype=np.int8)


def _no_places() -> IntArray:
    """Stand for what is not given."""
    return np.zeros(0, dtype=np.int64)


def _no_values() -> FloatArray:
    """Stand for what is not given."""
    return np.zeros(0)


@dataclass(frozen=True, slots=True, eq=False)
class ItemParameters:
    """Parameters of n_items items on the logistic metric (D = 1), dichotomous and polytomous mixed.

    A logistic item has ``P(1) = guessing + (upper - guessing) / (1 + exp(-discrimination (theta - difficulty)))``.

    Attributes
    ----------
    discrimination : (n_items,) slope ``a`` in 1/logit, not 0; a negative slope is an item whose key is
        probably reversed: calibration reports it as it is, a `Pool` refuses it. Of a nominal item: the slope
        of the last category against the first
    difficulty : (n_items,) location ``b`` in logits; of a polytomous item the mean of its steps, of a nominal
        one where the curves of the last and the first category cross
    guessing : (n_items,) lower asymptote ``c``, in [0, 1); 0 for polytomous items
    upper : (n_items,) upper asymptote ``d``, in (guessing, 1]; 1 for polytomous items
    kind : (n_items,) a `Kind`; all logistic when not given
    step_start : (n_items + 1,) where each item's entries in the next three begin: none for a logistic item,
        one for each category from 1 on for another
    step : (n_steps,) locations in logits of partial-credit and graded items; 0 for nominal ones
    category_slope, category_intercept : (n_steps,) of nominal items; 0 for others

    Raises
    ------
    ParameterError
        If the arrays do not fit together or a value is out of its range; the message names the items by index.

    Examples
    --------
    >>> import numpy as np
    >>> ItemParameters.two_parameter(np.array([1.0, 2.0]), np.array([0.0, 1.0])).n_categories.tolist()
    [2, 2]
    >>> ItemParameters.from_steps(Kind.GRADED, [1.0], [[-1.0, 0.5, 2.0]]).difficulty.tolist()
    [0.5]
    """

    discrimination: FloatArray
    difficulty: FloatArray
    guessing: FloatArray
    upper: FloatArray
    kind: CodeArray = field(default_factory=_no_codes)
    step_start: IntArray = field(default_factory=_no_places)
    step: FloatArray = field(default_factory=_no_values)
    category_slope: FloatArray = field(default_factory=_no_values)
    category_intercept: FloatArray = field(default_factory=_no_values)

    def __post_init__(self) -> None:
        names = ("discrimination", "difficulty", "guessing", "upper")
        fields = {name: own(getattr(self, name), np.float64, name, 1, ParameterError) for name in names}
        sizes = {name: values.size for name, values in fields.items()}
        if len(set(sizes.values())) > 1:
            raise ParameterError(f"every item needs one value of each parameter; the arrays' lengths are {sizes}")
        assign(self, **fields)
        self._take_steps(sizes["difficulty"])
        a, b, c, d = fields.values()
        _require(np.isfinite(a) & (a != 0.0), "discrimination must be finite and not 0")
        _require(np.isfinite(b), "difficulty must be finite")
        _require((c >= 0.0) & (c < 1.0), "guessing must be in [0, 1)")  # NaN fails as well
        _require((d > c) & (d <= 1.0), "upper must be in (guessing, 1]")
        _require(((c == 0.0) & (d == 1.0)) | ~self.is_polytomous, "polytomous items have no guessing and no upper")

    def _take_steps(self, n_items: int) -> None:
        """Check and own what only polytomous items have."""
        kind = own(self.kind, np.int8, "kind", 1, ParameterError) if self.kind.size else np.zeros(n_items, np.int8)
        start = own(self.step_start, np.int64, "step_start", 1, ParameterError)
        start = start if start.size else np.zeros(n_items + 1, np.int64)
        step = own(self.step, np.float64, "step", 1, ParameterError)
        none = np.zeros(step.size)
        slope = own(self.category_slope if self.category_slope.size else none, np.float64, "slope", 1, ParameterError)
        level = self.category_intercept if self.category_intercept.size else none
        intercept = own(level, np.float64, "intercept", 1, ParameterError)
        if kind.size != n_items or start.size != n_items + 1 or np.any(np.diff(start) < 0) or start[0] != 0:
            raise ParameterError("every item needs a kind and a place in step_start, which rises from 0")
        if not start[-1] == step.size == slope.size == intercept.size:
            raise ParameterError(f"step_start ends at {start[-1]}, but there are {step.size} steps")
        if not np.all(np.isfinite(step) & np.isfinite(slope) & np.isfinite(intercept)):
            raise ParameterError("steps, category slopes and intercepts must be finite")
        for values in (kind, start):
            values.flags.writeable = False
        assign(self, kind=kind, step_start=start, step=step, category_slope=slope, category_intercept=intercept)
        logistic = kind == Kind.LOGISTIC
        _require((kind >= 0) & (kind <= max(Kind)), "kind must be a Kind")
        _require(np.where(logistic, np.diff(start) == 0, np.diff(start) >= 1), "polytomous items alone have steps")
        _require(
            ~self._has_crossed_steps(), "steps of graded items must be rising, or falling where the slope is negative"
        )

    def _has_crossed_steps(self) -> BoolArray:
        """Graded items of which a higher category is reached more easily than a lower one, (n_items,)."""
        item = np.repeat(np.arange(self.kind.size), np.diff(self.step_start))
        falls = self.discrimination[item[1:]] * np.diff(self.step) < 0.0
        crossed = np.zeros(self.kind.size, dtype=np.bool_)
        crossed[item[1:][falls & (item[1:] == item[:-1])]] = True
        crossed &= self.kind == Kind.GRADED
        return crossed

    @classmethod
    def two_parameter(cls, discrimination: npt.ArrayLike, difficulty: npt.ArrayLike) -> ItemParameters:
        """Items without guessing (c = 0, d = 1); a slope of 1 for all gives Rasch items."""
        a = np.asarray(discrimination, dtype=np.float64)
        return cls(a, np.asarray(difficulty, dtype=np.float64), np.zeros_like(a), np.ones_like(a))

    @classmethod
    def from_steps(cls, kind: Kind, discrimination: npt.ArrayLike, steps: Sequence[npt.ArrayLike]) -> ItemParameters:
        """Partial-credit or graded items.

        Parameters
        ----------
        kind
            ``Kind.PARTIAL_CREDIT`` or ``Kind.GRADED``.
        discrimination : (n_items,)
        steps
            Of each item its step locations, one for every category from 1 on.
        """
        a = np.asarray(discrimination, dtype=np.float64)
        each = [np.asarray(item, dtype=np.float64) for item in steps]
        if kind not in {Kind.PARTIAL_CREDIT, Kind.GRADED}:
            raise ParameterError(f"{Kind(kind).name} items have no steps")
        return cls(
            a,
            np.array([item.mean() for item in each]),
            np.zeros_like(a),
            np.ones_like(a),
            kind=np.full(a.size, kind, dtype=np.int8),
            step_start=_start([item.size for item in each]),
            step=np.concatenate([np.zeros(0), *each]),
        )

    @classmethod
    def from_intercepts(cls, kind: Kind, slope: npt.ArrayLike, intercepts: Sequence[npt.ArrayLike]) -> ItemParameters:
        """Items from slope-intercept form, without asymptotes.

        Parameters
        ----------
        kind
            ``Kind.LOGISTIC``, ``PARTIAL_CREDIT`` or ``GRADED``.
        slope : (n_items,)
        intercepts
            Of each item one for every category from 1 on: of ``slope theta + intercept`` (logistic), of the category's
            numerator ``k slope theta + intercept_k`` (partial credit), of the logit of reaching it (graded).
        """
        a = np.asarray(slope, dtype=np.float64)
        levels = [np.asarray(item, dtype=np.float64) for item in intercepts]
        if kind == Kind.LOGISTIC:
            return cls.two_parameter(a, -np.array([level[0] for level in levels]) / a)
        rises = [np.diff(level, prepend=0.0) if kind == Kind.PARTIAL_CREDIT else level for level in levels]
        return cls.from_steps(kind, a, [-rise / one for rise, one in zip(rises, a.tolist(), strict=True)])

    @classmethod
    def nominal(cls, slopes: Sequence[npt.ArrayLike], intercepts: Sequence[npt.ArrayLike]) -> ItemParameters:
        """Nominal items from slopes and intercepts of all categories, in any origin: category 0 becomes the origin."""
        slope = [np.asarray(item, dtype=np.float64)[1:] - np.asarray(item, dtype=np.float64)[0] for item in slopes]
        level = [np.asarray(item, dtype=np.float64)[1:] - np.asarray(item, dtype=np.float64)[0] for item in intercepts]
        last = np.array([item[-1] for item in slope])
        start = _start([item.size for item in slope])
        return cls(
            last,
            -np.array([item[-1] for item in level]) / last,
            np.zeros_like(last),
            np.ones_like(last),
            kind=np.full(last.size, Kind.NOMINAL, dtype=np.int8),
            step_start=start,
            step=np.zeros(start[-1]),
            category_slope=np.concatenate([np.zeros(0), *slope]),
            category_intercept=np.concatenate([np.zeros(0), *level]),
        )

    @classmethod
    def join(cls, parts: Sequence[ItemParameters]) -> ItemParameters:
        """All items of several values, in order."""
        every = ("discrimination", "difficulty", "guessing", "upper", "kind")
        names = (*every, "step", "category_slope", "category_intercept")
        fields = {name: np.concatenate([np.asarray(getattr(part, name)) for part in parts]) for name in names}
        return cls(**fields, step_start=_start(np.concatenate([np.diff(part.step_start) for part in parts]).tolist()))

    @property
    def n_items(self) -> int:
        """Number of items."""
        return self.discrimination.size

    @property
    def n_categories(self) -> IntArray:
        """Categories of each item, shape (n_items,)."""
        n_categories: IntArray = np.maximum(np.diff(self.step_start) + 1, 2)
        return n_categories

    @property
    def is_polytomous(self) -> BoolArray:
        """Which items are not logistic, shape (n_items,)."""
        polytomous: BoolArray = self.kind != Kind.LOGISTIC
        return polytomous

    def steps(self, item: int) -> FloatArray:
        """Step locations of one item; of a logistic one its difficulty."""
        inside = self.step[self.step_start[item] : self.step_start[item + 1]]
        return self.difficulty[item : item + 1] if self.kind[item] == Kind.LOGISTIC else inside

    def take(self, index: npt.ArrayLike) -> ItemParameters:
        """Items at the given positions, in that order."""
        chosen = np.asarray(index, dtype=np.int64)
        n_steps = np.diff(self.step_start)[chosen]
        start = _start(n_steps.tolist())
        where = np.repeat(self.step_start[chosen] - start[:-1], n_steps) + np.arange(start[-1])
        return ItemParameters(
            self.discrimination[chosen],
            self.difficulty[chosen],
            self.guessing[chosen],
            self.upper[chosen],
            kind=self.kind[chosen],
            step_start=start,
            step=self.step[where],
            category_slope=self.category_slope[where],
            category_intercept=self.category_intercept[where],
        )

    def intercepts(self, item: int) -> FloatArray:
        """Intercepts of one item in slope-intercept form, one for every category from 1 on; see `from_intercepts`."""
        if self.kind[item] == Kind.NOMINAL:
            return self.category_intercept[self.step_start[item] : self.step_start[item + 1]]
        steps = self.steps(item)
        cumulative: FloatArray = np.cumsum(steps) if self.kind[item] == Kind.PARTIAL_CREDIT else steps
        levels: FloatArray = -self.discrimination[item] * cumulative
        return levels


def require_dichotomous(items: ItemParameters, purpose: str) -> None:
    """Refuse polytomous items where only two categories will do; the message names them."""
    _require(~items.is_polytomous, f"{purpose} takes items of two categories")


def _start(sizes: Sequence[int]) -> IntArray:
    """Where parts of these sizes begin, and their sum."""
    return np.concatenate([[0], np.cumsum(np.asarray(sizes, dtype=np.int64))]).astype(np.int64)


def _require(valid: BoolArray, rule: str) -> None:
    """Raise the rule with the items that break it."""
    wrong = np.flatnonzero(~valid)
    if wrong.size:
        raise ParameterError(f"{rule}; items {name_indices(wrong)} are not")
