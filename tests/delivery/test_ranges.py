"""Parts of pictures and recordings, as RFC 9110, section 14, has them."""

from __future__ import annotations

import pytest

from delivery.ranges import part_of

WHOLE = bytes(range(10))


@pytest.mark.parametrize(
    ("asked", "begin", "stop"),
    [
        ("bytes=0-", 0, 10),
        ("bytes=0-0", 0, 1),
        ("bytes=2-5", 2, 6),
        ("bytes=9-9", 9, 10),
        ("bytes=4-999", 4, 10),
        ("bytes=-3", 7, 10),
        ("bytes=-999", 0, 10),
    ],
)
def test_a_part_that_is_there_comes_with_its_place(asked: str, begin: int, stop: int) -> None:
    status, part, headers = part_of(WHOLE, asked)
    assert (status, part) == (206, WHOLE[begin:stop])
    assert headers == {"Accept-Ranges": "bytes", "Content-Range": f"bytes {begin}-{stop - 1}/10"}


@pytest.mark.parametrize("asked", ["bytes=10-", "bytes=99-100", "bytes=-0"])
def test_a_part_that_is_not_there_is_said_not_to_be(asked: str) -> None:
    assert part_of(WHOLE, asked) == (416, b"", {"Accept-Ranges": "bytes", "Content-Range": "bytes */10"})


@pytest.mark.parametrize(
    "asked",
    ["", "bytes=5-2", "bytes=", "bytes=-", "bytes=0-1,3-4", "lines=0-1", "bytes=²-", "bytes=1-x", f"bytes={'9' * 99}-"],
)
def test_what_asks_for_no_one_part_gets_the_whole(asked: str) -> None:
    assert part_of(WHOLE, asked) == (200, WHOLE, {"Accept-Ranges": "bytes"})


def test_nothing_has_no_parts() -> None:
    assert part_of(b"", "bytes=0-")[0] == 416
    assert part_of(b"", "") == (200, b"", {"Accept-Ranges": "bytes"})
