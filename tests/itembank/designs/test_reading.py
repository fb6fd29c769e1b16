"""Designs of tests in TOML."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.assembly import Budget, Count, FirstItem, Passages, Pretest
from itembank.designs import Cuts, Exposure, Selection, Stopping, design_from_text, read_design
from itembank.errors import DesignFileError

ROOT = Path(__file__).parents[3]
DESIGNS = ROOT / "docs" / "designs"

SHORT = """identifier = "wiskunde-4"
title = "Wiskunde"
subject = "wiskunde"
length = 20
"""


def problem(text: str) -> str:
    """The message."""
    with pytest.raises(DesignFileError) as caught:
        design_from_text(text)
    return str(caught.value)


def test_the_example_says_what_it_explains() -> None:
    design = read_design(DESIGNS / "example.toml")
    blueprint = design.blueprint
    assert (design.identifier, design.subject, design.kind) == ("nederlands-6", "nederlands", "adaptive")
    assert (design.minimum_length, blueprint.length, design.time_limit_ms) == (24, 40, 3_000_000)
    assert blueprint.counts[0] == Count({"area": "lezen"}, 16, 22)
    assert blueprint.counts[4] == Count({"level": "begrijpen"}, 14, 40)
    assert blueprint.counts[7] == Count({"type": "meerkeuze"}, 0, 30)
    assert blueprint.counts[9] == Count({"area": "lezen", "type": "open"}, 2, 6, "open leesvragen")
    assert blueprint.budgets == (Budget("seconds", 0, 2700), Budget("words", 400, 2600))
    assert blueprint.passages == Passages(3, 4, 4, 6)
    assert blueprint.first == FirstItem(0.6, 0.85, alone=True, where={"type": "meerkeuze"})
    assert blueprint.pretest == Pretest(2, 6, 36)
    assert blueprint.pools == {"voorlezen": ("speech", "yes"), "braille": ("braille", "yes")}
    assert design.enemies == (("NL6-017", "NL6-018"), ("NL6-101", "NL6-102", "NL6-140"))
    assert design.selection == Selection("posterior_information", "shadow", 3, 0.6, "wle", 0.7, 4, (5, 12))
    assert design.exposure == Exposure("eligibility", 0.2, 0.19, (-1.0, 0.0, 1.0))
    assert design.stopping == Stopping(
        0.3, 0.01, 2_700_000, blueprint_complete=True, cuts=Cuts((-0.8, 0.6)), predicted_reduction=0.005
    )
    assert design.labels == ("area", "braille", "level", "speech", "type")
    assert design.quantities == ("seconds", "words")


def test_four_keys_are_enough() -> None:
    design = design_from_text(SHORT)
    assert (design.minimum_length, design.blueprint.length) == (20, 20)
    assert (design.blueprint.counts, design.blueprint.passages, design.time_limit_ms) == ((), None, 0)
    assert (design.selection, design.exposure, design.stopping) == (Selection(), Exposure(), Stopping())
    assert design.filter.takes({}, ())


def test_items_are_taken_by_label_and_goal() -> None:
    design = design_from_text(
        SHORT
        + """
