"""One small item of each interaction that has more to it than a choice, in both spellings of QTI."""

from __future__ import annotations

import re
from dataclasses import dataclass

from itembank import Interaction, Response, ResponseField, ResponseValue, Scale

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

    def xml(self, template: str = "match_correct", mapping: str = "") -> str:
        """Item of QTI 3 that is scored by a standard template."""
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
SAMPLES = (HOTTEXT, MULTIPLE_HOTTEXT, SLIDER)
