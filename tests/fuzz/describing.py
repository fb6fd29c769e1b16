"""Everything that the application answers to, described so that requests can be made of it.

The interface as it describes itself, and the pages, which promise no more than that they do not break.
"""

from __future__ import annotations

import copy
import re
from typing import Any

from fastapi import FastAPI

from tests.matrix.operations import Operation, operations
from tests.matrix.trying import ENDLESS

FIELDS = ("reason", "minutes", "once", "pupil", "item", "remark", "email", "password", "waarom", "naar", "bestand")
"""Fields of all forms; each page takes its own."""
QUERY = ("doel", "domein", "naam", "staat", "tekst", "vanaf", "tot", "vijanden", "vorm", "pagina", "versie", "verder")
"""What pages may find behind a question mark."""
PAGE_STATUSES = (200, 303, 304, 307, 400, 401, 403, 404, 405, 409, 410, 413, 422, 429)
TEXT = {"type": "string"}


def whole_description(app: FastAPI) -> dict[str, Any]:
    """OpenAPI description of every operation but the stream that has no end."""
    described: dict[str, Any] = copy.deepcopy(app.openapi())
    paths = described["paths"]
    for operation in operations(app):
        known = paths.setdefault(operation.template.replace(":path}", "}"), {})
        if operation.method.lower() not in known and operation.template != ENDLESS:
            known[operation.method.lower()] = _page(operation)
    return {**described, "paths": {path: methods for path, methods in paths.items() if methods}}


def _page(operation: Operation) -> dict[str, Any]:
    """One page, or one form that is sent."""
    names = re.findall(r"{(\w+)", operation.template)
    parameters = [{"name": name, "in": "path", "required": True, "schema": TEXT} for name in names]
    made: dict[str, Any] = {"responses": {str(status): {"description": "A page."} for status in PAGE_STATUSES}}
    if operation.method == "GET":
        parameters += [{"name": name, "in": "query", "required": False, "schema": TEXT} for name in QUERY]
    else:
        form = {"type": "object", "properties": dict.fromkeys(FIELDS, TEXT)}
        made["requestBody"] = {"content": {"application/x-www-form-urlencoded": {"schema": form}}}
    return {"parameters": parameters, **made}
