"""What may stand in an item or passage: the allow-list that reading checks by and rendering builds by."""

from __future__ import annotations

from typing import Final

from lxml import etree
from lxml.etree import _Element

MATHML: Final = "http://www.w3.org/1998/Math/MathML"
SVG: Final = "http://www.w3.org/2000/svg"
XML_LANG: Final = "{http://www.w3.org/XML/1998/namespace}lang"

_HTML_NAMES = (
    "abbr address article b bdo blockquote br caption cite code col colgroup dd dfn div dl dt em figcaption figure "
    "h1 h2 h3 h4 h5 h6 hr i img kbd li ol p pre q rb rp rt ruby s samp section small span strong sub sup table tbody "
    "td tfoot th thead tr u ul var"
)
HTML_ELEMENTS: Final = frozenset(_HTML_NAMES.split())
HTML_ATTRIBUTES: Final = {
    "abbr": frozenset(["title"]),
    "bdo": frozenset(["dir"]),
    "col": frozenset(["span"]),
    "colgroup": frozenset(["span"]),
    "li": frozenset(["value"]),
    "ol": frozenset(["start", "type", "reversed"]),
    "td": frozenset(["colspan", "rowspan"]),
    "th": frozenset(["colspan", "rowspan", "scope"]),
}
"""Attributes that are copied; pictures, languages and classes have rules of their own."""

_MATH_NAMES = (
    "math menclose merror mfenced mfrac mi mlabeledtr mmultiscripts mn mo mover mpadded mphantom mprescripts "
    "mroot mrow ms mspace msqrt mstyle msub msubsup msup mtable mtd mtext mtr munder munderover none semantics"
)
MATH_ELEMENTS: Final = frozenset(_MATH_NAMES.split())
MATH_SKIPPED: Final = frozenset(["annotation", "annotation-xml"])
"""Other notations of the same formula, which nobody sees; foreign markup could hide in them."""
_MATH_ATTRIBUTE_NAMES = (
    "accent accentunder alttext close columnalign columnlines columnspacing columnspan depth dir display displaystyle "
    "fence form frame height largeop linethickness lspace mathsize mathvariant maxsize minsize movablelimits notation "
    "open rowalign rowlines rowspacing rowspan rspace scriptlevel separator separators stretchy symmetric voffset "
    "width"
)
MATH_ATTRIBUTES: Final = frozenset(_MATH_ATTRIBUTE_NAMES.split())

UNWRAPPED: Final = frozenset(["a", "contentBody", "acronym", "big", "tt", "center", "font"])
"""Elements whose content is shown without them: links lead out of a test, the others are only looks."""

INTERACTIONS: Final = {
    "choiceInteraction": "choice",
    "inlineChoiceInteraction": "inline choice",
    "textEntryInteraction": "text entry",
    "extendedTextInteraction": "extended text",
    "hottextInteraction": "hottext",
    "sliderInteraction": "slider",
    "orderInteraction": "order",
    "matchInteraction": "match",
    "gapMatchInteraction": "gap match",
    "associateInteraction": "associate",
    "hotspotInteraction": "hotspot",
    "graphicGapMatchInteraction": "graphic gap match",
    "selectPointInteraction": "select point",
}
"""Interactions that can be shown and answered, and what authors call them."""

SKIPPED_SUBTREES: Final = frozenset(["feedbackBlock", "feedbackInline", "stylesheet", "catalogInfo"])
"""Parts that a pupil never sees during a test; feedback would give the key away."""


def is_math(element: _Element) -> bool:
    """Whether the element belongs to MathML, by namespace."""
    return etree.QName(element).namespace == MATHML


def spoken_formula(element: _Element) -> str:
    """What a screen reader says of a ``math`` element, as its author wrote it; "" where nobody did."""
    return " ".join(element.get("alttext", "").split())


def local_name(element: _Element) -> str:
    """Name of the element as written, without its namespace."""
    return etree.QName(element).localname
