"""A link between two scales: slope, intercept, and how well they are known."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np
import numpy.typing as npt

from engine.arrays import BoolArray, FloatArray, assign, own
from engine.errors import ParameterError, name_indices
from engine.models import ItemParameters, Kind


class LinkMethod(StrEnum):
    """How slope and intercept follow from the common items."""

    MEAN_MEAN = "mean_mean"
    """Slope from mean discriminations, intercept from mean locations (Loyd & Hoover, 1980)."""
    MEAN_SIGMA = "mean_sigma"
    """Slope and intercept from mean and standard deviation of the locations (Marco, 1977)."""
    HAEBARA = "haebara"
    """Least squares of all category curves of all common items (Haebara, 1980)."""
    STOCKING_LORD = "stocking_lord"
    """Least squares of the expected score on the common items (Stocking & Lord, 1983)."""


@dataclass(frozen=True, slots=True, eq=False)
class Link:
    """``theta on the base scale = slope theta + intercept``.

    Attributes
    ----------
    slope : A, > 0
    intercept : B, in logits of the base scale
    method : how they were found
    sampling_covariance : (2, 2) of slope and intercept, because the items' parameters are estimates; None: the
        covariances of the calibrations were not given
    item_covariance : (2, 2) of slope and intercept, because other common items would have given another link;
        None: not asked for

    Raises
    ------
    ParameterError
        If the slope is not positive, or something is not finite.
    """

    slope: float
    intercept: float
    method: LinkMethod
    sampling_covariance: FloatArray | None = None
    item_covariance: FloatArray | None = None

    def __post_init__(self) -> None:
        if not (np.isfinite(self.slope) and self.slope > 0.0 and np.isfinite(self.intercept)):
            raise ParameterError(f"a link needs a slope > 0 and a finite intercept, not {self.slope}, {self.intercept}")
        for name in ("sampling_covariance", "item_covariance"):
            values = getattr(self, name)
            if values is None:
                continue
            matrix = own(values, np.float64, name, 2, ParameterError)
            if matrix.shape != (2, 2) or not np.all(np.isfinite(matrix)):
                raise ParameterError(f"{name} is of slope and intercept: 2 rows, 2 columns, finite")
            assign(self, **{name: matrix})

    def abilities(self, theta: npt.ArrayLike) -> FloatArray:
        """Abilities on the base scale, in the shape they came in.

        Raises
        ------
        ParameterError
            If an ability is not finite; the message names them by index.
        """
        moved: FloatArray = self.slope * _finite(theta) + self.intercept
        return moved

    def items(self, items: ItemParameters) -> ItemParameters:
        """Items of any kind on the base scale: ``a / A`` and ``A b + B``; their curves stay what they are.

        Parameters
        ----------
        items : n_items items on the scale that is linked
        """
        kind = np.repeat(items.kind, np.diff(items.step_start))
        nominal = kind == Kind.NOMINAL
        slope = items.category_slope / self.slope
        return replace(
            items,
            discrimination=items.discrimination / self.slope,
            difficulty=self.slope * items.difficulty + self.intercept,
            step=np.where(nominal, 0.0, self.slope * items.step + self.intercept),
            category_slope=slope,
            category_intercept=items.category_intercept - slope * self.intercept,
        )

    def inverse(self) -> Link:
        """Link from the base scale back, with covariances by the delta method."""
        a, b = self.slope, self.intercept
        turn = np.array([[-1.0 / a**2, 0.0], [b / a**2, -1.0 / a]])
        both = (None if c is None else turn @ c @ turn.T for c in (self.sampling_covariance, self.item_covariance))
        return Link(1.0 / a, -b / a, self.method, *both)

    @property
    def standard_errors(self) -> FloatArray:
        """Of slope and intercept because parameters are estimates, (2,)."""
        return _roots(self.sampling_covariance, "the covariances of the calibrations were not given")

    @property
    def linking_errors(self) -> FloatArray:
        """Of slope and intercept because other items would have given another link, (2,)."""
        return _roots(self.item_covariance, "the error by items was not asked for")

    def error_at(self, theta: npt.ArrayLike) -> FloatArray:
        """Standard error that the link adds to abilities, or to a group's mean, of both sources together.

        Parameters
        ----------
        theta : abilities on the scale that is linked, of any shape

        Raises
        ------
        ParameterError
            If neither source of error is known, or an ability is not finite.
        """
        known = [c for c in (self.sampling_covariance, self.item_covariance) if c is not None]
        if not known:
            raise ParameterError("the link's error is not known: give covariances, or ask for the error by items")
        total, at = np.sum(known, axis=0), _finite(theta)
        variance = total[0, 0] * at**2 + 2.0 * total[0, 1] * at + total[1, 1]
        error: FloatArray = np.sqrt(np.maximum(variance, 0.0))
        return error


def _finite(theta: npt.ArrayLike) -> FloatArray:
    """Abilities, refused where one is not finite."""
    values = np.asarray(theta, dtype=np.float64)
    wrong = np.flatnonzero(~np.isfinite(values))
    if wrong.size:
        raise ParameterError(f"abilities must be finite; {name_indices(wrong)} are not")
    return values


def _roots(covariance: FloatArray | None, reason: str) -> FloatArray:
    """Square roots of the diagonal."""
    if covariance is None:
        raise ParameterError(reason)
    return np.sqrt(np.maximum(np.diag(covariance), 0.0))


def check_common(linked: ItemParameters, base: ItemParameters) -> None:
    """Refuse items that cannot be the same ones; the message names them by index.

    Raises
    ------
    ParameterError
        If numbers, kinds, categories or signs of slopes differ.
    """
    if linked.n_items != base.n_items or linked.n_items == 0:
        raise ParameterError(
            f"common items come in pairs: there are {linked.n_items} on one scale and {base.n_items} on the other"
        )
    _refuse(linked.kind != base.kind, "common items must be of one kind")
    _refuse(linked.n_categories != base.n_categories, "common items must have the same categories")
    _refuse(linked.discrimination * base.discrimination < 0.0, "slopes must have the same sign on both scales")


def _refuse(wrong: BoolArray, rule: str) -> None:
    """Raise the rule with the items that break it."""
    if wrong.any():
        raise ParameterError(f"{rule}; items {np.flatnonzero(wrong).tolist()} do not")