[items]
only_counted = ["area"]
goals = ["2."]
[counts.area]
meten = { minimum = 5, goals = ["2.1", "2.4"] }
bewerkingen = { minimum = 8 }
[counts.level]
kennen = { maximum = 9 }
"""
    )
    takes = design.filter.takes
    assert takes({"area": "meten", "level": "kennen"}, ("1.1", "2.4.3"))
    assert not takes({"area": "meten", "level": "kennen"}, ("2.2",))
    assert not takes({"area": "meten", "level": "kennen"}, ())
    assert takes({"area": "bewerkingen", "level": "toepassen"}, ("2.2",))
    assert not takes({"area": "bewerkingen", "level": "toepassen"}, ("3.2",))
    assert not takes({"area": "meetkunde", "level": "kennen"}, ("2.1",))


def test_a_linear_test_may_name_its_items() -> None:
    design = design_from_text(SHORT.replace("length = 20", 'length = 3\nkind = "linear"\nform = ["b", "a", "c"]'))
    assert design.form == ("b", "a", "c")


def test_whole_passages_are_said_by_all_or_by_nothing() -> None:
    for items in ("", 'items = "all"'):
        assert design_from_text(f"{SHORT}[passages]\nminimum = 2\n{items}").blueprint.passages == Passages(2, 20)


WRONG = [
    ("length = 20", "length = 0", "length: must be a whole number of 1 or more, not 0"),
    ("length = 20", 'length = "veel"', "length: must be a whole number of 1 or more, not 'veel'"),
    ("length = 20", "length = true", "length: must be a whole number of 1 or more, not true"),
    ("length = 20", "", "length: is missing; it must be a whole number of 1 or more"),
    ("length = 20", "length = { minimum = 9 }", "length.maximum: is missing"),
    ("length = 20", "length = { minimum = 9, maximum = 5 }", "needs 1 <= minimum <= maximum, not 9 and 5"),
    (
        "length = 20",
        "length = { minimum = 9, maximum = 20 }",
        "stopping: a test of 9 to 20 items needs a rule that ends",
    ),
    ("length = 20", "length = { min = 9, maximum = 20 }", "length.minimum: is missing"),
    ("title =", "titel =", "title: is missing; it must be text"),
    ('"Wiskunde"', '""', "title: must be text between quotes, not ''"),
    ('"Wiskunde"', "4", "title: must be text between quotes, not 4"),
    ("subject", "identifier", "is no TOML: Cannot overwrite a value (at line 3"),
]

WRONG_PARTS = [
    ("lengte = 20", "lengte: is no key that is known here; did you mean length?"),
    ("zzz = 1", "zzz: is no key that is known here; the keys here are accommodations, budgets"),
    ('kind = "adaptief"', "kind: must be one of adaptive, linear, not 'adaptief'; did you mean adaptive?"),
    ('kind = "linear"\n[selection]\nbest_k = 2', "selection: a linear test has no [selection]"),
    ('form = ["a"]', 'form: only a linear test has a form; leave it out, or write kind = "linear"'),
    ('kind = "linear"\nform = ["a", "b"]', "form: names 2 items, the length is 20"),
    ('kind = "linear"\nform = ["a", "a"]', "form: names a twice"),
    ("time_limit_minutes = 0", "time_limit_minutes: must be a number between 0 and 1440, not 0"),
    ('enemies = ["a", "b"]', "enemies: must be a list of lists, such as"),
    ('enemies = [["a", "b"], ["c"]]', "enemies[2]: must name two or more different items, not ['c']"),
    ('enemies = [["a", "a"]]', "enemies[1]: must name two or more different items"),
    ("counts = 3", "counts: must be a table, such as [counts], not 3"),
    ("[counts]\narea = 3", "counts.area: must be a table, such as [counts.area], not 3"),
    ("[counts.area]\nmeten = 3", "counts.area.meten: must be a table, such as [counts.area.meten], not 3"),
    ("[counts.area]\nmeten = {}", "counts.area.meten: asks nothing; give it a minimum, a maximum or both"),
    ("[counts.area]\nmeten = { minimum = 5, maximum = 3 }", "counts.area.meten: area meten: needs 0 <= minimum"),
    ("[counts.area]\nmeten = { minimum = -1 }", "counts.area.meten.minimum: must be a whole number of 0 or more"),
    ("[counts.area]\nmeten = { minimum = 1, maxmum = 3 }", "counts.area.meten.maxmum: is no key"),
    ("[counts.area]\nmeten = { minimum = 1, goals = 3 }", "counts.area.meten.goals: must be a list of texts"),
    ('[[combinations]]\nminimum = 1\nwhere = { a = "b" }', "combinations[1].where: must name two attributes or more"),
    ("combinations = 3", "combinations: must be tables with the heading [[combinations]], not 3"),
    ('[[combinations]]\nwhere = { a = "b", c = "d" }', "combinations[1]: asks nothing"),
    ('[[combinations]]\nminimum = 1\nwhere = { a = "b", c = "d" }\ngoals = ["1"]', "combinations[1].goals: is no key"),
    (
        '[counts.area]\nx = { minimum = 1, name = "n" }\ny = { minimum = 1, name = "n" }',
        "the rules together: two rules are called n; give each its own name",
    ),
    ("[budgets]\nseconds = { maximum = -1 }", "budgets.seconds.maximum: must be a number of 0 or more, not -1"),
    ("[budgets]\nseconds = { maximum = nan }", "budgets.seconds.maximum: must be a number of 0 or more, not nan"),
    ("[budgets]\nseconds = { minimum = 9, maximum = 3 }", "budgets.seconds: seconds: needs 0 <= minimum <= maximum"),
    ("[budgets]\nseconds = {}", "budgets.seconds: asks nothing"),
    ("[passages]\nminimum = 3\nmaximum = 2", "passages: passages: needs 0 <= minimum <= maximum, not 3 and 2"),
    ("[passages]\nitems = { minimum = 0, maximum = 2 }", "passages.items.minimum: must be a whole number of 1 or more"),
    ('[passages]\nitems = "some"', "passages.items: must be a table, such as [passages.items], not 'some'"),
    ("[passages]\nmimimum = 2", "passages.mimimum: is no key that is known here; did you mean minimum?"),
    (
        "[first_item]\nexpected_score = { minimum = 0.9, maximum = 0.8 }",
        "first_item: first item: the success rate must be between",
    ),
    (
        "[first_item]\nexpected_score = { minimum = 60 }",
        "first_item.expected_score.minimum: must be a number from 0 to 1, not 60",
    ),
    ('[first_item]\nalone = "yes"', "first_item.alone: must be true or false, not 'yes'"),
    ("[pretest]\nitems = 3\nfirst = 4\nlast = 5", "pretest: pretest: 3 items do not fit between positions 4 and 5"),
    ("[pretest]\nitems = 1\nlast = 22", "the rules together: pretest: position 22 is beyond the test of 20 + 1"),
    ('[accommodations.groot]\nwhere = { a = "b", c = "d" }', "accommodations.groot.where: must name one attribute"),
    ("[accommodations.groot]", "accommodations.groot.where: must name one attribute and its label"),
    ("[prior]\nsd = 0", "prior.sd: must be a number between 0 and 10, not 0"),
    ("[prior]\nmean = 20", "prior.mean: must be a number from -10 to 10, not 20"),
    ("[items]\nonly_counted = ['area']", "items.only_counted: names 'area', of which [counts] holds nothing"),
    ('[selection]\nrule = "max_information"', "selection.rule: must be one of maximum_information"),
    ('[selection]\nrule = "maximum_info"', "did you mean maximum_information?"),
    (
        '[selection]\nmethod = "shadows"',
        "selection.method: must be one of shadow, priority, information, not 'shadows'",
    ),
    ("[selection]\nbestk = 3", "selection.bestk: is no key that is known here; did you mean best_k?"),
    ("[selection]\nbest_k = 0", "selection.best_k: must be a whole number of 1 or more, not 0"),
    ("[selection]\ntarget_success = 1.0", "selection.target_success: must be a number between 0 and 1, not 1.0"),
    ("[exposure]\nitem_limit = 0.2", "exposure.method: a limit needs one of sympson_hetter, eligibility"),
    ('[exposure]\nmethod = "eligibility"', "exposure.item_limit: eligibility needs a limit below 1, such as 0.2"),
    ("[exposure]\nitem_limit = 0", "exposure.item_limit: must be a number above 0, at most 1, not 0"),
    (
        '[exposure]\nmethod = "eligibility"\nitem_limit = 20',
        "exposure.item_limit: must be a number from 0 to 1, not 20",
    ),
    (
        '[exposure]\nmethod = "sympson_hetter"\nitem_limit = 0.2\noverlap_limit = 0.2',
        "exposure.overlap_limit: sympson_hetter keeps none; make the method eligibility",
    ),
    (
        "[exposure]\nintervals = [0.0]",
        "exposure.method: intervals need a limit, and one of sympson_hetter, eligibility",
    ),
    (
        '[exposure]\nmethod = "eligibility"\nitem_limit = 0.2\nintervals = [0.5, 0.5]',
        "exposure.intervals: must be a list of rising abilities in logits, such as [-1.0, 0.0, 1.0], not [0.5, 0.5]",
    ),
    (
        '[exposure]\nmethod = "eligibility"\nitem_limit = 0.2\nintervals = 0.5',
        "exposure.intervals: must be a list of numbers",
    ),
    (
        '[exposure]\nmethod = "eligibility"\nitem_limit = 0.2\nintervals = [0.0, 7.0]\n[prior]\nmean = 1.0',
        "exposure.intervals: 7 is too far from the prior's mean for anybody to live beyond it; write abilities from -3 "
        "to 5",
    ),
    (
        '[selection]\nestimator = "mle"',
        "selection.estimator: must be one of eap, map, ml, wle, not 'mle'; did you mean ml?",
    ),
    ('[selection]\nestimator = "ml"\nstart_step = 0', "selection.start_step: must be a number between 0 and 6, not 0"),
    (
        "[selection]\nstart_step = 0.5",
        "selection.start_step: eap has an estimate when all answers are right or all wrong; leave it out, or make the "
        "estimator one of ml, wle",
    ),
    ("[selection]\nalone_first = -1", "selection.alone_first: must be a whole number of 0 or more, not -1"),
    (
        '[selection]\nmethod = "priority"\nalone_first = 2',
        "selection.alone_first: method priority plans no passages; leave it out, or make the method shadow",
    ),
    ("[selection]\nsolve_after = [5, 5]", "selection.solve_after: must be a list of rising whole numbers, such as"),
    ("[selection]\nsolve_after = [0]", "selection.solve_after: must be a list of rising whole numbers, such as"),
    ("[selection]\nsolve_after = [5, 20]", "selection.solve_after: a plan is solved anew before the last item"),
    ("[selection]\nsolve_after = [2.5]", "selection.solve_after: must be a list of rising whole numbers, such as"),
    (
        '[selection]\nmethod = "information"\nsolve_after = [4]',
        "selection.solve_after: method information plans no tests; leave it out, or make the method shadow",
    ),
    ("[stopping]\npredicted_reduction = 0", "stopping.predicted_reduction: must be a number between 0 and 10, not 0"),
    ("[stopping]\npredicted_reduction = 0.01", "stopping: every test has 20 items, so no rule can end it early"),
    ("[stopping]\nends_when_complete = true", "stopping: every test has 20 items, so no rule can end it early"),
    ("[stopping]\nends_when_complete = 'yes'", "stopping.ends_when_complete: must be true or false, not 'yes'"),
    (
        "[stopping]\nends_when_complete = true\nblueprint_complete = true",
        "stopping.ends_when_complete: a test that ends as soon as the blueprint is met never ends later, as "
        "blueprint_complete asks",
    ),
    ("[stopping]\nstandard_error = 0.3", "stopping: every test has 20 items, so no rule can end it early"),
    ("[stopping]\nstandard_error = -1", "stopping.standard_error: must be a number between 0 and 10, not -1"),
    ("[stopping]\ntime = 4", "stopping.time: is no key that is known here"),
    ("[stopping]\nblueprint_complete = 1", "stopping.blueprint_complete: must be true or false, not 1"),
    ("[stopping.cuts]\nalpha = 0.1", "stopping.cuts.at: must be one cut score or more, rising, in logits"),
    ("[stopping.cuts]\nat = [0.5, 0.1]", "stopping.cuts.at: must be one cut score or more, rising, in logits"),
    ("[stopping.cuts]\nat = ['x']", "stopping.cuts.at: must be a list of numbers, such as"),
    ("[stopping.cuts]\nat = [0.0, 0.3]", "stopping.cuts.delta: the regions of 0.2 around the cuts overlap"),
    ("[stopping.cuts]\nat = [0.0]\nalpha = 0.5", "stopping.cuts.alpha: must be a number between 0 and 0.5, not 0.5"),
    ("[counts", "is no TOML: "),
]


@pytest.mark.parametrize(("old", "new", "why"), WRONG)
def test_a_wrong_first_part_is_refused_by_its_key(old: str, new: str, why: str) -> None:
    assert why in problem(SHORT.replace(old, new, 1))


@pytest.mark.parametrize(("part", "why"), WRONG_PARTS)
def test_a_wrong_part_is_refused_by_its_key(part: str, why: str) -> None:
    assert why in problem(SHORT + part)


def test_the_file_is_named(tmp_path: Path) -> None:
    path = tmp_path / "toets.toml"
    path.write_text(SHORT + "lengte = 20")
    with pytest.raises(DesignFileError, match=r"toets\.toml: lengte: is no key"):
        read_design(path)
    with pytest.raises(DesignFileError, match=r"weg\.toml: cannot be read"):
        read_design(tmp_path / "weg.toml")
    path.write_bytes(b"\xff\xfe")
    with pytest.raises(DesignFileError, match=r"toets\.toml: cannot be read"):
        read_design(path)


def test_every_key_of_the_example_matters() -> None:
    """Leave out each line that gives a value: the design changes, or is refused."""
    lines = (DESIGNS / "example.toml").read_text().splitlines()
    whole = design_from_text("\n".join(lines))
    defaults = {"kind", "method", "mean", "sd", "alpha", "beta", "delta"}  # the example shows what holds without them
    for number, line in enumerate(lines):
        key = line.partition("=")[0].strip()
        if "=" in line and not line.startswith(("#", " ")) and key not in defaults:
            try:
                rest = design_from_text("\n".join(lines[:number] + lines[number + 1 :]))
            except DesignFileError:
                continue
            assert rest != whole, line
