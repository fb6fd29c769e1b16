"""What can go wrong in the item bank; every message says what, which, why and what to do."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class ItemBankError(Exception):
    """Base of every error that the item bank raises."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong with what somebody wants to bring in.

    Attributes
    ----------
    file : path inside the package
    line : 1 … n; 0 where no line applies
    what : the thing by its name, such as ``item W4-001: qti-order-interaction``
    why : the reason, without a full stop
    remedy : what the author can do, without a full stop
    """

    file: str
    line: int
    what: str
    why: str
    remedy: str

    def __post_init__(self) -> None:
        # Names come from strangers: a line break would forge a second problem, an escape sequence act on the terminal.
        for part in ("file", "what", "why"):
            object.__setattr__(self, part, "".join(c if c.isprintable() else "\ufffd" for c in getattr(self, part)))

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line else self.file
        return f"{place}: {self.what}: {self.why}. {self.remedy}."


class PackageError(ItemBankError):
    """A package, item or medium that is not taken in; nothing was stored.

    Attributes
    ----------
    problems : at least one
    """

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))

    def at(self, file: str, line: int, what: str) -> PackageError:
        """The same, with what has no line of its own placed where it is asked for.

        Parameters
        ----------
        file, line : of what asks for it; 0 where nothing does, which changes nothing
        what : the thing by its name
        """
        return PackageError(
            problem if problem.line or not line else Problem(file, line, what, problem.why, problem.remedy)
            for problem in self.problems
        )


class PartlyRefusedError(PackageError):
    """A package that can be imported but for some of its items or passages."""


class RulesError(ItemBankError):
    """Response processing that cannot be read; ``line`` is its place in the file, 0 where none applies."""

    def __init__(self, why: str, line: int = 0) -> None:
        self.why = why
        self.line = line
        super().__init__(f"line {line}: {why}" if line else why)


class ResponseError(ItemBankError):
    """A response that an item cannot have."""

    def __init__(self, field: str, why: str) -> None:
        self.field = field
        self.why = why
        super().__init__(f"response field {field}: {why}")


class DesignFileError(ItemBankError):
    """A design of a test that cannot be used; the message names the file, the key, and what would be right."""


class BankFileError(ItemBankError):
    """A bank in a file that cannot be used; the message names the file, the line and the column."""


class FrameworkError(ItemBankError):
    """A file of curriculum goals that cannot be used; the message names the file and the goals."""


class MoveFault(StrEnum):
    """Why a change of state may not happen, for whoever says it in other words."""

    NOBODY = "nobody"
    """Nobody asks for it."""
    NO_REASON = "no_reason"
    """No reason is given."""
    CANNOT_FOLLOW = "cannot_follow"
    """The state that is asked for does not come after the present one."""
    MADE_PUBLIC = "made_public"
    """Pupils may know the item."""
    SECOND_PERSON = "second_person"
    """It changes the key, and who asks brought the change in."""


class LifeCycleError(ItemBankError):
    """A change of state that may not happen; the message names the item, the reason and what can.

    Attributes
    ----------
    fault : why, in one word
    """

    def __init__(self, fault: MoveFault, message: str) -> None:
        super().__init__(message)
        self.fault = fault


class ReleaseError(ItemBankError):
    """A bank that cannot be compiled, stored or loaded."""


class NotInBankError(ItemBankError):
    """Something asked for by name is not in the bank."""
