"""What the description of the interface (OpenAPI) says of requests that are refused."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from pydantic import BaseModel, ConfigDict

from delivery.errors import REFUSALS

ALWAYS = ("malformed", "not_found", "too_large", "unavailable")
"""What may be said to any request: unreadable, with the character NUL in its address, too long, or no database."""
OF_A_LAPTOP = ("unknown_token", "not_yours", "moved", "erased", "read_only")
"""What may be said to any request about a sitting."""


class Refusal(BaseModel):
    """What a request that is refused gets."""

    model_config = ConfigDict(extra="allow")

    code: str
    message: str


def refusals(*codes: str) -> dict[int | str, dict[str, Any]]:
    """Responses of an operation that may refuse with these codes, or for what any request may be refused for.

    Parameters
    ----------
    codes : keys of `REFUSALS`

    Returns
    -------
    dict
        Status → what the framework describes the response from.
    """
    return {status: {"model": Refusal, "description": said} for status, said in _by_status(codes).items()}


def described_refusals(codes: Iterable[str]) -> dict[str, dict[str, Any]]:
    """The same as OpenAPI has it, for what the framework does not see."""
    content = {"application/json": {"schema": {"$ref": f"#/components/schemas/{Refusal.__name__}"}}}
    return {str(status): {"description": said, "content": content} for status, said in _by_status(codes).items()}


def _by_status(codes: Iterable[str]) -> dict[int, str]:
    """Status → the codes that have it, each with what is said."""
    found: defaultdict[int, list[str]] = defaultdict(list)
    for code in sorted({*codes, *ALWAYS}):
        status, message = REFUSALS[code]
        found[status].append(f"`{code}`: {message}")
    return {status: " ".join(found[status]) for status in sorted(found)}
