"""Whether a bank can give the tests that a design describes."""

from __future__ import annotations

from engine import BlueprintError
from engine.assembly import Pool, check_blueprint, first_items, make_rules
from itembank.designs import Design
from itembank.errors import DesignFileError


def check_design(pool: Pool, design: Design) -> None:
    """Make sure that tests exist for every pupil, and that a form chosen by hand is one.

    Parameters
    ----------
    pool : from `read_bank` with the same design
    design : what is asked

    Raises
    ------
    DesignFileError
        If the blueprint cannot be met, without or with an accommodation, or the form breaks it; the message says in
        words which rules are the reason.
    """
    try:
        if design.form:
            _check_form(pool, design)
        else:
            check_blueprint(pool, design.blueprint)
    except BlueprintError as error:
        raise DesignFileError(f"design {design.identifier!r}: {error}") from error


def _check_form(pool: Pool, design: Design) -> None:
    """Hold the form against the rules."""
    place = {name: index for index, name in enumerate(pool.name)}
    items = [place[name] for name in design.form]
    broken = make_rules(pool, design.blueprint).broken(items)
    if broken:
        raise BlueprintError(f"the form does not keep these rules: {'; '.join(broken)}")
    if not first_items(pool, design.blueprint)[items[0]]:
        raise BlueprintError(
            f"the form begins with {design.form[0]!r}, which the rule of the first item does not allow"
        )
