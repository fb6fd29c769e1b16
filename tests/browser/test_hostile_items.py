"""What was let in of the hostile files, in a browser: no script runs, no policy is violated, nothing foreign loads.

The policy only reports: whatever the importer overlooked would run here.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Route

from delivery.player.pages import PLAYING_POLICY
from itembank import read_item
from itembank.rendering import render_item
from tests.itembank.hostile.corpus import corpus
from tests.itembank.hostile.drawings import REACHING, _math
from tests.itembank.hostile.examining import Examined, examine
from tests.itembank.hostile.making import Clean, Lure, shown
from tests.itembank.hostile.watching import laid

ORIGIN = "http://peil.invalid"
NO_SCRIPT = PLAYING_POLICY.replace("script-src 'self'", "script-src 'none'")
POLICY = f"{NO_SCRIPT}; frame-src 'self'; report-uri /report"
MEDIA_POLICY = "default-src 'none'; style-src 'unsafe-inline'; report-uri /report"
CORPUS = corpus()
Show = Callable[[list[str], dict[str, tuple[str, bytes]]], list[str]]
KINDS = [kind for kind in CORPUS if kind not in ("bombs", "sizes", "loops")]  # these hold nothing that is shown

LISTEN = """
window.ran = [];
window.alert = what => window.ran.push(`alert ${what}`);
document.addEventListener("securitypolicyviolation", e => window.ran.push(`${e.violatedDirective} ${e.blockedURI}`));
"""
PROVOKE = """
for (const element of document.querySelectorAll("*"))
  for (const name of "click focus mouseover load error toggle begin animationend input submit".split(" "))
    element.dispatchEvent(new Event(name, {bubbles: false, cancelable: true}));
