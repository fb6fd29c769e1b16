"""The report of a room in the words of a page, which a PDF lays out too: no clock, and nothing computed twice."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from delivery.console.aid_words import AidRow, aid_rows
from delivery.console.times import clock, day
from delivery.rooms.absentees import Absentee
from delivery.rooms.happenings import Happening, What
from delivery.rooms.report import AdministrationReport, Outcome, PupilRecord
from delivery.rooms.signatures import Signature

ALL = "Alle leerlingen"
MOST_NAMES = 3


@dataclass(frozen=True, slots=True)
class ReportPage:
    """A report as it is read.

    Attributes
    ----------
    title, class_title : of the test and the class; day : "" where nobody came in
    counts : of pupils, in words
    pupils : name, how it ended, from, until, remarks
    accommodations : pupil, which, granted by whom, whether it was there, whether it was used
    happenings : when, who, what, why and by whom
    signature, remark : of the coordinator, "" where nobody signed
    changed : something happened after it was signed
    """

    title: str
    class_title: str
    day: str
    simulated: bool
    counts: tuple[str, ...]
    pupils: tuple[tuple[str, str, str, str, str], ...]
    accommodations: tuple[tuple[str, *AidRow], ...]
    happenings: tuple[tuple[str, str, str, str], ...]
    signature: str
    remark: str
    changed: bool

    @property
    def lines(self) -> tuple[tuple[str, ...], ...]:
        """Everything that a reader signs, line by line."""
        head = (self.title, self.class_title, self.day, *self.counts)
        return head, *self.pupils, *self.accommodations, *self.happenings, (self.signature, self.remark)


def report_page(report: AdministrationReport) -> ReportPage:
    """Put a report in words.

    Parameters
    ----------
    report
        What the log says.
    """
    room, signature = report.administration, report.signature
    came = sorted(record.came_at for record in report.pupils if record.came_at is not None)
    return ReportPage(
        title=room.title,
        class_title=room.class_title,
        day=day(came[0]) if came else "",
        simulated=room.simulated,
        counts=_counts(report.pupils),
        pupils=tuple(_pupil(record) for record in report.pupils),
        accommodations=tuple(
            (record.pupil, *row) for record in report.pupils for row in aid_rows(record.accommodations)
        ),
        happenings=tuple(_happening(one, len(report.pupils)) for one in report.happenings),
        signature=_signed(signature) if signature else "",
        remark=signature.remark if signature else "",
        changed=signature is not None and not signature.is_current,
    )


def absentee_row(absentee: Absentee) -> tuple[str, str, str, str]:
    """Class, test, pupil and why: one row of the list for the *inhaalmoment*."""
    room, record = absentee.administration, absentee.record
    return room.class_title, room.title, record.pupil, outcome_words(record)


def outcome_words(record: PupilRecord) -> str:
    """How a test ended for a pupil."""
    return {
        Outcome.ABSENT: "afwezig",
        Outcome.BUSY: f"nog bezig, bij vraag {record.answered + 1}",
        Outcome.FINISHED: "klaar",
        Outcome.STOPPED: f"gestopt bij vraag {record.answered + 1} van {record.length}",
        Outcome.VOID: "ongeldig",
        Outcome.UNREADABLE: "niet te lezen: verwittig de ICT-verantwoordelijke",
    }[record.outcome]


def _counts(records: Sequence[PupilRecord]) -> tuple[str, ...]:
    """How many pupils there were, and how it ended for them."""
    n = Counter(record.outcome for record in records)
    present = sum(record.came_at is not None for record in records)
    parts = [f"{present} van {n.total()} leerlingen aanwezig", f"{n[Outcome.ABSENT]} afwezig"]
    words = {
        Outcome.FINISHED: "klaar",
        Outcome.STOPPED: "gestopt",
        Outcome.BUSY: "bezig",
        Outcome.VOID: "ongeldig",
        Outcome.UNREADABLE: "niet te lezen",
    }
    return (*parts, *(f"{n[outcome]} {word}" for outcome, word in words.items() if n[outcome]))


def _pupil(record: PupilRecord) -> tuple[str, str, str, str, str]:
    """One pupil as a row."""
    remarks = []
    if record.granted_ms:
        remarks.append(f"{round(record.granted_ms / 60_000)} min extra tijd")
    if record.n_laptops > 1:
        remarks.append(f"{record.n_laptops} laptops")
    if record.n_skipped:
        remarks.append(f"{record.n_skipped} {'vraag' if record.n_skipped == 1 else 'vragen'} overgeslagen")
    return record.pupil, outcome_words(record), clock(record.came_at), clock(record.ended_at), ", ".join(remarks)


_SAID = {
    What.OPENED: "toets geopend",
    What.PAUSED: "pauze",
    What.RESUMED: "hervat",
    What.CLOSED: "toets afgesloten",
    What.FROZEN: "definitief afgerond zonder dat de laptop alles bevestigde",
    What.TIME_GRANTED: "{amount} min extra tijd",
    What.OFFLINE: "{amount} min geen verbinding",
    What.REASSIGNED: "kreeg de juiste naam",
    What.RELEASED: "naar een andere laptop verplaatst",
    What.OTHER_LAPTOP: "op een andere laptop verder",
    What.ITEM_SKIPPED: "vraag {amount} overgeslagen",
    What.HELP: "vroeg hulp, na {amount} min beantwoord",
    What.HELP_UNANSWERED: "vroeg hulp, niet beantwoord",
    What.REOPENED: "toets heropend",
    What.VOID: "toets ongeldig gemaakt",
    What.EVIDENCE: "antwoord op vraag {amount} kwam na het afsluiten",
}


SOON_ANSWERED = "vroeg hulp, binnen de minuut beantwoord"


def _happening(one: Happening, n_pupils: int) -> tuple[str, str, str, str]:
    """When, who, what, and why and by whom."""
    who = ALL if len(one.pupils) == n_pupils and n_pupils > 1 else ", ".join(one.pupils[:MOST_NAMES])
    if who != ALL and len(one.pupils) > MOST_NAMES:
        who += f" en {len(one.pupils) - MOST_NAMES} andere"
    ground = " – ".join(part for part in (one.reason, one.by) if part)
    said = SOON_ANSWERED if one.what is What.HELP and not one.amount else _SAID[one.what]
    return clock(one.at), who, said.format(amount=one.amount), ground


def _signed(signature: Signature) -> str:
    """Who signed, and when."""
    return f"Ondertekend door {signature.by or 'de toetscoördinator'} op {day(signature.at)} om {clock(signature.at)}"
