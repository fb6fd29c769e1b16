"""The psychometrician's item table: classical statistics, parameters with their errors, characteristic curves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup
from sqlmodel import Session

from itembank.calibrations import CalibratedItem, CalibrationVersion
from itembank.release import load_calibration
from itembank.rendering.curves import Frame, decimal
from itembank.rendering.item_curves import characteristic_curve, information_curve
from itembank.store import ItemSummary, items
from itembank.values import Interaction

KINDS = {
    Interaction.CHOICE: "meerkeuze",
    Interaction.MULTIPLE_CHOICE: "meerdere antwoorden",
    Interaction.INLINE_CHOICE: "keuzelijst",
    Interaction.TEXT_ENTRY: "invulvak",
    Interaction.EXTENDED_TEXT: "open vraag",
    Interaction.HOTTEXT: "woord aanduiden",
    Interaction.MULTIPLE_HOTTEXT: "woorden aanduiden",
    Interaction.SLIDER: "schuif",
    Interaction.ORDER: "ordenen",
    Interaction.MATCH: "verbinden",
    Interaction.GAP_MATCH: "gaten vullen",
    Interaction.ASSOCIATE: "paren maken",
    Interaction.HOTSPOT: "gebied aanduiden",
    Interaction.MULTIPLE_HOTSPOT: "gebieden aanduiden",
    Interaction.GRAPHIC_GAP_MATCH: "op een tekening plaatsen",
    Interaction.SELECT_POINT: "punt aanduiden",
}
TABLE_CURVE, WHOLE_CURVE = Frame(240, 150), Frame(360, 230, text=14)


@dataclass(frozen=True, slots=True)
class _Row:
    """One line of the table, as text."""

    name: str
    title: str
    area: str
    goals: str
    kinds: str
    n: str
    p: str
    discrimination: str
    discrimination_error: str
    difficulty: str
    difficulty_error: str
    curve: Markup


def _environment() -> Environment:
    """Jinja2 with everything escaped."""
    loader = PackageLoader("itembank.rendering", "templates")
    return Environment(loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)


def _row(entry: CalibratedItem, summary: ItemSummary | None, number: int) -> _Row:
    """Write one line."""
    kinds = [KINDS[kind] for kind in summary.interactions] if summary is not None else []
    return _Row(
        name=entry.item,
        title=summary.title if summary is not None else "",
        area=summary.area if summary is not None else "",
        goals=", ".join(summary.goals) if summary is not None else "",
        kinds=", ".join(kinds),
        n=str(entry.n),
        p=decimal(entry.p_value),
        discrimination=decimal(entry.discrimination),
        discrimination_error=decimal(entry.discrimination_error),
        difficulty=decimal(entry.difficulty),
        difficulty_error=decimal(entry.difficulty_error),
        curve=Markup(characteristic_curve(entry, TABLE_CURVE, identifier=f"curve-{number}")),
    )


def render_item_table(
    summaries: Sequence[ItemSummary],
    calibration: CalibrationVersion | None,
    others: Sequence[str] = (),
    *,
    header: str = "",
) -> str:
    """Page with one line an item of a calibration, and the items that are not in it.

    Parameters
    ----------
    summaries : the bank's items
    calibration : None where there is none yet
    others : identifiers of other calibrations, to link to by ``?kalibratie=``
    header : HTML that whoever serves the page puts above it, such as the way back

    Returns
    -------
    str
        A whole HTML page in Dutch, without script.
    """
    known: Mapping[str, ItemSummary] = {summary.name: summary for summary in summaries}
    entries = sorted(calibration.items, key=lambda entry: entry.item) if calibration is not None else []
    held = {entry.item for entry in entries}
    missing = [summary for summary in summaries if summary.name not in held]
    page = _environment().get_template("item_table.html.j2")
    return page.render(
        calibration=calibration,
        information=Markup(information_curve(entries, WHOLE_CURVE, identifier="information")) if entries else "",
        rows=[_row(entry, known.get(entry.item), number) for number, entry in enumerate(entries, start=1)],
        missing=missing,
        kinds={summary.name: ", ".join(KINDS[kind] for kind in summary.interactions) for summary in missing},
        others=others,
        header=Markup(header),
    )


def item_table_page(db: Session, calibration: str = "", others: Sequence[str] = (), *, header: str = "") -> str:
    """Page of the psychometrician's item table, from what the bank holds.

    Parameters
    ----------
    db : database session
    calibration : identifier; "" shows the items without parameters
    others : identifiers of calibrations to link to
    header : HTML to put above it

    Raises
    ------
    NotInBankError
        If there is no such calibration.
    """
    shown = load_calibration(db, calibration) if calibration else None
    return render_item_table(items(db), shown, others, header=header)
