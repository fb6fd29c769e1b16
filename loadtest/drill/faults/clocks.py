"""A server's clock is wrong: one process is replaced by another that lives an hour later or earlier.

The process is started with a small library of ours before the system's, compiled here; where no C compiler is at hand
this fault cannot be made. The pupils' own clocks are wrong all the time, see `running`.
"""

from __future__ import annotations

import asyncio
import shutil
import subprocess
import sys
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path

import httpx2

from loadtest.drill.faults.rolling import replace_worker, serves
from loadtest.drill.site import Scene
from loadtest.server import ServerProcess

WRONG_S = 3600
SURELY_WRONG_S = WRONG_S / 2
LIBRARY = "wrong_clock.so"
SOURCE = r"""
#define _GNU_SOURCE
#include <stdlib.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static long offset(void) { const char *s = getenv("WRONG_CLOCK_S"); return s ? atol(s) : 0; }

int clock_gettime(clockid_t clock, struct timespec *now) {
    int status = syscall(SYS_clock_gettime, clock, now);
    if (status == 0 && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE)) now->tv_sec += offset();
    return status;
}

int gettimeofday(struct timeval *now, void *zone) {
    struct timespec precise;
    (void)zone;
    clock_gettime(CLOCK_REALTIME, &precise);
    now->tv_sec = precise.tv_sec;
    now->tv_usec = precise.tv_nsec / 1000;
    return 0;
}

time_t time(time_t *now) {
    struct timespec precise;
    clock_gettime(CLOCK_REALTIME, &precise);
    if (now) *now = precise.tv_sec;
    return precise.tv_sec;
}
"""


def can_shift_clocks() -> bool:
    """Whether a process with another clock can be made here."""
    return sys.platform == "linux" and shutil.which("cc") is not None


async def wrong_clock(scene: Scene) -> bool:
    """Let a process with a wrong clock answer in the place of another, and then one with a right clock again."""
    offset = scene.rng.choice((-WRONG_S, WRONG_S))
    library = await asyncio.to_thread(_library, scene.site.logs)
    number = scene.rng.randrange(len(scene.site.workers))
    worker = await replace_worker(scene, number, {"LD_PRELOAD": str(library), "WRONG_CLOCK_S": str(offset)})
    try:
        return await serves(scene, worker) and abs(await _difference_s(worker)) > SURELY_WRONG_S
    finally:
        await replace_worker(scene, number)


def _library(folder: Path) -> Path:
    """Compile the library, once."""
    library = folder / LIBRARY
    if not library.exists():
        command = ["cc", "-shared", "-fPIC", "-O1", "-x", "c", "-", "-o", str(library)]
        subprocess.run(command, input=SOURCE, text=True, check=True, capture_output=True)
    return library


async def _difference_s(worker: ServerProcess) -> float:
    """How far a server's clock is from ours, by the date in its own replies."""
    async with httpx2.AsyncClient() as client:
        reply = await client.get(worker.address)
    return (parsedate_to_datetime(reply.headers["date"]) - datetime.now(UTC)).total_seconds()
