"""What the description of the interface (OpenAPI) says beside what the framework sees by itself."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import msgspec
from pydantic import BaseModel, ConfigDict

from delivery.errors import REFUSALS
from delivery.sittings.bodies import AnswerBody, DraftBody

ALWAYS = ("malformed", "not_found", "too_large", "unavailable")
"""What may be said to any request: unreadable, with the character NUL in its address, too long, or no database."""
OF_A_LAPTOP = ("unknown_token", "not_yours", "moved", "erased", "read_only")
"""What may be said to any request about a sitting."""
ANSWER_CODES = (
    *OF_A_LAPTOP,
    *("already_answered", "gap", "hash_mismatch", "invalid_response", "item_skipped", "not_offered", "not_open"),
    *("sealed", "too_many_bodies", "void"),
)
SITTING = "/api/v1/sittings/{sitting}"
_REF = "#/components/schemas/{name}"


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
    return {status: {"model": Refusal, "description": described} for status, described in _by_status(codes).items()}


def with_answers(description: dict[str, Any]) -> dict[str, Any]:
    """The framework's description, with the answer path, which the framework does not see."""
    bodies, schemas = msgspec.json.schema_components([AnswerBody, DraftBody], ref_template=_REF)
    description["components"]["schemas"] |= schemas
    answer, draft = bodies
    description["paths"][f"{SITTING}/answers/{{position}}"] = {
        "put": _operation("Answer one question; sending the same again changes nothing.", answer, "200", ANSWER_CODES)
    }
    description["paths"][f"{SITTING}/drafts/{{position}}"] = {
        "put": _operation("Keep what is being typed.", draft, "204", (*OF_A_LAPTOP, "not_offered"))
    }
    return description


def _by_status(codes: tuple[str, ...]) -> dict[int, str]:
    """Status → the codes that have it, each with what is said."""
    found: defaultdict[int, list[str]] = defaultdict(list)
    for code in sorted({*codes, *ALWAYS}):
        status, message = REFUSALS[code]
        found[status].append(f"`{code}`: {message}")
    return {status: " ".join(found[status]) for status in sorted(found)}


def _operation(summary: str, body: dict[str, Any], success: str, codes: tuple[str, ...]) -> dict[str, Any]:
    """One operation of the answer path."""
    refused = {"application/json": {"schema": {"$ref": _REF.format(name="Refusal")}}}
    taken: dict[str, Any] = {"content": {"application/json": {"schema": {}}}} if success == "200" else {}
    position = {"type": "integer", "minimum": 0, "maximum": 999_999}
    return {
        "tags": ["pupils"],
        "summary": summary,
        "parameters": [
            {"name": "sitting", "in": "path", "required": True, "schema": {"type": "string"}},
            {"name": "position", "in": "path", "required": True, "schema": position},
            {"name": "authorization", "in": "header", "required": False, "schema": {"type": "string"}},
        ],
        "requestBody": {"required": True, "content": {"application/json": {"schema": body}}},
        "responses": {
            success: {"description": "Stored.", **taken},
            **{str(status): {"description": said, "content": refused} for status, said in _by_status(codes).items()},
        },
    }
