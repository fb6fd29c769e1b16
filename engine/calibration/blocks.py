"""Which parameters of which items a calibration moves: blocks of items that share a model and a shape."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np

from engine.arrays import BoolArray, FloatArray, IntArray
from engine.calibration.priors import LogNormalPrior, NormalPrior, Priors, add_log_prior
from engine.errors import ParameterError, name_indices
from engine.models import Family, ItemParameters, Kind, blocks_of
from engine.models.asymptotes import CEILING, FLOOR, Asymptotes
from engine.models.divided import nominal, partial_credit, rating_scale
from engine.models.graded import Graded

Model = Literal["rasch", "1pl", "2pl", "3pl", "4pl", "pcm", "gpcm", "grm", "rsm", "nominal"]
MODELS: tuple[Model, ...] = get_args(Model)
DICHOTOMOUS = frozenset({"rasch", "1pl", "2pl", "3pl", "4pl"})
FIXED_SLOPE = frozenset({"rasch", "pcm", "rsm"})
"""Models of slope 1, whose scale comes from the slope: the first group's variance is free."""

FEWEST_ITEMS = {"rasch": 2, "1pl": 2, "pcm": 2, "rsm": 2, "gpcm": 2, "grm": 2, "nominal": 2}
"""With fewer items other parameters give the same probabilities: 2PL on 2 items has 4 parameters for the 3 free
proportions of 4 patterns, GPCM on 1 item of 3 categories 3 for 2; 3 for the models that are not named."""
START_GUESSING, START_UPPER = 0.15, 0.98  # where the climb begins: between no guessing and one in four, hardly a slip


