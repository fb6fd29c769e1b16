"""What estimation needs of a response model, in slope-intercept form, for many items of one shape at once."""

from __future__ import annotations

from typing import Protocol

from engine.arrays import FloatArray


class Family(Protocol):
    """Curves and derivatives of n_items items that share a form and a number of categories.

    Parameters come as an array (n_items, n_parameters) of free and fixed values; ``nodes`` are abilities,
    (n_nodes,) the same for all items or (n_items, n_nodes) of their own. Everything that does not depend on
    the model sees only the log-probabilities.
    """

    @property
    def n_categories(self) -> int:
        """Number of categories."""
        ...

    @property
    def n_parameters(self) -> int:
        """Number of parameters of an item, fixed ones among them."""
        ...

    def log_probability(self, parameters: FloatArray, nodes: FloatArray) -> FloatArray:
        """Log-probability of every category, (n_items, n_categories, n_nodes), finite everywhere."""
        ...

    def score(self, parameters: FloatArray, nodes: FloatArray) -> FloatArray:
        """Derivative of the log-probabilities, (n_items, n_categories, n_parameters, n_nodes)."""
        ...

    def ascend(
        self, parameters: FloatArray, nodes: FloatArray, log_p: FloatArray, counts: FloatArray
    ) -> tuple[FloatArray, FloatArray]:
        """Gradient (n_items, n_parameters) and a positive curvature (…, n_parameters, n_parameters) of the fit.

        The fit is the sum over categories and nodes of counts times log-probability; the curvature is the
        expected information (Fisher scoring), which for divide-by-total models is Newton's.
        """
        ...

    def information(
        self, parameters: FloatArray, nodes: FloatArray, log_p: FloatArray, counts: FloatArray
    ) -> FloatArray:
        """Negative second derivative of the fit at these counts, exactly: the complete-data observed information."""
        ...

    def by_ability(self, parameters: FloatArray, nodes: FloatArray, log_p: FloatArray) -> tuple[FloatArray, FloatArray]:
        """First and second derivative of the log-probabilities to ability, (n_items, n_categories, n_nodes) each."""
        ...
