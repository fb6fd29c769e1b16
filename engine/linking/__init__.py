"""Links between the scales of separate calibrations."""

from __future__ import annotations

from engine.linking.link import LinkOptions, link_scales, with_linking_error
from engine.linking.parameters import covariance_for_link, parameter_names
from engine.linking.values import Link, LinkMethod

__all__ = [
    "Link",
    "LinkMethod",
    "LinkOptions",
    "covariance_for_link",
    "link_scales",
    "parameter_names",
    "with_linking_error",
]
