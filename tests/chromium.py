"""The system's Chromium for browser tests: where it is, and what to type when it is not there."""

from __future__ import annotations

import ctypes
import shutil

FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
REMEDY = "needs Chromium. To run it: sudo apt-get install chromium libatomic1"


def find_chromium() -> str | None:
    """Path of the system's browser; None also where Playwright's driver, which needs libatomic, cannot run."""
    try:
        ctypes.CDLL("libatomic.so.1")
    except OSError:
        return None
    return shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
