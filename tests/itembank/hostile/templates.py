"""Attacks by templates: what draws for ever, swells, hides a question, or puts markup where a value is printed."""

from __future__ import annotations

from collections.abc import Iterator

from tests.itembank.drawn_samples import BODY, DIFFERENT, SET_PRODUCT, drawn_item, draws, sets, variable
from tests.itembank.hostile.making import Case, Clean, one

NEVER = '<qti-template-constraint><qti-base-value base-type="boolean">false</qti-base-value></qti-template-constraint>'
BOTH = draws("A", 2, 9) + draws("B", 2, 9)
SCRIPT = "&lt;script&gt;alert(1)&lt;/script&gt;"
LETTERS = variable("A", "string", 'math-variable="true"') + variable("B")
FORMULA = '<math xmlns="http://www.w3.org/1998/Math/MathML" alttext="A"><mi>A</mi></math>'
KEY = "<qti-correct-response><qti-value>4</qti-value></qti-correct-response>"


FILLED = Clean("However many values and parts a draw fills, each is filled once, in steps that are counted.", lacks="[\ufdd0-\ufdef]|printed-variable|template-", shows="data-field=")  # fmt: skip
PRINTED = Clean("A value that a draw prints is escaped where it stands, in a text and in an attribute alike.", lacks="<script", shows="&lt;script&gt;alert")  # fmt: skip


def _printing(pattern: str) -> str:
    """Print a number in a format."""
    return BODY.replace('variable identifier="A"', f'variable identifier="A" format="{pattern}"')


def templates() -> Iterator[Case]:
    """Templates that cost, or that show what they should not."""
    many = "".join(variable(f"V{number}") for number in range(6_000))
    endless = {
        "constraint that never holds": BOTH + NEVER + SET_PRODUCT,
        "many constraints": BOTH + NEVER * 3_000 + SET_PRODUCT,
        "many draws": draws("A", 2, 9) * 6_000 + SET_PRODUCT,
        "draws and a constraint": draws("A", 2, 9) * 4_000 + NEVER,
    }
    for name, rules in endless.items():
        yield Case("templates", name, one(drawn_item(rules=rules)), "template")
    crowd = drawn_item(variables=variable("A") + variable("B") + many, rules=BOTH + NEVER)
    yield Case("templates", "many variables drawn again", one(crowd), "template")
    huge = draws("A", 2, 10**30) + draws("B", -(10**30), 9) + DIFFERENT + SET_PRODUCT
    yield Case("templates", "huge numbers", one(drawn_item(rules=huge, base_type="float")), "no correct response in")
    deep = "<qti-template-inline template-identifier='A' identifier='x'>" * 90 + "a" + "</qti-template-inline>" * 90
    yield Case("templates", "parts in parts", one(drawn_item(body=f"<p>{deep * 60}</p>{BODY}")), FILLED)
    printed = drawn_item(body=BODY + '<p><qti-printed-variable identifier="A"/></p>' * 6_000)
    yield Case("templates", "many values", one(printed), FILLED)
    words = drawn_item(
        variables=LETTERS, rules=sets("A", "string", SCRIPT) + draws("B", 1, 9), body=FORMULA + BODY, extra=KEY
    )
    yield Case("templates", "script as a value", one(words), PRINTED)
    swelling = sets("A", "string", "x" * 5_000) + draws("B", 1, 9)
    yield Case(
        "templates", "long value", one(drawn_item(variables=LETTERS, rules=swelling, extra=KEY)), "200 characters"
    )
    for pattern in ("%999999999d", "%.999999f", "%*d", "%s%s%s%s", "%n", "%(A)s", "%d" * 99, "{A}"):
        yield Case("templates", f"format {pattern[:20]}", one(drawn_item(body=_printing(pattern))), "number format")
    for name in ("RESPONSE", "SCORE", "Z", ""):
        body = BODY.replace('identifier="A"', f'identifier="{name}"')
        yield Case("templates", f"prints {name!r}", one(drawn_item(body=body)), "no template variable")
    for mark in "\ufdd0\ufdd1\ufdd2\ufdd3":
        yield Case("templates", f"mark {mark!r}", one(drawn_item(body=f"<p>{mark}0</p>{BODY}")), "noncharacter")
    hidden = f'<qti-template-block template-identifier="A" identifier="x">{BODY}</qti-template-block>'
    yield Case("templates", "question that may hide", one(drawn_item(body=hidden)), "might not be shown")
