"""Text that is the same for everybody, sent compressed to whoever can read it so.

Only what holds nothing of anybody: where a reply mixes what is secret with what others can choose, its compressed
length tells (BREACH, Gluck, Harris and Prado, 2013).
"""

from __future__ import annotations

import gzip
import hashlib
import re
from collections.abc import Mapping
from functools import lru_cache

from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import Scope

_REFUSED = re.compile(r"gzip\s*;\s*q=0(\.0*)?\s*(,|$)")


def same_for_all(
    content: bytes, media_type: str, scope: Scope, status_code: int = 200, headers: Mapping[str, str] | None = None
) -> Response:
    """Reply with a text that is the same for everybody; 304 where the browser has it already.

    Parameters
    ----------
    content : as it is without compression
    scope : of the request (ASGI)
    headers : more of them
    """
    asked = Headers(scope=scope)
    encoding = {}
    if _takes_gzip(asked.get("accept-encoding", "")):
        content, encoding = _compressed(content), {"Content-Encoding": "gzip"}
    tag = _tag(content)
    own = {"ETag": tag, "Vary": "Accept-Encoding", **encoding, **(headers or {})}
    if tag in re.split(r"\s*,\s*", asked.get("if-none-match", "").replace("W/", "")):
        own.pop("Content-Encoding", None)
        return Response(status_code=304, headers=own)
    return Response(content, status_code, own, media_type)


def _takes_gzip(accepted: str) -> bool:
    """Whether a browser says that it reads gzip (RFC 9110, 12.5.3)."""
    return "gzip" in accepted and not _REFUSED.search(accepted)


@lru_cache(maxsize=256)
def _compressed(content: bytes) -> bytes:
    """As small as gzip makes it, the same bytes whenever it is made."""
    return gzip.compress(content, compresslevel=9, mtime=0)


@lru_cache(maxsize=512)
def _tag(content: bytes) -> str:
    """Name of what is sent, for a browser to ask with whether it changed."""
    return f'"{hashlib.sha256(content).hexdigest()}"'
