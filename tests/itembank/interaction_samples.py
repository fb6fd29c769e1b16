"""One small item of each interaction that has more to it than a choice, in both spellings of QTI."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from itembank import Interaction, ItemSource, Response, ResponseField, ResponseValue, Scale, read_item

NAMESPACE = "http://www.imsglobal.org/xsd/imsqtiasi_v3p0"
TEMPLATES = "https://purl.imsglobal.org/spec/qti/v3p0/rptemplates"


@dataclass(frozen=True)
class Sample:
    """An interaction, its declaration, and what reading must make of it."""

    name: str
    cardinality: str
    base_type: str
    key: tuple[str, ...]
    body: str
    field: ResponseField
    right: ResponseValue
    wrong: ResponseValue
    scored: tuple[str, str] = ("match_correct", "")

    def xml(self, template: str = "", mapping: str = "") -> str:
        """Item of QTI 3 that is scored by a standard template, its own unless another is named."""
        template, mapping = (template, mapping) if template else (self.scored[0], mapping or self.scored[1])
        values = "".join(f"<qti-value>{value}</qti-value>" for value in self.key)
        return (
            f'<qti-assessment-item xmlns="{NAMESPACE}" identifier="{self.name}" title="t" adaptive="false">\n'
            f'<qti-response-declaration identifier="RESPONSE" cardinality="{self.cardinality}" '
            f'base-type="{self.base_type}"><qti-correct-response>{values}</qti-correct-response>{mapping}'
            "</qti-response-declaration>\n"
            '<qti-outcome-declaration identifier="SCORE" cardinality="single" base-type="float"/>\n'
            f"<qti-item-body>\n{self.body}\n</qti-item-body>\n"
            f'<qti-response-processing template="{TEMPLATES}/{template}.xml"/></qti-assessment-item>'
        )

    @property
    def responses(self) -> tuple[Response, Response]:
        """A right and a wrong one."""
        return {"RESPONSE": self.right}, {"RESPONSE": self.wrong}


def _camel(match: re.Match[str]) -> str:
    """Write one name as QTI 2 does."""
    head, *tail = match.group(0).removeprefix("qti-").split("-")
    return head + "".join(part.capitalize() for part in tail)


def old_spelling(xml: str) -> str:
    """Return the same item in the spelling of QTI 2.2."""
    plain = re.sub(r"(?<=[<\s/])(?:qti-)?[a-z]+(?:-[a-z]+)*(?=[\s=>/])", _camel, xml.replace(NAMESPACE, "urn:0"))
    return plain.replace("urn:0", "http://www.imsglobal.org/xsd/imsqti_v2p2").replace(
        TEMPLATES, "http://www.imsglobal.org/question/qti_v2p2/rptemplates"
    )


_HOTTEXT = """<qti-hottext-interaction response-identifier="RESPONSE" max-choices="{}"><p>De
<qti-hottext identifier="A">hond</qti-hottext> <qti-hottext identifier="B"><em>blaft</em></qti-hottext> en
<qti-hottext identifier="C">slaapt</qti-hottext>.</p></qti-hottext-interaction>"""

HOTTEXT = Sample(
    "hottext",
    "single",
    "identifier",
    ("B",),
    _HOTTEXT.format(1),
    ResponseField("RESPONSE", Interaction.HOTTEXT, ("A", "B", "C")),
    "B",
    "A",
)
MULTIPLE_HOTTEXT = Sample(
    "multiple-hottext",
    "multiple",
    "identifier",
    ("B", "C"),
    _HOTTEXT.format(2),
    ResponseField("RESPONSE", Interaction.MULTIPLE_HOTTEXT, ("A", "B", "C"), 2),
    ["C", "B"],
    ["B"],
)
SLIDER = Sample(
    "slider",
    "single",
    "float",
    ("0.3",),
    '<qti-slider-interaction response-identifier="RESPONSE" lower-bound="-1" upper-bound="2" step="0.1"/>',
    ResponseField("RESPONSE", Interaction.SLIDER, scale=Scale(-1.0, 2.0, 0.1)),
    "0.3",
    "0.4",
)
ORDER = Sample(
    "order",
    "ordered",
    "identifier",
    ("C", "A", "B"),
    """<qti-order-interaction response-identifier="RESPONSE"><qti-simple-choice identifier="A">a</qti-simple-choice>
<qti-simple-choice identifier="B">b</qti-simple-choice><qti-simple-choice identifier="C">c</qti-simple-choice>
</qti-order-interaction>""",
    ResponseField("RESPONSE", Interaction.ORDER, ("A", "B", "C"), 3),
    ["C", "A", "B"],
    ["C", "B"],
)
MATCH = Sample(
    "match",
    "multiple",
    "directedPair",
    ("A X", "B X"),
    """<qti-match-interaction response-identifier="RESPONSE" max-associations="2"><qti-simple-match-set>