@dataclass(frozen=True, slots=True, eq=False)
class ItemBlock:
    """Items of one model and number of categories.

    Attributes
    ----------
    model : name of the model; "fixed" for items whose parameters are known
    kind : form of the curves
    family : curves and derivatives
    items : (n,) where these items stand among all
    start : (n, n_parameters) where estimation starts; what is not free stays
    free : (n_parameters,) parameters that are estimated for every item
    shared : (n_parameters,) those of them that all items of the block have in common
    priors : of these items
    """

    model: str
    kind: Kind
    family: Family
    items: IntArray
    start: FloatArray
    free: BoolArray
    shared: BoolArray
    priors: Priors

    @property
    def has_asymptotes(self) -> bool:
        """Whether a lower asymptote is estimated."""
        return self.kind == Kind.LOGISTIC and self.family.n_parameters > CEILING and bool(self.free[FLOOR])

    @property
    def n_local(self) -> int:
        """Free parameters that each item has of its own."""
        return int(np.count_nonzero(self.free & ~self.shared))

    @property
    def n_free(self) -> int:
        """Free parameters of the whole block."""
        return self.items.size * self.n_local + int(np.count_nonzero(self.shared))

    def pack(self, parameters: FloatArray) -> FloatArray:
        """Free parameters in a row: the items' own, item by item, then the shared ones."""
        return np.concatenate([parameters[:, self.free & ~self.shared].ravel(), parameters[0, self.shared]])

    def unpack(self, vector: FloatArray) -> FloatArray:
        """Parameters (n, n_parameters) with the free ones from a vector made by `pack`."""
        parameters = self.start.copy()
        split = self.items.size * self.n_local
        parameters[:, self.free & ~self.shared] = vector[:split].reshape(self.items.size, -1)
        parameters[:, self.shared] = vector[split:]
        return parameters

    def places(self, first: int) -> IntArray:
        """Position of every parameter in the vector that holds this block from ``first`` on; -1 where fixed."""
        place = np.full(self.start.shape, -1, dtype=np.int64)
        local = self.free & ~self.shared
        place[:, local] = first + np.arange(self.items.size * self.n_local).reshape(self.items.size, -1)
        place[:, self.shared] = first + self.items.size * self.n_local + np.arange(np.count_nonzero(self.shared))
        return place

    def log_prior(self, parameters: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
        """Log prior density of each item, its gradient and minus its second derivative in the parameters."""
        n, k = parameters.shape
        value, gradient, information = np.zeros(n), np.zeros((n, k)), np.zeros((n, k, k))
        for prior, x, jacobian, bend in self._prior_terms(parameters):
            terms = add_log_prior(prior, x, jacobian, bend)
            value, gradient, information = value + terms[0], gradient + terms[1], information + terms[2]
        return value, gradient, information

    def _prior_terms(
        self, parameters: FloatArray
    ) -> Iterator[tuple[NormalPrior | LogNormalPrior, FloatArray, FloatArray, FloatArray | None]]:
        """Priors that apply, with the quantity each is a density of and that quantity's derivatives."""
        one = np.eye(parameters.shape[1])
        spread = np.ones((parameters.shape[0], 1))
        if self.priors.discrimination and self.free[0] and self.kind != Kind.NOMINAL:
            yield self.priors.discrimination, parameters[:, 0], spread * one[0], None
        if self.priors.difficulty and self.kind != Kind.NOMINAL and self.free.any():
            yield self.priors.difficulty, *location(self, parameters)
        if self.kind == Kind.LOGISTIC and self.family.n_parameters > CEILING:
            if self.priors.guessing and self.free[FLOOR]:
                yield self.priors.guessing, parameters[:, FLOOR], spread * one[FLOOR], None
            if self.priors.upper and self.free[CEILING]:
                yield self.priors.upper, parameters[:, CEILING], spread * one[CEILING], None


def location(block: ItemBlock, parameters: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Difficulty ``b = -w' d / a`` of items, with its first and second derivative in the parameters.

    The weights w take the intercept of a dichotomous item, the last cumulative intercept of a partial-credit
    one divided by its number of steps, and the mean intercept of a graded one: the mean of its steps.
    """
    weight = _location_weights(block)
    a = parameters[:, 0]
    counted = np.flatnonzero(weight)  # others may be infinite: a fixed asymptote is
    level = parameters[:, 1 + counted] @ weight[counted]
    n, k = parameters.shape
    jacobian = np.concatenate([(level / a**2)[:, np.newaxis], -weight / a[:, np.newaxis]], axis=1)
    bend = np.zeros((n, k, k))
    bend[:, 0, 0] = -2.0 * level / a**3
    bend[:, 0, 1:] = bend[:, 1:, 0] = weight / a[:, np.newaxis] ** 2
    return -level / a, jacobian, bend


def _location_weights(block: ItemBlock) -> FloatArray:
    """How much each parameter behind the slope counts in ``-a b``."""
    n_levels = block.start.shape[1] - 1
    weight = np.zeros(n_levels)
    if block.model == "rsm":
        weight[0] = -1.0  # its location itself
    elif block.kind == Kind.GRADED:
        weight[:] = 1.0 / n_levels
    elif block.kind == Kind.PARTIAL_CREDIT:
        weight[-1] = 1.0 / n_levels
    else:
        weight[0] = 1.0
    return weight


def make_blocks(
    models: Sequence[str], n_categories: IntArray, priors: Priors, fixed: dict[int, ItemParameters]
) -> tuple[ItemBlock, ...]:
    """Blocks of all items, those with known parameters apart.

    Parameters
    ----------
    models
        Of each item its model.
    n_categories : (n_items,) categories of each item
    priors
        Of all items that are estimated.
    fixed
        Item index to its known parameters, one item each.

    Raises
    ------
    ParameterError
        If a model is unknown, or does not fit an item's number of categories; names the items.
    """
    unknown = sorted(set(models) - set(MODELS))
    if unknown:
        raise ParameterError(f"model {unknown[0]!r} is not known; choose one of {', '.join(MODELS)}")
    free = [item for item in range(len(models)) if item not in fixed]
    keys = sorted({(models[item], int(n_categories[item])) for item in free})
    blocks = []
    for model, k in keys:
        index = np.array([i for i in free if models[i] == model and n_categories[i] == k], dtype=np.int64)
        if model in DICHOTOMOUS and k > 2:
            raise ParameterError(
                f"items {name_indices(index)} have responses above 1, {k} categories in all; {model} knows 0 and 1"
            )
        blocks.append(_free_block(model, index, k, priors))
    return (*blocks, *_fixed_blocks(fixed))


def _free_block(model: str, index: IntArray, k: int, priors: Priors) -> ItemBlock:
    """Items to be estimated, at a plain start; intercepts are set from the data later."""
    family, kind = _family_of(model, k)
    start = np.zeros((index.size, family.n_parameters))
    free = np.ones(family.n_parameters, dtype=np.bool_)
    shared = np.zeros(family.n_parameters, dtype=np.bool_)
    if kind == Kind.NOMINAL:
        start[:, : k - 1] = np.arange(1, k) / (k - 1.0)
    else:
        start[:, 0] = 1.0 if kind != Kind.PARTIAL_CREDIT else 1.0 / np.sqrt(k - 1.0)
    if model in FIXED_SLOPE:
        start[:, 0], free[0] = 1.0, False
    shared[0] = model == "1pl"
    if model == "rsm":
        shared[2:] = True
    if isinstance(family, Asymptotes):
        start[:, FLOOR] = np.log(START_GUESSING / (1.0 - START_GUESSING))
        start[:, CEILING] = np.inf if model == "3pl" else np.log(START_UPPER / (1.0 - START_UPPER))
        free[CEILING] = model == "4pl"
    return ItemBlock(model, kind, family, index, start, free, shared, priors)


def _family_of(model: str, k: int) -> tuple[Family, Kind]:
    """Curves of a model for k categories."""
    if model in {"3pl", "4pl"}:
        return Asymptotes(), Kind.LOGISTIC
    if model in DICHOTOMOUS:
        return partial_credit(2), Kind.LOGISTIC
    if model == "grm":
        return Graded(k), Kind.GRADED
    if model == "nominal":
        return nominal(k), Kind.NOMINAL
    return (rating_scale(k) if model == "rsm" else partial_credit(k)), Kind.PARTIAL_CREDIT


def _fixed_blocks(fixed: dict[int, ItemParameters]) -> list[ItemBlock]:
    """Items that are known: nothing of them is free."""
    if not fixed:
        return []
    places = np.array(sorted(fixed), dtype=np.int64)
    known = ItemParameters.join([fixed[int(place)] for place in places])
    blocks = []
    for block in blocks_of(known):
        nothing = np.zeros(block.parameters.shape[1], dtype=np.bool_)
        kind = Kind(int(known.kind[block.items[0]]))
        blocks.append(
            ItemBlock(
                "fixed", kind, block.family, places[block.items], block.parameters, nothing, nothing.copy(), Priors()
            )
        )
    return blocks
