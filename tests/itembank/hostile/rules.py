"""Attacks by the rules: what loops, swells, divides by zero, overflows or matches for ever."""

from __future__ import annotations

from collections.abc import Iterator

from tests.itembank.hostile.making import Case, Clean, item, one

ENTRY = '<p><qti-text-entry-interaction response-identifier="RESPONSE"/></p>'
COLLECTION = '<qti-outcome-declaration identifier="BAG" cardinality="multiple" base-type="float"/>'
_BASE = '<qti-base-value base-type="{}">{}</qti-base-value>'


def base(value: object, kind: str = "float") -> str:
    """Write a constant."""
    return _BASE.format(kind, value)


def set_to(expression: str, name: str = "SCORE") -> str:
    """Write a rule that sets an outcome."""
    return f'<qti-set-outcome-value identifier="{name}">{expression}</qti-set-outcome-value>'


def operation(kind: str, *operands: str, **attributes: str) -> str:
    """Write an expression."""
    written = "".join(f' {key.replace("_", "-")}="{value}"' for key, value in attributes.items())
    return f"<qti-{kind}{written}>{''.join(operands)}</qti-{kind}>"


def ruled(rules: str, *, key: str = "5", kind: str = "float", inside: str = "", extra: str = "") -> str:
    """Write an item with these rules and this key."""
    declared = (
        f'<qti-response-declaration identifier="RESPONSE" cardinality="single" base-type="{kind}"><qti-correct-response>'
        f"<qti-value>{key}</qti-value></qti-correct-response>{inside}</qti-response-declaration>"
    )
    return item(
        ENTRY, declarations=declared, rules=f"<qti-response-processing>{rules}</qti-response-processing>", extra=extra
    )


GIVEN = '<qti-variable identifier="RESPONSE"/>'
BAG = '<qti-variable identifier="BAG"/>'
HUGE = "9" * 39


NO_RESULT = Clean(
    "A sum without a result gives nothing, as the standard says: every answer gets points that can be counted.",
    lacks="1e999|1e308|9{20}",
    shows="data-field=",
)
NO_OPERAND = Clean(
    "An expression that lacks what it needs gives nothing: every answer gets points that can be counted.",
    shows="data-field=",
)
BOUNDED_PATTERN = Clean(
    "A pattern is matched by an engine without backtracking, in steps that are counted, so that none matches for ever.",
    lacks=r"pattern|\(a\+\)",
    shows="data-field=",
)
BOUNDED = Clean(
    "Scoring stops when its steps are used up, and keeps the points that it had; values that swell cost as many steps.",
    lacks="repeat|set-outcome",
    shows="data-field=",
)


