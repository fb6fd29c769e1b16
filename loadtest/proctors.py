"""A virtual proctor: signs in and opens and closes rooms through the console's own forms."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import httpx2
from lxml import html

from loadtest.errors import LoadtestError

SIGN_IN = "/personeel/aanmelden"


@dataclass(frozen=True, slots=True)
class VirtualProctor:
    """Someone of the staff with a browser.

    Attributes
    ----------
    client : HTTP client of its own, for it keeps the cookies; ``base_url`` is the server
    """

    client: httpx2.AsyncClient

    async def sign_in(self, email: str, password: str) -> None:
        """Sign in on the page that people use.

        Raises
        ------
        LoadtestError
            If the server does not accept it.
        """
        await self._send_form(SIGN_IN, SIGN_IN, {"email": email, "password": password})

    async def open_room(self, administration: str) -> None:
        """Open a room, so that its pupils can come in."""
        room = f"/personeel/afnames/{administration}"
        await self._send_form(room, f"{room}/open", {})

    async def close_room(self, administration: str) -> None:
        """Close a room: no new questions are given in it."""
        room = f"/personeel/afnames/{administration}"
        await self._send_form(room, f"{room}/sluit", {})

    async def _send_form(self, page: str, action: str, filled: Mapping[str, str]) -> None:
        """Load a page, fill in its form with that action, and send it with everything that the page put into it."""
        shown = await self.client.get(page)
        if not shown.is_success:
            raise LoadtestError(f"GET {page}: {shown.status_code}")
        for form in html.fromstring(shown.text).forms:
            if (form.action or page).partition("?")[0] == action:
                break
        else:
            raise LoadtestError(f"{page}: no form with action {action}")
        fields = {name: value or "" for name, value in form.form_values()} | dict(filled)
        sent = await self.client.post(action, data=fields)
        if sent.status_code != 303:
            raise LoadtestError(f"POST {action}: {sent.status_code}: {html.fromstring(sent.text).text_content()[:300]}")
