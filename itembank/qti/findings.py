"""Collects what is wrong, and what is left out, while one file is read."""

from __future__ import annotations

from typing import NoReturn

from lxml.etree import _Element

from itembank.errors import PackageError, Problem

MOST_PROBLEMS = 100
"""What a person mends before trying again; a file made to be wrong has thousands."""


class Findings:
    """Problems (the thing is refused) and warnings (a part is left out) of one file.

    Parameters
    ----------
    file : path inside the package
    subject : what is being read, such as ``item W4-001``
    """

    def __init__(self, file: str, subject: str) -> None:
        self.file = file
        self.subject = subject
        self.problems: list[Problem] = []
        self._warnings: dict[str, Problem] = {}

    @property
    def warnings(self) -> tuple[Problem, ...]:
        """Every kind of warning once, at its first line."""
        return tuple(self._warnings.values())

    def refuse(self, where: _Element | int, what: str, why: str, remedy: str) -> None:
        """Note a reason to refuse the file."""
        self.problems.append(self._problem(where, what, why, remedy))
        if len(self.problems) == MOST_PROBLEMS:
            self.give_up(where, f"there are {MOST_PROBLEMS} faults and perhaps more", "Correct these first")

    def give_up(self, where: _Element | int, why: str, remedy: str) -> NoReturn:
        """Refuse the file without reading the rest of it.

        Raises
        ------
        PackageError
            Always.
        """
        self.problems.append(self._problem(where, "", why, remedy))
        raise PackageError(self.problems)

    def warn(self, where: _Element | int, what: str, why: str, remedy: str) -> None:
        """Note something that is left out."""
        self._warnings.setdefault(f"{what}: {why}", self._problem(where, what, why, remedy))

    def raise_if_refused(self) -> None:
        """Raise what was noted.

        Raises
        ------
        PackageError
            If there is a problem.
        """
        if self.problems:
            raise PackageError(self.problems)

    def _problem(self, where: _Element | int, what: str, why: str, remedy: str) -> Problem:
        """Place it."""
        line = where if isinstance(where, int) else where.sourceline or 0
        return Problem(self.file, line, f"{self.subject}: {what}" if what else self.subject, why, remedy)
