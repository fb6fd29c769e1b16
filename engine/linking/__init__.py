"""Links between the scales of separate calibrations."""

from __future__ import annotations

from engine.linking.link import LinkOptions, link_scales, with_linking_error
from engine.linking.parameters import parameter_names
from engine.linking.values import Link, LinkMethod

__all__ = ["Link", "LinkMethod", "LinkOptions", "link_scales", "parameter_names", "with_linking_error"]
