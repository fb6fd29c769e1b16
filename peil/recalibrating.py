"""From the sealed sittings of a test to a calibration in the bank, on the scale of the one that chose their items."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from sqlmodel import Session

import itembank
import scoring
from engine.linking import Link, link_scales, with_linking_error
from itembank import CalibratedItem, CalibrationVersion, ItemSource
from peil.calibrating import calibrate_items
from peil.calibration.limits import FEWEST_ANSWERS, MAX_CYCLES
from peil.classical import item_statistics
from peil.commands.saying import count
from peil.errors import CommandError
from peil.installation import Installation
from scoring import SittingRecord

FEWEST_COMMON = 5
"""Items that tie a new scale to an old one."""
ERRORS_NOTE = (
    "The link's errors are by jackknife over the common items, taken as a sample; the standard errors of the items do "
    "not include them."
)


@dataclass(frozen=True, slots=True)
class Recalibration:
    """What was kept in the bank.

    Attributes
    ----------
    calibration : on the scale of the earlier one
    base : identifier of that one
    link : from the scale on which the sittings alone were calibrated, with its error by the choice of common items
    common : item versions that the link rests on
    left_out : item versions that are not in it → why
    """

    calibration: CalibrationVersion
    base: str
    link: Link
    common: tuple[str, ...]
    left_out: Mapping[str, str]

    def lines(self) -> Iterator[str]:
        """What came of it, for who asked: what to look at, what is not in it, and the scale."""
        for flag in self.calibration.provenance["flags"]:
            subject = f"{flag['item']} (not in the link)" if "item" in flag else f"group {flag['group']}"
            yield f"look at {subject}: {flag['reason']}"
        for item, why in self.left_out.items():
            yield f"left out {item}: {why}"
        (slope_error, intercept_error), link = self.link.linking_errors, self.link
        yield (
            f"converged after {count(self.calibration.provenance['iterations'], 'cycle')}; linked through "
            f"{count(len(self.common), 'common item')}: slope {link.slope:.3f} (standard error {slope_error:.3f}), "
            f"intercept {link.intercept:.3f} ({intercept_error:.3f})"
        )
        yield (
            f"{self.calibration.identifier}: {count(len(self.calibration.items), 'item')} on the scale of {self.base}; "
            f"{count(len(self.left_out), 'item')} left out"
        )


def recalibrate_test(
    installation: Installation,
    test: str,
    name: str,
    records: Sequence[SittingRecord],
    *,
    base: str = "",
    fewest: int = FEWEST_ANSWERS,
    max_cycles: int = MAX_CYCLES,
    on_cycle: Callable[[int, float], None] | None = None,
) -> Recalibration:
    """Calibrate the items of a test on its sealed sittings, and keep the result with classical statistics.

    The sittings alone give a scale of their own; Stocking & Lord's (1983) link through the items that the earlier
    calibration knows puts it on that one's. Field-test items count like the others. Items that either calibration
    flags stay out of the link; the others are not screened for drift. The items' standard errors are those of the
    sittings: the link's come beside them, in the provenance. Answers to items that are left out are not in the
    likelihood: where such items steered the choice of others, what is estimated of those may be biased (Eggen &
    Verhelst, 2011, on designs that depend on answers).

    Parameters
    ----------
    installation
        Where the items are, and where the calibration goes.
    test, name
        Whose sittings, and what the new calibration is called.
    records
        Sealed sittings, of other tests too.
    base
        Calibration whose scale is kept; the one that chose the items when not given.
    fewest, max_cycles
        Answers that an item needs; steps of the calibration at most.
    on_cycle
        Called with number and log-likelihood after each step of the calibration.

    Raises
    ------
    CommandError
        If the test has no sealed sitting, its sittings rest on several calibrations and no base is named, too few
        items have enough answers or are known to the base, the calibration does not converge, or the bank has one of
        this name already.
    ItemBankError
        If the bank has no such base.
    """
    own = [_all_counting(record) for record in records if record.test == test]
    if not own:
        raise CommandError(f"{test}: no sitting of this test is sealed. Close the rooms and wait for the last laptops.")
    base = base or _chosen_with(test, own)
    with Session(installation.database) as db:
        if name in itembank.calibrations(db):
            raise CommandError(
                f"{name}: the bank has a calibration of this name; each is kept for ever. Choose another."
            )
        known = itembank.load_calibration(db, base)
        items = {name: itembank.load_item(db, name) for name in sorted({a.item for one in own for a in one.answers})}
    left_out = _too_little_known(own, items, fewest)
    kept = [item for item in items if item not in left_out]
    if not kept:
        raise CommandError(f"{test}: no item has enough answers; each needs {fewest}. Wait for more sittings.")
    points, fields = [items[item].maximum for item in kept], {item: items[item].body.fields for item in kept}
    used = _with_items(own, set(kept))
    matrix = scoring.build_responses(used, kept)
    free = calibrate_items(
        name,
        kept,
        matrix.responses,
        (test,),
        points=points,
        simulated=any(record.simulated for record in used),
        records=used,
        max_cycles=max_cycles,
        on_cycle=on_cycle,
    )
    _require_converged(free)
    link, common = _link(free, known, test)
    placed = _placed(free, link, common, base)
    statistics = item_statistics(kept, matrix.responses, scoring.answer_details(matrix), fields, points)
    with Session(installation.database) as db, db.begin():
        itembank.add_calibration(db, placed)
        itembank.add_statistics(db, name, statistics)
    return Recalibration(placed, base, link, common, left_out)


def _all_counting(record: SittingRecord) -> SittingRecord:
    """The sitting with the answers to field-test items counted, and without those that a person must still rate."""
    answers = tuple(replace(answer, scored=True) for answer in record.answers if answer.category >= 0)
    return replace(record, answers=answers)


def _with_items(records: Sequence[SittingRecord], kept: set[str]) -> list[SittingRecord]:
    """The sittings with the answers to these items, as far as they hold any."""
    narrowed = (replace(one, answers=tuple(a for a in one.answers if a.item in kept)) for one in records)
    return [one for one in narrowed if one.answers]


def _chosen_with(test: str, records: Sequence[SittingRecord]) -> str:
    """Calibration that chose the items of all sittings."""
    found = sorted({record.calibration for record in records})
    if len(found) > 1:
        raise CommandError(f"{test}: sittings rest on {', '.join(found)}. Say whose scale is kept: --scale-of NAME")
    return found[0]


def _too_little_known(records: Sequence[SittingRecord], items: Mapping[str, ItemSource], fewest: int) -> dict[str, str]:
    """Items that cannot be calibrated, with the reason."""
    earned: dict[str, Counter[int]] = defaultdict(Counter)
    for record in records:
        for answer in record.answers:
            earned[answer.item][answer.category] += 1
    left_out = {}
    for item, counts in sorted(earned.items()):
        n, most = counts.total(), items[item].maximum
        missing = [points for points in range(most + 1) if not counts[points]]
        if n < fewest:
            left_out[item] = f"{n} answers, and {fewest} are needed"
        elif missing:
            left_out[item] = f"nobody earned {' or '.join(map(str, missing))} of its points"
    return left_out


def _require_converged(calibration: CalibrationVersion) -> None:
    """Refuse estimates that were still moving: what the bank keeps, it keeps for ever."""
    told = calibration.provenance
    if told["converged"]:
        return
    odd = "; ".join(f"{flag['item']}: {flag['reason']}" for flag in told["flags"] if "item" in flag)
    raise CommandError(
        f"{calibration.identifier}: not converged after {told['iterations']} cycles, and nothing was kept. Allow more "
        "(--max-cycles), ask more answers of an item (--fewest), or wait for more sittings."
        + (f" Look at {odd}" if odd else "")
    )


def _link(free: CalibrationVersion, known: CalibrationVersion, test: str) -> tuple[Link, tuple[str, ...]]:
    """Link from a free calibration to an earlier one, and the items it rests on: both know them, neither flags them."""
    flagged = {flag.get("item") for one in (free, known) for flag in one.provenance.get("flags", ())}
    before = {entry.item: entry for entry in known.items if entry.item not in flagged}
    common = [one for one in free.items if one.item in before and len(before[one.item].steps) == len(one.steps)]
    if len(common) < FEWEST_COMMON:
        raise CommandError(
            f"{test}: {known.identifier} knows {len(common)} of the items that can be calibrated, and {FEWEST_COMMON} "
            "must tie the scales; items that are flagged do not. Wait for more sittings, or name another calibration: "
            "--scale-of NAME"
        )
    here, there = itembank.parameters_of(common), itembank.parameters_of([before[one.item] for one in common])
    return with_linking_error(link_scales(here, there), here, there), tuple(one.item for one in common)


def _placed(free: CalibrationVersion, link: Link, common: Sequence[str], base: str) -> CalibrationVersion:
    """The calibration on the scale of the base; where it came from is part of its provenance."""
    groups = [
        {**group, "mean": link.slope * group["mean"] + link.intercept, "sd": link.slope * group["sd"]}
        for group in free.provenance["groups"]
    ]
    slope_error, intercept_error = link.linking_errors.tolist()
    told = {
        "to": base,
        "method": str(link.method),
        "n_common": len(common),
        "common": list(common),
        "slope": link.slope,
        "intercept": link.intercept,
        "slope_error": slope_error,
        "intercept_error": intercept_error,
        "note": ERRORS_NOTE,
    }
    return replace(
        free,
        items=tuple(_moved(entry, link) for entry in free.items),
        provenance={**free.provenance, "groups": groups, "link": told},
    )


def _moved(entry: CalibratedItem, link: Link) -> CalibratedItem:
    """One item on the base scale; its curve stays what it is."""
    return replace(
        entry,
        discrimination=entry.discrimination / link.slope,
        difficulty=link.slope * entry.difficulty + link.intercept,
        discrimination_error=entry.discrimination_error / link.slope,
        difficulty_error=entry.difficulty_error * link.slope,
        steps=tuple(link.slope * step + link.intercept for step in entry.steps),
    )
