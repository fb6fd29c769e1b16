"""Array types, and the one way in which values take arrays in: copied, checked, read-only."""

from __future__ import annotations

from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

from engine.errors import EngineError

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]
IndexArray = npt.NDArray[np.int32]
CodeArray = npt.NDArray[np.int8]
BoolArray = npt.NDArray[np.bool_]

Scalar = TypeVar("Scalar", bound=np.generic)


def own(
    values: npt.ArrayLike, dtype: type[Scalar], name: str, n_axes: int, error: type[EngineError]
) -> npt.NDArray[Scalar]:
    """Read-only copy of an array with the right type and number of axes; a value that does not fit is an error."""
    given = np.asarray(values)
    if given.ndim != n_axes:
        raise error(f"{name} must have {n_axes} axes, this has shape {given.shape}")
    copy: npt.NDArray[Scalar] = given.copy() if given.dtype.type is dtype else _converted(given, dtype, name, error)
    copy.flags.writeable = False
    return copy


def _converted(
    given: npt.NDArray[Any], dtype: type[Scalar], name: str, error: type[EngineError]
) -> npt.NDArray[Scalar]:
    """Copy of another type, which must hold every value."""
    try:
        copy: npt.NDArray[Scalar] = given.astype(dtype, casting="unsafe" if given.size == 0 else "same_kind")
    except TypeError:
        copy = _whole_numbers(given, dtype, name, error)
    if np.issubdtype(dtype, np.integer) and not np.array_equal(copy, given):
        raise error(f"{name} holds values that do not fit {np.dtype(dtype).name}")
    return copy


def _whole_numbers(
    given: npt.NDArray[Any], dtype: type[Scalar], name: str, error: type[EngineError]
) -> npt.NDArray[Scalar]:
    """Accept 1.0 for 1, and nothing else of another kind."""
    if given.dtype.kind != "f" or not np.all(np.isfinite(given)) or np.any(given != np.rint(given)):
        raise error(f"{name} must hold values of type {np.dtype(dtype).name}, these are {given.dtype.name}")
    return given.astype(dtype)


def assign(value: object, **fields: object) -> None:
    """Set fields of a frozen value while it is made."""
    for name, field in fields.items():
        object.__setattr__(value, name, field)
