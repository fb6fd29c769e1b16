"""The whole web application: delivery, the school reports, the item table and the start page."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from fastapi import APIRouter, FastAPI
from sqlmodel import Session
from starlette.requests import Request
from starlette.responses import Response
from starlette.staticfiles import StaticFiles

import delivery
import itembank.pages
from peil import bank_pages, pages, printing
from peil.database import open_role, role_url
from peil.installation import Installation, delivery_secrets
from peil.templating import page

PICTURES_IN_MEMORY = 256  # a demo bank has about fifty; each is at most a few hundred kB

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True, slots=True)
class DemoNotice:
    """What the start page of a demonstration shows, and nothing else ever does.

    Attributes
    ----------
    rooms : title, room_code and seats (name, seat_code) of rooms with free seats
    accounts : role, email, password and what one sees with it
    """

    rooms: Sequence[Mapping[str, object]]
    accounts: Sequence[Mapping[str, str]]


def create_app(installation: Installation, demo: DemoNotice | None = None) -> FastAPI:
    """Compose the application of one installation.

    Parameters
    ----------
    installation
        Its settings, keys and database; whoever opened it closes it, after the application has stopped.
    demo
        Codes and accounts for the start page of a demonstration; None in every real installation.
    """
    settings = installation.settings
    journal = open_journal(installation)
    config = delivery.DeliveryConfig(
        secrets=delivery_secrets(installation.keys),
        secure_cookies=settings.secure_cookies,
        demo_notice="Dit is een demonstratie: de accounts staan op de startpagina." if demo else "",
        checkpoints=settings.checkpoints_file,
        player_versions=settings.player_folder,
        offline_credit_ms=settings.offline_credit_minutes * 60_000,
        reserve_items=settings.reserve_items,
    )
    news = open_news(installation)
    app = delivery.create_app(
        config, installation.web, journal, _bank_loader(installation), _media_loader(installation), news
    )
    app.state.installation = installation
    app.state.demo = demo
    app.include_router(router)
    app.include_router(pages.router)
    app.include_router(bank_pages.router)
    app.include_router(printing.router)
    app.mount("/static/peil", StaticFiles(directory=Path(__file__).parent / "static"))
    app.mount("/static/itembank", StaticFiles(directory=itembank.pages.STATIC))

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        """Check the log before the first request, and let go of it when the server stops."""
        try:
            await journal.open()
            await news.open()
            yield
        finally:
            await news.close()
            await app.state.sittings.close()
            await journal.close()

    app.router.lifespan_context = lifespan
    return app


def open_journal(installation: Installation) -> delivery.Journal:
    """Open the log of the installation's database, as the role that can only add to it.

    Raises
    ------
    DatabaseError
        If PostgreSQL does not let us in as that role: better at the start than at the first answer.
    """
    settings = installation.settings
    if not settings.is_postgresql:
        return delivery.open_journal(settings.database_file)
    open_role(settings, "peil_journal").dispose()
    url = role_url(settings, "peil_journal").set(drivername="postgresql")
    return delivery.open_journal(url.render_as_string(hide_password=False))


def open_news(installation: Installation) -> delivery.News:
    """Word of what other workers change; on PostgreSQL as the role that sees no school by itself."""
    settings = installation.settings
    if not settings.is_postgresql:
        return delivery.open_news(settings.database_file)
    url = role_url(settings, "peil_web").set(drivername="postgresql")
    return delivery.open_news(url.render_as_string(hide_password=False))


def _bank_loader(installation: Installation) -> Callable[[str], itembank.CompiledBank]:
    """Compiled banks by hash; delivery keeps those that it uses."""

    def load(bank_hash: str) -> itembank.CompiledBank:
        with Session(installation.web) as db:
            return itembank.load_bank(db, bank_hash)

    return load


def _media_loader(installation: Installation) -> Callable[[str], tuple[str, bytes] | None]:
    """Pictures by hash, the latest ones from memory."""

    @lru_cache(maxsize=PICTURES_IN_MEMORY)
    def load(sha256: str) -> tuple[str, bytes] | None:
        with Session(installation.web) as db:
            try:
                media = itembank.load_media(db, sha256)
            except itembank.NotInBankError:
                return None
        return media.media_type, media.content

    return load


@router.get("/")
def start_page(request: Request) -> Response:
    """Where everybody begins."""
    return page("start.html", demo=request.app.state.demo)
