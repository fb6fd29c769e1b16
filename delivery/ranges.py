"""Parts of what a browser asks for: without them nobody can go back in a recording."""

from __future__ import annotations

import re

_ASKED = re.compile(r"bytes=(?:(\d{1,12})-(\d{0,12})|-(\d{1,12}))", re.ASCII)


def part_of(content: bytes, asked: str) -> tuple[int, bytes, dict[str, str]]:
    """Answer a request that may ask for a part (RFC 9110, section 14).

    Parameters
    ----------
    content : the whole
    asked : the header ``Range``, or ""; several parts at once, other units and nonsense get the whole

    Returns
    -------
    tuple
        Status (200, 206, or 416 where there is no such part), the bytes, and the headers that tell which they are.
    """
    headers = {"Accept-Ranges": "bytes"}
    match = _ASKED.fullmatch(asked.strip())
    if match is None:
        return 200, content, headers
    first, last, end = match.groups()
    begin = int(first) if first is not None else max(0, len(content) - int(end))
    stop = min(int(last) + 1, len(content)) if last else len(content)
    if first is not None and last and int(last) < begin:
        return 200, content, headers  # which says nothing
    if begin >= len(content):
        return 416, b"", headers | {"Content-Range": f"bytes */{len(content)}"}
    return 206, content[begin:stop], headers | {"Content-Range": f"bytes {begin}-{stop - 1}/{len(content)}"}