<qti-simple-associable-choice identifier="A" match-max="1">a</qti-simple-associable-choice>
<qti-simple-associable-choice identifier="B" match-max="1">b</qti-simple-associable-choice></qti-simple-match-set>
<qti-simple-match-set><qti-simple-associable-choice identifier="X" match-max="2">x</qti-simple-associable-choice>
<qti-simple-associable-choice identifier="Y" match-max="0">y</qti-simple-associable-choice></qti-simple-match-set>
</qti-match-interaction>""",
    ResponseField("RESPONSE", Interaction.MATCH, ("A", "B"), 2, places=("X", "Y"), uses=(1, 1, 2, 0)),
    ["B X", "A X"],
    ["A X", "B Y"],
)
GAP_MATCH = Sample(
    "gap-match",
    "multiple",
    "directedPair",
    ("A G1", "A G2"),
    """<qti-gap-match-interaction response-identifier="RESPONSE" max-associations="0">
<qti-gap-text identifier="A" match-max="2">een
</qti-gap-text><qti-gap-text identifier="B" match-max="1">de</qti-gap-text><p>Hij heeft <qti-gap identifier="G1"/> kat
en <qti-gap identifier="G2"/> hond.</p></qti-gap-match-interaction>""",
    ResponseField("RESPONSE", Interaction.GAP_MATCH, ("A", "B"), 0, places=("G1", "G2"), uses=(2, 1, 1, 1)),
    ["A G2", "A G1"],
    ["A G1", "B G2"],
)
ASSOCIATE = Sample(
    "associate",
    "multiple",
    "pair",
    ("A B", "D C"),
    """<qti-associate-interaction response-identifier="RESPONSE" max-associations="2">
<qti-simple-associable-choice identifier="A" match-max="1">a</qti-simple-associable-choice>
<qti-simple-associable-choice identifier="B" match-max="1">b</qti-simple-associable-choice>
<qti-simple-associable-choice identifier="C" match-max="1">c</qti-simple-associable-choice>
<qti-simple-associable-choice identifier="D" match-max="1">d</qti-simple-associable-choice>
</qti-associate-interaction>""",
    ResponseField("RESPONSE", Interaction.ASSOCIATE, ("A", "B", "C", "D"), 2, uses=(1, 1, 1, 1)),
    ["B A", "C D"],
    ["A C", "B D"],
)
CHOICE = Sample(
    "choice",
    "single",
    "identifier",
    ("B",),
    """<qti-choice-interaction response-identifier="RESPONSE" max-choices="1"><qti-prompt>Welk dier blaft?</qti-prompt>
<qti-simple-choice identifier="A">kat</qti-simple-choice><qti-simple-choice identifier="B"><p>hond</p>
</qti-simple-choice> <qti-simple-choice identifier="C">kip</qti-simple-choice></qti-choice-interaction>""",
    ResponseField("RESPONSE", Interaction.CHOICE, ("A", "B", "C")),
    "B",
    "A",
)
MULTIPLE_CHOICE = Sample(
    "multiple-choice",
    "multiple",
    "identifier",
    ("A", "C"),
    """<qti-choice-interaction response-identifier="RESPONSE" max-choices="2"><qti-prompt>Welke twee dieren leggen
eieren?</qti-prompt><qti-simple-choice identifier="A">de kip</qti-simple-choice><qti-simple-choice identifier="B">de koe
</qti-simple-choice><qti-simple-choice identifier="C">de schildpad</qti-simple-choice></qti-choice-interaction>""",
    ResponseField("RESPONSE", Interaction.MULTIPLE_CHOICE, ("A", "B", "C"), 2),
    ["C", "A"],
    ["B", "C"],
)
INLINE_CHOICE = Sample(
    "inline-choice",
    "single",
    "identifier",
    ("A",),
    """<p>De <qti-inline-choice-interaction response-identifier="RESPONSE">
<qti-inline-choice identifier="A">hond</qti-inline-choice>
<qti-inline-choice identifier="B">kat</qti-inline-choice></qti-inline-choice-interaction> blaft</p>""",
    ResponseField("RESPONSE", Interaction.INLINE_CHOICE, ("A", "B")),
    "A",
    "B",
)
TEXT_ENTRY = Sample(
    "text-entry",
    "single",
    "float",
    ("3.5",),
    """<p>De helft van 7 is <qti-text-entry-interaction response-identifier="RESPONSE" expected-length="4"/></p>""",
    ResponseField("RESPONSE", Interaction.TEXT_ENTRY),
    "3,5",
    "35",
)
EXTENDED_TEXT = Sample(
    "extended-text",
    "single",
    "string",
    ("Omdat hij honger heeft.",),
    """<qti-extended-text-interaction response-identifier="RESPONSE" expected-lines="4">
