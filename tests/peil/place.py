"""An installation for the tests of the root."""

from __future__ import annotations

from dataclasses import dataclass

from peil.demo.people import Account
from peil.demo.run import Prepared
from peil.installation import Installation


@dataclass(frozen=True)
class Place:
    """An installation that is ready for pupils, and who works there."""

    installation: Installation
    prepared: Prepared

    def account(self, role: str, school: int | None) -> Account:
        """Account of the one with this role in this school."""
        return next(one for one in self.prepared.accounts if (one.role, one.school) == (role, school))
