"""Response models: families of item parameters and the probabilities they give."""

from __future__ import annotations

from engine.models.logistic import ItemParameters, item_information, log_probabilities, probability_correct

__all__ = ["ItemParameters", "item_information", "log_probabilities", "probability_correct"]