"""
INSERT = """
pages => {
  for (const html of pages) {
    const place = document.body.appendChild(document.createElement("div"));
    place.innerHTML = html;
    place.innerHTML = place.innerHTML;  // what a parser makes of its own output must stay quiet too
  }
}
"""


@dataclass
class Shown:
    """A page under a policy that reports, and what was seen of it."""

    page: Page
    pages: dict[str, tuple[str, bytes]]
    seen: list[str] = field(default_factory=list)

    def answer(self, route: Route) -> None:
        """Serve what is there, note everything else."""
        address = route.request.url
        found = self.pages.get(address.removeprefix(ORIGIN))
        if found is None:
            self.seen.append(f"{route.request.method} {address} {route.request.post_data or ''}")
            route.abort()
            return
        policy = MEDIA_POLICY if "/media/" in address else POLICY
        headers = {"Content-Security-Policy-Report-Only": policy, "X-Content-Type-Options": "nosniff"}
        route.fulfill(body=found[1], content_type=found[0], headers=headers)

    def visit(self) -> list[str]:
        """Open the page, insert everything again as the player does, provoke it, and say what was seen."""
        self.page.goto(f"{ORIGIN}/", wait_until="load")
        self.page.evaluate(INSERT, [content.decode() for path, (_, content) in self.pages.items() if "/item/" in path])
        self.page.wait_for_timeout(200)
        for frame in self.page.frames:
            frame.evaluate(PROVOKE)
        self.page.wait_for_timeout(200)
        return self.seen + [what for frame in self.page.frames for what in frame.evaluate("window.ran")]


@pytest.fixture
def show(chromium: Browser) -> Iterator[Show]:
    """Return what shows served items and their pictures, and says what happened."""
    contexts: list[BrowserContext] = []

    def shown(served: list[str], media: dict[str, tuple[str, bytes]]) -> list[str]:
        frames = "".join(f'<iframe src="{path}"></iframe>' for path, (kind, _) in media.items() if "svg" in kind)
        whole = f"<!doctype html><meta charset=utf-8><title>x</title><main>{''.join(served)}</main>{frames}"
        context = chromium.new_context()
        contexts.append(context)
        page = context.new_page()
        pages = {"/": ("text/html", whole.encode()), **media}
        pages.update((f"/item/{n}", ("text/html", html.encode())) for n, html in enumerate(served))
        on = Shown(page, pages)
        context.route("**/*", on.answer)
        page.add_init_script(LISTEN)
        page.on("pageerror", lambda error: on.seen.append(str(error)))
        page.on("dialog", lambda dialog: on.seen.append(dialog.message))
        return on.visit()

    yield shown
    for context in contexts:
        context.close()


@pytest.fixture(scope="module")
def lure(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lure]:
    """A file and a server outside every package."""
    with laid(tmp_path_factory.mktemp("lure")) as laid_out:
        yield laid_out


def let_in(kind: str, folder: Path, lure: Lure) -> list[Examined]:
    """What was let in of one kind of hostile files."""
    found = []
    for case in CORPUS[kind]:
        if not case.is_heavy and isinstance(case.outcome, Clean):
            place = folder / "case"
            place.mkdir()
            found.append(examine(case.write(place, lure)))
            shutil.rmtree(place)
    return found


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_that_was_let_in_runs_violates_the_policy_or_loads(
    kind: str, tmp_path: Path, lure: Lure, show: Show
) -> None:
    examined = let_in(kind, tmp_path, lure)
    served = [html for one in examined for html in one.served]
    media = {f"/media/{found.name}": (found.media_type, found.content) for one in examined for found in one.media}
    assert show(served, media) == []


@pytest.mark.parametrize(
    ("html", "sign"),
    [
        ("<img src=x onerror=alert(1)>", "alert 1"),
        ("<p onclick=alert(2)>x</p>", "alert 2"),
        ("<script>alert(3)</script>", "alert 3"),
        ('<p style="color:red">x</p>', "style-src-attr inline"),
        ("<img src=https://elsewhere.invalid/x.png>", "img-src https://elsewhere.invalid"),
    ],
)
def test_the_page_sees_what_would_run_or_load(html: str, sign: str, show: Show) -> None:
    assert any(sign in what for what in show([html], {}))


PLAYER = Path(__file__).parents[2] / "delivery" / "player" / "static"
SHEETS = "".join((PLAYER / name).read_text("utf-8") for name in ("tokens.css", "item.css"))


def outside(browser: Browser, html: str, sheets: str = SHEETS) -> list[bytes]:
    """Pixels above the item and left of it, where other things of the player stand."""
    page = browser.new_page(viewport={"width": 800, "height": 600})
    page.set_content(f"<!doctype html><title>x</title><style>{sheets} .item {{ margin: 200px }}</style>{html}")
    areas = [{"x": 0, "y": 0, "width": 800, "height": 180}, {"x": 0, "y": 180, "width": 180, "height": 420}]
    seen = [page.screenshot(clip=area) for area in areas]  # type: ignore[arg-type]  # its numbers are whole
    page.close()
    return seen


def framed(formula: str) -> str:
    """A formula in an item, as it stands."""
    return f'<div class="item"><p><math>{formula}</math></p></div>'


@pytest.mark.parametrize("name", REACHING)
def test_no_formula_draws_outside_its_item(chromium: Browser, name: str) -> None:
    view = render_item(read_item(shown(_math(REACHING[name])).encode()))
    assert outside(chromium, view.html) == outside(chromium, framed(""))


@pytest.mark.parametrize("name", ["far up", "many short steps up"])
def test_a_formula_that_is_let_through_is_seen_outside(chromium: Browser, name: str) -> None:
    assert outside(chromium, framed(REACHING[name]), "") != outside(chromium, framed(""), "")
    assert outside(chromium, framed(REACHING[name])) == outside(chromium, framed("")), "the frame alone holds it too"


def test_the_page_sees_a_drawing_that_acts(
    show: Show,
) -> None:
    drawing = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(4)</script></svg>'
    assert "alert 4" in show([], {"/media/x.svg": ("image/svg+xml", drawing)})
