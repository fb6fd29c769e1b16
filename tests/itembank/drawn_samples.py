"""Items that are drawn, small ones of our own, for the tests."""

from __future__ import annotations

QTI = "http://www.imsglobal.org/xsd/imsqtiasi_v3p0"
MATCH = '<qti-response-processing template="https://purl.imsglobal.org/spec/qti/v3p0/rptemplates/match_correct.xml"/>'


def variable(identifier: str, base_type: str = "integer", extra: str = "") -> str:
    """Declare a template variable."""
    return (
        f'<qti-template-declaration identifier="{identifier}" cardinality="single" base-type="{base_type}" {extra}/>\n'
    )


def draws(identifier: str, low: int, high: int) -> str:
    """Draw a whole number."""
    drawn = f'<qti-random-integer min="{low}" max="{high}"/>'
    return f'<qti-set-template-value identifier="{identifier}">{drawn}</qti-set-template-value>\n'


def sets(identifier: str, base_type: str, text: str) -> str:
    """Set a value that is always the same."""
    value = f'<qti-base-value base-type="{base_type}">{text}</qti-base-value>'
    return f'<qti-set-template-value identifier="{identifier}">{value}</qti-set-template-value>\n'


def draws_word(identifier: str, *words: str) -> str:
    """Draw one of some identifiers."""
    values = "".join(f'<qti-base-value base-type="identifier">{word}</qti-base-value>' for word in words)
    drawn = f"<qti-random><qti-multiple>{values}</qti-multiple></qti-random>"
    return f'<qti-set-template-value identifier="{identifier}">{drawn}</qti-set-template-value>\n'


BOTH = draws("A", 2, 9) + draws("B", 2, 9)
NEVER = (
    '<qti-template-constraint><qti-gt><qti-variable identifier="A"/><qti-base-value base-type="integer">99'
    "</qti-base-value></qti-gt></qti-template-constraint>\n"
)
PRODUCT = '<qti-product><qti-variable identifier="A"/><qti-variable identifier="B"/></qti-product>'
SET_PRODUCT = f'<qti-set-correct-response identifier="RESPONSE">{PRODUCT}</qti-set-correct-response>\n'
DIFFERENT = (
    '<qti-template-constraint><qti-not><qti-equal tolerance-mode="exact"><qti-variable identifier="A"/>'
    '<qti-variable identifier="B"/></qti-equal></qti-not></qti-template-constraint>\n'
)
BODY = (
    '<p>Hoeveel is <qti-printed-variable identifier="A"/> maal <qti-printed-variable identifier="B"/>? '
    '<qti-text-entry-interaction response-identifier="RESPONSE"/></p>'
)


def drawn_item(
    identifier: str = "S-1",
    *,
    variables: str = variable("A") + variable("B"),
    rules: str = draws("A", 2, 9) + draws("B", 2, 9) + DIFFERENT + SET_PRODUCT,
    body: str = BODY,
    base_type: str = "integer",
    cardinality: str = "single",
    extra: str = "",
    beside: str = "",
) -> bytes:
    """Return an item in QTI 3; by default a product of two different numbers from 2 to 9."""
    return (
        f'<qti-assessment-item xmlns="{QTI}" identifier="{identifier}" title="Maal" adaptive="false" '
        f'time-dependent="false" xml:lang="nl-BE">\n'
        f'<qti-response-declaration identifier="RESPONSE" cardinality="{cardinality}" base-type="{base_type}">{extra}'
        "</qti-response-declaration>\n"
        '<qti-outcome-declaration identifier="SCORE" cardinality="single" base-type="float"/>\n'
        f"{variables}<qti-template-processing>\n{rules}</qti-template-processing>\n"
        f"<qti-item-body>{body}</qti-item-body>{beside}\n{MATCH}\n</qti-assessment-item>"
    ).encode()


def filled(text: str) -> str:
    """Write a default value."""
    return f"<qti-default-value><qti-value>{text}</qti-value></qti-default-value>"


CATALOG = (
    '<qti-catalog-info><qti-catalog id="c"><qti-card support="spoken"><qti-html-content>vermenigvuldig'
    '</qti-html-content></qti-card><qti-card support="glossary-on-screen"><qti-html-content>Maal is keer.'
    "</qti-html-content></qti-card></qti-catalog></qti-catalog-info>"
)
WITH_CATALOG = BODY.replace("<p>", '<p data-catalog-idref="c">')
SET_POINT = (
    '<qti-template-condition><qti-template-if><qti-gt><qti-variable identifier="A"/><qti-base-value '
    'base-type="integer">5</qti-base-value></qti-gt><qti-set-correct-response identifier="RESPONSE"><qti-base-value '
    'base-type="point">60 50</qti-base-value></qti-set-correct-response></qti-template-if><qti-template-else>'
    '<qti-set-correct-response identifier="RESPONSE"><qti-base-value base-type="point">160 20</qti-base-value>'
    "</qti-set-correct-response></qti-template-else></qti-template-condition>"
)
"""The key is one point where A is above 5, and another where it is not."""
PLAN = (
    '<qti-select-point-interaction response-identifier="RESPONSE" max-choices="1"><qti-prompt>Is '
    '<qti-printed-variable identifier="A"/> meer dan 5?</qti-prompt><img src="plan.svg" alt="plan" width="200" '
    'height="100"/></qti-select-point-interaction>'
)