<qti-prompt>Waarom blaft de hond?</qti-prompt></qti-extended-text-interaction>""",
    ResponseField("RESPONSE", Interaction.EXTENDED_TEXT),
    "Omdat hij honger heeft.",
    "Omdat",
)
SHUFFLING = (CHOICE, MULTIPLE_CHOICE, INLINE_CHOICE, ORDER, MATCH, GAP_MATCH, ASSOCIATE)
"""Those whose choices an author may let be shown in any order."""
_HOTSPOT = """<qti-hotspot-interaction response-identifier="RESPONSE" max-choices="{}">
<qti-prompt>Duid aan.</qti-prompt>
<img src="plan.svg" alt="plan" width="200" height="100"/>
<qti-hotspot-choice identifier="A" shape="circle" coords="40,50,20" hotspot-label="links"/>
<qti-hotspot-choice identifier="B" shape="rect" coords="80,30,120,70" hotspot-label="midden"/>
<qti-hotspot-choice identifier="C" shape="poly" coords="160,20,190,80,130,80" hotspot-label="rechts"/>
</qti-hotspot-interaction>"""
HOTSPOT = Sample(
    "hotspot",
    "single",
    "identifier",
    ("B",),
    _HOTSPOT.format(1),
    ResponseField("RESPONSE", Interaction.HOTSPOT, ("A", "B", "C")),
    "B",
    "A",
)
MULTIPLE_HOTSPOT = Sample(
    "multiple-hotspot",
    "multiple",
    "identifier",
    ("B", "C"),
    _HOTSPOT.format(2),
    ResponseField("RESPONSE", Interaction.MULTIPLE_HOTSPOT, ("A", "B", "C"), 2),
    ["C", "B"],
    ["B"],
)
GRAPHIC_GAP_MATCH = Sample(
    "graphic-gap-match",
    "multiple",
    "directedPair",
    ("A P", "B Q"),
    """<qti-graphic-gap-match-interaction response-identifier="RESPONSE" max-associations="2">
<object data="plan.svg" type="image/svg+xml" width="200" height="100">plan</object>
<qti-gap-img identifier="A" match-max="1" object-label="een rode stip"><object data="stip.svg" type="image/svg+xml"
 width="20" height="20"/></qti-gap-img>
<qti-gap-text identifier="B" match-max="1">huis</qti-gap-text>
<qti-gap-text identifier="C" match-max="1">weg</qti-gap-text>
<qti-associable-hotspot identifier="P" match-max="1" shape="ellipse" coords="40,50,20,10" hotspot-label="links"/>
<qti-associable-hotspot identifier="Q" match-max="2" shape="default" coords="" hotspot-label="de rest"/>
</qti-graphic-gap-match-interaction>""",
    ResponseField(
        "RESPONSE", Interaction.GRAPHIC_GAP_MATCH, ("A", "B", "C"), 2, places=("P", "Q"), uses=(1, 1, 1, 1, 2)
    ),
    ["B Q", "A P"],
    ["A Q", "B P"],
)
SELECT_POINT = Sample(
    "select-point",
    "multiple",
    "point",
    ("40 50", "160 20"),
    """<qti-select-point-interaction response-identifier="RESPONSE" max-choices="2"><qti-prompt>Duid aan.</qti-prompt>
<img src="plan.svg" alt="plan" width="200" height="100"/></qti-select-point-interaction>""",
    ResponseField("RESPONSE", Interaction.SELECT_POINT, maximum=2, picture=(200, 100)),
    ["160 20", "40 50"],
    ["40 50", "160 31"],
    (
        "map_response_point",
        """<qti-area-mapping default-value="0">
<qti-area-map-entry shape="circle" coords="40,50,10" mapped-value="0.5"/>
<qti-area-map-entry shape="rect" coords="150,10,170,30" mapped-value="0.5"/></qti-area-mapping>""",
    ),
)
GRAPHIC = (HOTSPOT, MULTIPLE_HOTSPOT, GRAPHIC_GAP_MATCH, SELECT_POINT)
SAMPLES = (
    CHOICE,
    MULTIPLE_CHOICE,
    INLINE_CHOICE,
    TEXT_ENTRY,
    HOTTEXT,
    MULTIPLE_HOTTEXT,
    SLIDER,
    ORDER,
    MATCH,
    GAP_MATCH,
    ASSOCIATE,
    *GRAPHIC,
)
"""Those that a machine scores."""
SHOWN = (*SAMPLES, EXTENDED_TEXT)
"""Those that a pupil can be shown."""
MEDIA = {"plan.svg": f"{'0' * 64}.svg", "stip.svg": f"{'1' * 64}.svg"}


def read_sample(xml: str) -> ItemSource:
    """Read an item whose pictures are in the bank."""
    return replace(read_item(xml.encode()), media=MEDIA)
