"""The difference of two versions of an item, what changes the score first."""

from __future__ import annotations

from sqlmodel import Session

from itembank.differences import KEY, differences
from itembank.pages.environment import render
from itembank.store import load_item

WORDS = {
    "text": "tekst",
    "title": "titel",
    "language": "taal",
    "area": "domein",
    "goals": "doelen",
    "keywords": "trefwoorden",
    "enemies": "niet samen met",
    "licence": "licentie",
    "passage": "leestekst",
    "pictures and recordings": "beelden en opnames",
    "other parts of the file": "andere delen van het bestand",
}


def difference_part(db: Session, one: str, other: str) -> str:
    """Part of a page with what two versions differ in.

    Parameters
    ----------
    db : database session
    one, other : names of the earlier and the later version

    Raises
    ------
    NotInBankError
        If there is no such version.
    """
    found = [
        {
            "what": f"sleutel of score{found.what.removeprefix(KEY)}" if is_key else WORDS.get(found.what, found.what),
            "is_key": is_key,
            "before": found.before.splitlines(),
            "after": found.after.splitlines(),
        }
        for found in differences(load_item(db, one), load_item(db, other))
        for is_key in [found.what.startswith(KEY)]
    ]
    return render("difference.html.j2", one=one, other=other, found=found)