def arithmetic() -> Iterator[Case]:
    """Sums that have no result."""
    expressions = {
        "divide by zero": operation("divide", base(1), base(0)),
        "whole divide by zero": operation("integer-divide", base(1, "integer"), base(0, "integer")),
        "rest of zero": operation("integer-modulus", base(1, "integer"), base(0, "integer")),
        "whole divide by nothing": operation("integer-divide", base("1e300"), base("1e-300")),
        "rest of nothing": operation("integer-modulus", base("1e300"), base("1e-300")),
        "divide to infinity": operation("divide", base("1e308"), base("1e-308")),
        "power of powers": operation(
            "power", operation("power", base(9), base(9)), operation("power", base(9), base(9))
        ),
        "root of less": operation("power", base(-1), base("0.5")),
        "zero to less": operation("power", base(0), base(-1)),
        "product": operation("product", *[base(HUGE, "integer")] * 300),
        "sum of huge": operation("sum", *[base("1e308")] * 50),
        "sum of huge whole numbers": operation("sum", *[base("1e308", "integer")] * 50, base("0.5")),
        "difference of huge": operation("subtract", base("1e308"), base("-1e308")),
        "infinite": base("1e999"),
        "less than infinite": base("-1e999"),
        "infinite whole": base("1e999", "integer"),
        "round infinite": operation("round", base("1e999")),
        "truncate infinite": operation("truncate", base("1e999")),
        "floor infinite": operation("math-operator", base("1e999"), name="floor"),
        "not a number": base("NaN"),
        "infinity in words": base("INF"),
        "round to 999": operation("round-to", base("1e300"), rounding_mode="decimalPlaces", figures="999"),
        "round to squared": operation("round-to", base(1), rounding_mode="decimalPlaces", figures="²"),
        "round to zero figures": operation("round-to", base(1), figures="0"),
        "round to a huge outcome": operation("round-to", base(1), figures="SCORE"),
        "exponent": operation("math-operator", base(99999), name="exp"),
        "logarithm of zero": operation("math-operator", base(0), name="ln"),
        "tangent": operation("math-operator", base("1e300"), name="tan"),
        "angle of three": operation("math-operator", base(1), base(1), base(1), name="atan2"),
        "multiple": operation("lcm", *[base(10**29 + n, "integer") for n in range(50)]),
        "divisor of fractions": operation("gcd", base("0.5"), base("1e300")),
        "tolerance": operation("equal", base(1), base(1), tolerance_mode="relative", tolerance="1e999 x"),
        "tolerance of nothing": operation("equal", base(1), base(1), tolerance_mode="absolute", tolerance=""),
        "squared count": operation("any-n", operation("null"), min="²", max="³"),
        "doubly negative count": operation("any-n", operation("null"), min="--5", max="-"),
        "very long count": operation("any-n", operation("null"), min="9" * 5_000, max="1"),
        "nth squared": operation("index", operation("ordered", base(1)), n="²"),
        "random of an empty row": operation("random", operation("ordered")),
        "random whole to infinity": operation("random-integer", min="-inf", max="inf", step="nan"),
        "random to infinity": operation("random-float", min="-1e308", max="1e308"),
        "duration": operation("duration-lt", base("P" + "9" * 400 + "Y", "duration"), base("P1Y", "duration")),
        "spread of one": operation("stats-operator", operation("multiple", base(1)), name="sampleVariance"),
        "spread of huge": operation(
            "stats-operator", operation("multiple", base("1e308"), base("-1e308")), name="popVariance"
        ),
        "cut a text": operation("substring", base("tekst", "string"), base("-1e300"), base("1e300")),
    }
    for name, expression in expressions.items():
        yield Case("rules", name, one(ruled(set_to(expression))), NO_RESULT)
    yield Case(
        "rules",
        "worth infinity",
        one(
            ruled(
                set_to(base(1)),
                extra='<qti-outcome-declaration identifier="MAXSCORE" cardinality="single" base-type="float"><qti-default-value><qti-value>1e999</qti-value></qti-default-value></qti-outcome-declaration>',
            )
        ),
        NO_RESULT,
    )
    for attribute in ("mapped-value", "lower-bound", "default-value"):
        for value in ("NaN", "inf", "1e999", "9" * 400, "x"):
            on_entry = attribute == "mapped-value"
            bound = "" if on_entry else f' {attribute}="{value}"'
            entry = f'<qti-map-entry map-key="5" mapped-value="{value if on_entry else 1}"/>'
            whole = f"<qti-mapping{bound}>{entry}</qti-mapping>"
            yield Case(
                "rules",
                f"{attribute} {value[:9]}",
                one(ruled(set_to(operation("map-response", identifier="RESPONSE")), inside=whole)),
                "must be a number",
            )


