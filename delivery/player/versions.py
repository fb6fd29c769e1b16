"""Versions of the player: a page, its scripts and styles, at addresses of their own, kept while one may need them.

A page that is loaded again in the middle of a test stays the version that it was, also when a later one is rolled in;
and while two versions serve side by side, each finds in the folder what the other one's pages ask for.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from tempfile import mkdtemp

from starlette.requests import Request
from starlette.responses import Response

from delivery.player.bundling import bundled, needed
from delivery.player.compressed import same_for_all
from delivery.player.lean import TYPES, LeanFiles, lean, served
from delivery.player.pages import PLAYING_HEADERS, render, static_file

FOLDER = Path(__file__).parent
STATIC = FOLDER / "static"
VIEWS = tuple(sorted(path.stem for path in (FOLDER / "templates" / "views").glob("*.html")))
WORKER, SCOPE = "worker.js", "/toets"
PAGE, OFFLINE, ASSETS = "page.html", "offline.html", "assets.json"
SCRIPT, STYLE = "page.js", "page.css"
"""All that the page of a test needs to run: a slow laptop spends longer on a file than on what is in it."""
ENTRY, STYLES = "player.js", ("tokens.css", "player.css", "item.css")
FOR_GOOD = "public, max-age=31536000, immutable"
KEPT_DAYS = 60
"""Longer than the weeks in which a test can be taken: what no server started with for so long, no page asks for."""
_VERSION = re.compile(r"[0-9a-f]{16}")


class PlayerVersions:
    """Serves the running version of the player, and earlier ones that were kept.

    Parameters
    ----------
    folder : where versions are kept, shared by all workers; None keeps none
    point : what laptops seal to, base64

    Attributes
    ----------
    current : name of the running version, a hash of all that is in it
    """

    def __init__(self, folder: Path | None, point: str) -> None:
        changed = tuple((path, path.stat().st_mtime_ns) for path in sorted(STATIC.rglob("*.*")))
        built = _build(changed, point)
        self.current, self._made = built.version, built.made
        self._files = LeanFiles(STATIC)
        self._folder = folder
        if folder is not None:
            _keep(folder, self.current, built.files | self._made)

    def page(self, version: str, request: Request) -> Response:
        """Every page of a test in one document, of this version where it is kept, else of the running one."""
        content = self._made[PAGE]
        if self._folder is not None and version != self.current and _VERSION.fullmatch(version):
            with suppress(FileNotFoundError):
                content = (self._folder / version / PAGE).read_bytes()
        return same_for_all(content, _type_of(PAGE), request.scope, headers=PLAYING_HEADERS)

    async def file(self, path: str, request: Request) -> Response:
        """One file of a version, that never changes; or, without a version, of the running one, that may.

        Raises
        ------
        HTTPException
            404 where there is no such file.
        """
        version, _, name = path.partition("/")
        if not _VERSION.fullmatch(version):
            return await static_file(self._files, path, request)
        if version == self.current and name in self._made:
            response = same_for_all(self._made[name], _type_of(name), request.scope)
        elif version == self.current or self._folder is None:
            response = await static_file(self._files, name if version == self.current else path, request)
        else:
            response = await static_file(LeanFiles(self._folder, Path.read_bytes), path, request)
        return _for_good(response, name)


@dataclass(frozen=True, slots=True)
class _Built:
    """The player as it is written now: what is served as it stands, and what is made of it."""

    version: str
    files: dict[str, bytes]
    made: dict[str, bytes]


@lru_cache(maxsize=8)
def _build(changed: tuple[tuple[Path, int], ...], point: str) -> _Built:
    """The running version; built once for what did not change since, as a process may hold several applications."""
    files = {path.relative_to(STATIC).as_posix(): served(path) for path, _ in changed}
    files |= {
        SCRIPT: lean(bundled(STATIC, ENTRY), ".js").encode(),
        STYLE: b"".join(files[name] for name in STYLES),
    }
    digest = hashlib.sha256(_page(SCOPE, point).encode())
    for name, content in files.items():
        digest.update(f"{name} {len(content)} ".encode() + content)
    version = digest.hexdigest()[:16]
    place = f"/static/player/{version}"
    made = {
        PAGE: _page(place, point).encode(),
        OFFLINE: render("player/offline.html", assets=place).encode(),
        ASSETS: json.dumps(_worth_keeping([*files, OFFLINE])).encode(),
        **{name: files[name] for name in (SCRIPT, STYLE)},
    }
    return _Built(version, files, made)


def _page(place: str, point: str) -> str:
    """The document, with its scripts at ``place``."""
    return render("player/player.html", views=VIEWS, point=point, assets=place)


def _worth_keeping(names: list[str]) -> list[str]:
    """What a laptop keeps for when it has no network: all but the modules that stand in the one script only."""
    inside = {*needed(STATIC, [ENTRY])}
    others = [name for name in names if name.endswith(".js") and name not in {SCRIPT, *inside}]
    return [name for name in names if name not in inside - {*needed(STATIC, others)}]


def _type_of(name: str) -> str:
    """Media type of what is made here."""
    return {".html": "text/html", ".json": "application/json", **TYPES}[Path(name).suffix]


def _for_good(response: Response, name: str) -> Response:
    """The same reply, kept by browsers for good; a page among them is as closed as any of ours."""
    if name.endswith(".html"):
        response.headers.update(PLAYING_HEADERS)
    if name == WORKER:
        response.headers["Service-Worker-Allowed"] = SCOPE
    response.headers["Cache-Control"] = FOR_GOOD
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response


def _keep(folder: Path, version: str, files: Mapping[str, bytes]) -> None:
    """Write a version whole or not at all, and let go of those that nobody started for long."""
    folder.mkdir(parents=True, exist_ok=True)
    kept = folder / version
    if not kept.is_dir():
        draft = Path(mkdtemp(prefix=".", dir=folder))
        for name, content in files.items():
            (draft / name).parent.mkdir(exist_ok=True)
            (draft / name).write_bytes(content)
        try:
            draft.rename(kept)
        except OSError:  # another worker was first
            shutil.rmtree(draft)
    os.utime(kept)
    oldest = time.time() - KEPT_DAYS * 24 * 3600
    for other in folder.iterdir():
        with suppress(FileNotFoundError):  # another worker's draft may be gone again
            if other.stat().st_mtime < oldest:
                shutil.rmtree(other, ignore_errors=True)
