"""What a pupil was not granted does not reach the laptop."""

from __future__ import annotations

from pathlib import Path

import httpx2
import pytest

from tests.browser.browser_site import Site
from tests.browser.test_tools import garden

EXPLAINED, SAID = "is een rij struiken die dicht bij elkaar staan", "Mieke: Ik stap"


@pytest.mark.parametrize(
    ("granted", "there"), [((), ()), (("glossary",), (EXPLAINED,)), (("glossary", "transcript"), (EXPLAINED, SAID))]
)
def test_explanations_and_transcripts_are_sent_to_who_is_granted_them(
    tmp_path: Path, granted: tuple[str, ...], there: tuple[str, ...]
) -> None:
    site = Site(tmp_path, *garden(), granted=dict.fromkeys(granted, "yes"))
    try:
        site.open()
        codes = {"room_code": site.codes().room, "seat_code": site.codes().seat}
        with httpx2.Client(base_url=f"{site.url}/api/v1") as client:
            ticket = client.post("/entry", json=codes).json()["ticket"]
            html = client.post("/entry/confirm", json={"ticket": ticket}).json()["head"]["current"]["html"]
    finally:
        site.stop()
    assert [words for words in (EXPLAINED, SAID) if words in html] == list(there)
    assert "data-transcript=" in html  # the recording itself is everybody's