def shapes() -> Iterator[Case]:
    """Rules that lack what they need, or are none."""
    lookup = "<qti-match-table><qti-match-table-entry source-value='1' target-value='2'/></qti-match-table>"
    made: tuple[tuple[str, str, str | Clean], ...] = (
        ("table as operand", set_to(operation("sum", lookup, base(1))), "not supported|operand"),
        ("table alone", set_to(operation("lookup-table", lookup)), "operand|needs"),
        ("table of nothing", set_to(operation("lookup-table")), "operand|needs"),
        ("table of words", set_to(operation("lookup-table", base(1), lookup.replace("'1'", "'x'"))), "must be a number"),
        ("no expression", set_to(""), "needs one expression"),
        ("two expressions", set_to(base(1) * 2), "needs one expression"),
        ("unknown variable", set_to('<qti-variable identifier="X"/>'), "not declared"),
        ("unknown outcome", set_to(base(1), "X"), "not declared"),
        ("unknown operator", set_to("<qti-explode/>"), "not supported"),
        ("custom operator", set_to('<qti-custom-operator class="java.lang.Runtime" definition="exec"/>'), "not supported"),
        ("unknown rule", "<qti-run-script>x</qti-run-script>", "not supported"),
        ("script rule", "<script>alert(1)</script>", "not supported"),
        ("unknown function", set_to(operation("math-operator", base(1), name="system")), "unknown function"),
        ("unknown statistic", set_to(operation("stats-operator", base(1), name="x")), "unknown statistic"),
        ("condition without if", "<qti-response-condition><qti-response-then/></qti-response-condition>", "does not belong"),
        ("empty if", "<qti-response-condition><qti-response-if/></qti-response-condition>", "has no condition"),
        ("rule as condition", f"<qti-response-condition><qti-response-if>{set_to(base(1))}</qti-response-if></qti-response-condition>", "not supported"),
        ("look-up without table", f'<qti-lookup-outcome-value identifier="SCORE">{base(1)}</qti-lookup-outcome-value>', NO_OPERAND),
        ("coordinates of words", set_to(operation("inside", GIVEN, shape="circle", coords="a,b,c")), "must be a number"),
        ("too few coordinates", set_to(operation("inside", base("1 1", "point"), shape="poly", coords="1")), NO_OPERAND),
        ("ellipse of nothing", set_to(operation("inside", base("1 1", "point"), shape="ellipse", coords="1,1,0,0")), NO_OPERAND),
        ("exit at once", "<qti-exit-response/>", NO_OPERAND),
        ("field of nothing", set_to(operation("field-value", field_identifier="x")), NO_OPERAND),
        ("record in itself", set_to(operation("record", operation("record", field_identifier="a"), field_identifier="b")), NO_OPERAND),
    )  # fmt: skip
    for name, rules, outcome in made:
        yield Case("rules", name, one(ruled(rules)), outcome)
    for name in ("match", "member", "contains", "delete", "equal", "divide", "power", "substring", "string-match", "pattern-match",
                 "not", "and", "index", "random", "is-null", "container-size", "round", "sum", "inside", "lt", "gcd", "repeat",
                 "stats-operator", "round-to", "equal-rounded", "field-value", "is-type-of", "integer-to-float"):  # fmt: skip
        more = {"name": "mean"} if name == "stats-operator" else {"pattern": "a"} if name == "pattern-match" else {}
        yield Case("rules", f"{name} of nothing", one(ruled(set_to(operation(name, **more)))), NO_OPERAND)
    template = '<qti-template-processing><qti-template-constraint><qti-base-value base-type="boolean">false</qti-base-value></qti-template-constraint></qti-template-processing>'
    yield Case("rules", "template that never holds", one(ruled(set_to(base(1)), extra=template)), "none of 100 draws")
    drawn = f'<qti-template-declaration identifier="T" cardinality="single" base-type="float"/><qti-template-processing><qti-set-template-value identifier="T">{operation("repeat", base(1), number_repeats="99999")}</qti-set-template-value></qti-template-processing>'
    yield Case("rules", "template that repeats", one(ruled(set_to(base(1)), extra=drawn)), "more than 5000 steps")


_PATTERNS = (
    "(a+)+$", "(a+)+b", "(a*)*b", "(a|a)*b", "(aa|aa)*b", "(a|aa)+b", "(.*a){20}", "(a?){99}b", "a?" * 60 + "a" * 60,
    "((a|aa){9}){9}b", "(((a{9}){9}){9}){9}", "(x+x+)+y", "([a-zA-Z]+)*9", "(a|b|ab)*c", "^(([a-z])+.)+[A-Z]([a-z])+$",
    "a{1,65535}", "(a{1,65535}){1,65535}", "a*" * 90 + "b", "(?:a+)+b", "(a+?)+?b", "(\\w+\\s?)*!", "(" * 20 + "a" + ")*" * 20 + "b",
)  # fmt: skip
_NO_PATTERNS = (
    "[",
    "(",
    "a{5,2}",
    "*",
    "\\",
    "(?P<x>a)(?P=x)",
    "(a)\\1",
    "(?=a)b",
    "(?<=a)b",
    "(?R)",
    "a" * 201,
    "a{99999999999}",
    "(?i)a",
    "[z-a]",
)


def patterns() -> Iterator[Case]:
    """Patterns that take for ever, or are none."""
    for pattern in _PATTERNS:
        match = operation("pattern-match", GIVEN, pattern=pattern.replace("<", "&lt;"))
        rules = f"<qti-response-condition><qti-response-if>{match}{set_to(base(1))}</qti-response-if></qti-response-condition>"
        yield Case("patterns", pattern[:40], one(ruled(rules, key="a" * 60 + "!", kind="string")), BOUNDED_PATTERN)
    for pattern in _NO_PATTERNS:
        match = set_to(operation("pattern-match", GIVEN, pattern=pattern.replace("<", "&lt;")))
        yield Case("patterns", f"no pattern {pattern[:20]}", one(ruled(match, kind="string")), "the pattern")
    worst = operation("pattern-match", base("a" * 99, "string"), base("a*a*a*a*b", "string"))
    yield Case("patterns", "a thousand times", one(ruled(set_to(worst) * 1_000)), BOUNDED_PATTERN)
    worst = operation("pattern-match", base("a" * 99, "string"), base("((a|aa)*(b|a)*)*c", "string"))
    yield Case("patterns", "nested, a thousand times", one(ruled(set_to(worst) * 1_000)), BOUNDED_PATTERN)


