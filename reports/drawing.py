"""The few SVG shapes that our charts are made of.

Colours differ in lightness as well as in hue and never carry meaning alone: the school is solid, the reference
dashed, so that a chart survives every kind of colour blindness and a grey printer.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from html import escape

INK = "#1c2733"
QUIET = "#4a5663"
GRID = "#d9dfe5"
SCHOOL = "#14508c"
SCHOOL_LIGHT = "#a9c8e8"
REFERENCE = "#9a3b00"
DASHES = "6 4"

TEXT_SIZE = 12.0
LETTER_WIDTH = 0.52
"""Mean width of a letter in text sizes; labels are placed without measuring fonts."""


def text_width(words: str, size: float = TEXT_SIZE) -> float:
    """Estimate the width of a label, in user units."""
    return len(words) * size * LETTER_WIDTH


def shortened(words: str, width: float, size: float = TEXT_SIZE) -> str:
    """Cut a label that would be wider than ``width``, with an ellipsis."""
    fit = max(1, int(width / (size * LETTER_WIDTH)))
    return words if len(words) <= fit else words[: fit - 1].rstrip() + "…"


def friendly_ticks(low: float, high: float, n_wanted: int) -> list[float]:
    """Round numbers from ``low`` to ``high``, about ``n_wanted`` of them."""
    rough = (high - low) / max(n_wanted, 1)
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(power * factor for factor in (1.0, 2.0, 2.5, 5.0, 10.0) if power * factor >= rough * (1.0 - 1e-9))
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    return [index * step for index in range(first, last + 1)]


@dataclass(frozen=True, slots=True)
class Axis:
    """Linear map from values to user units."""

    low: float
    high: float
    start: float
    end: float

    def __call__(self, value: float) -> float:
        """Place of a value; values beyond the axis are put at its end."""
        inside = min(max(value, self.low), self.high)
        return self.start + (inside - self.low) / (self.high - self.low) * (self.end - self.start)


@dataclass(slots=True)
class Drawing:
    """An SVG picture with a title and a description for those who cannot see it."""

    width: float
    identifier: str
    title: str
    description: str
    _parts: list[str] = field(default_factory=list)

    def line(
        self, x1: float, y1: float, x2: float, y2: float, *, stroke: str = INK, width: float = 1.0, dashes: str = ""
    ) -> None:
        """Draw a straight line."""
        self._add("line", x1=x1, y1=y1, x2=x2, y2=y2, stroke=stroke, stroke_width=width, stroke_dasharray=dashes)

    def path(self, points: list[tuple[float, float]], *, stroke: str, width: float = 1.0, dashes: str = "") -> None:
        """Draw a line through points."""
        d = "M" + "L".join(f"{_units(x)} {_units(y)}" for x, y in points)
        self._add("path", d=d, fill="none", stroke=stroke, stroke_width=width, stroke_dasharray=dashes)

    def rectangle(
        self, x: float, y: float, width: float, height: float, *, fill: str, stroke: str = "none", opacity: float = 1.0
    ) -> None:
        """Draw a filled rectangle."""
        size = {"width": max(width, 0.0), "height": max(height, 0.0)}
        self._add("rect", x=x, y=y, **size, fill=fill, stroke=stroke, fill_opacity=opacity if opacity < 1.0 else "")

    def dot(self, x: float, y: float, radius: float, *, fill: str) -> None:
        """Draw a filled circle."""
        self._add("circle", cx=x, cy=y, r=radius, fill=fill)

    def diamond(self, x: float, y: float, radius: float, *, stroke: str) -> None:
        """Draw an open diamond."""
        points = [(x, y - radius), (x + radius, y), (x, y + radius), (x - radius, y)]
        d = "M" + "L".join(f"{_units(a)} {_units(b)}" for a, b in points) + "Z"
        self._add("path", d=d, fill="#ffffff", stroke=stroke, stroke_width=1.6)

    def label(
        self, x: float, y: float, words: str, *, fill: str = INK, anchor: str = "start", bold: bool = False
    ) -> None:
        """Write a text; ``y`` is its baseline."""
        weight = "600" if bold else ""
        attributes = _attributes(x=x, y=y, fill=fill, text_anchor=anchor, font_weight=weight)
        self._parts.append(f"<text{attributes}>{escape(words)}</text>")

    def svg(self, height: float) -> str:
        """Return the whole picture as an SVG element, ``height`` user units high."""
        title, description = f"{self.identifier}-titel", f"{self.identifier}-beschrijving"
        head = (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_units(self.width)} {_units(height)}" '
            f'width="{_units(self.width)}" height="{_units(height)}" role="img" '
            f'aria-labelledby="{title} {description}" '
            f'font-family="Libertinus Serif" font-size="{_units(TEXT_SIZE)}">'
        )
        name = f'<title id="{title}">{escape(self.title)}</title>'
        words = f'<desc id="{description}">{escape(self.description)}</desc>'
        return head + name + words + "".join(self._parts) + "</svg>"

    def _add(self, tag: str, **attributes: float | str) -> None:
        """Add one empty element."""
        self._parts.append(f"<{tag}{_attributes(**attributes)}/>")


def _attributes(**attributes: float | str) -> str:
    """Write attributes; empty ones are left out."""
    written = ((name.replace("_", "-"), v if isinstance(v, str) else _units(v)) for name, v in attributes.items())
    return "".join(f' {name}="{escape(value)}"' for name, value in written if value)


def _units(value: float) -> str:
    """Write a length with at most two decimals."""
    return f"{value:.2f}".rstrip("0").rstrip(".")


@dataclass(frozen=True, slots=True)
class Picture:
    """What a chart is called, and says to those who cannot see it.

    Attributes
    ----------
    identifier : unique on the page
    title, description : short name; what the chart shows, in words
    width : user units
    """

    identifier: str
    title: str
    description: str
    width: float

    def drawing(self) -> Drawing:
        """Empty drawing of this name and width."""
        return Drawing(self.width, self.identifier, self.title, self.description)
