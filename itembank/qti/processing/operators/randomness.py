"""Random draws, the same on every machine for the same seed."""

from __future__ import annotations

import math

from itembank.qti.nodes import Node
from itembank.qti.processing.run import Run, operator
from itembank.qti.processing.values import Value, number, real, single


def _bound(run: Run, text: str, default: float) -> float:
    """Return a bound, written or held by a variable."""
    held = number(run.values.get(text))
    if held is not None:
        return float(held)
    try:
        written = float(text)
    except ValueError:
        return default
    return written if math.isfinite(written) else default


@operator("random")
def random_member(run: Run, node: Node) -> Value | None:
    """Draw one member of a container."""
    held = run.evaluate(node.children[0]) if node.children else None
    if held is None or not held.items:
        return None
    return single(held.base_type, held.items[int(run.random.random() * len(held.items))])


@operator("randomInteger")
def random_integer(run: Run, node: Node) -> Value | None:
    """Draw a whole number from min, min + step, … up to max."""
    low, high = int(_bound(run, node.get("min"), 0)), int(_bound(run, node.get("max"), 0))
    step = max(1, int(_bound(run, node.get("step"), 1)))
    if high < low:
        return None
    return single("integer", low + step * int(run.random.random() * ((high - low) // step + 1)))


@operator("randomFloat")
def random_float(run: Run, node: Node) -> Value | None:
    """Draw a number between min and max."""
    low, high = _bound(run, node.get("min"), 0.0), _bound(run, node.get("max"), 1.0)
    return real(low + run.random.random() * (high - low))