def loops() -> Iterator[Case]:
    """Rules that go on, or make values that swell."""
    double = set_to(operation("multiple", BAG, BAG, base(1)), "BAG")
    full = double * 13
    spread = '<qti-outcome-declaration identifier="N" cardinality="single" base-type="float"/>'
    for name, rules in {
        "repeat": set_to(operation("repeat", base(1), number_repeats="99999"), "BAG"),
        "repeat in repeat": set_to(
            operation(
                "repeat",
                operation("repeat", operation("repeat", base(1), number_repeats="999"), number_repeats="999"),
                number_repeats="999",
            ),
            "BAG",
        ),
        "repeat of nothing, for ever": set_to(operation("product", *[base("1e29")] * 1), "N")
        + set_to(operation("repeat", number_repeats="N"), "BAG"),
        "repeat of null": set_to(operation("repeat", operation("null"), number_repeats="99999"), "BAG"),
        "repeat of a full bag": full + set_to(operation("repeat", BAG, number_repeats="19000"), "BAG"),
        "bag of bags": full + set_to(operation("multiple", *[BAG] * 8_000), "BAG"),
        "doubling": double * 2_500,
        "spread of a full bag": full + set_to(operation("stats-operator", BAG, name="popVariance"), "N") * 4_000,
        "match of full bags": full + set_to(operation("match", BAG, BAG)) * 4_000,
        "members of full bags": full + set_to(operation("member", BAG, BAG)) * 4_000,
        "contents of full bags": full + set_to(operation("contains", BAG, BAG)) * 4_000,
        "delete from full bags": full + set_to(operation("delete", BAG, BAG), "BAG") * 4_000,
        "sum of full bags": full + set_to(operation("sum", BAG), "N") * 4_000,
        "stretch of full rows": set_to(
            operation(
                "contains",
                operation("repeat", base(1), number_repeats="8000"),
                operation("repeat", base(1), number_repeats="4000"),
            )
        ),
        "many rules": set_to(base(1)) * 6_000,
        "many nested": set_to("<qti-sum>" * 90 + base(1) + "</qti-sum>" * 90) * 60,
    }.items():
        yield Case("loops", name, one(ruled(rules, extra=COLLECTION + spread)), BOUNDED)
    text = operation("string-match", GIVEN, GIVEN, case_sensitive="false", substring="true")
    yield Case("loops", "long texts", one(ruled(set_to(text) * 4_000, key="x" * 900_000, kind="string")), BOUNDED)
    entries = "".join(f'<qti-map-entry map-key="k{n}" mapped-value="0" case-sensitive="false"/>' for n in range(5_000))
    mapped = set_to(operation("map-response", identifier="RESPONSE"))
    yield Case(
        "loops",
        "large mapping",
        one(ruled(mapped * 2_000, kind="string", key="k4999", inside=f"<qti-mapping>{entries}</qti-mapping>")),
        BOUNDED,
    )
    areas = '<qti-area-map-entry shape="poly" coords="1,1,2,2,3,1" mapped-value="0"/>' * 5_000
    pointed = set_to(operation("map-response-point", identifier="RESPONSE"))
    yield Case(
        "loops",
        "many areas",
        one(ruled(pointed * 2_000, kind="string", inside=f"<qti-area-mapping>{areas}</qti-area-mapping>")),
        BOUNDED,
    )
    corners = ",".join(["1,2"] * 90_000)
    inside = set_to(operation("inside", base("1 1", "point"), shape="poly", coords=corners))
    yield Case("loops", "polygon of many corners", one(ruled(inside)), BOUNDED)
    table = "".join(f'<qti-match-table-entry source-value="{n}" target-value="1"/>' for n in range(9_000))
    looked = f'<qti-lookup-outcome-value identifier="N">{base(-1)}</qti-lookup-outcome-value>' * 3_000
    declared = f'<qti-outcome-declaration identifier="N" cardinality="single" base-type="float"><qti-match-table>{table}</qti-match-table></qti-outcome-declaration>'
    yield Case("loops", "large table", one(ruled(looked, extra=declared)), BOUNDED)
    keys = "<qti-value>5</qti-value>" * 30_000
    yield Case(
        "loops",
        "key of 15,000 values",
        one(ruled(set_to(base(1))).replace("<qti-value>5</qti-value>", keys[: len(keys) // 2])),
        BOUNDED,
    )
