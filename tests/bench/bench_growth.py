"""How the cost of a calibration grows: persons and items, 40 adaptive answers each.

    python tests/bench/bench_growth.py [--persons 1000 10000 …] [--items 50 200 …] [--picture docs/pictures/growth.svg]

Each point runs in a process of its own. What should be seen is cost that is straight in the number of answers, in
seconds and, above what the interpreter takes, in memory. A million persons take 2 GB.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.table import Table

sys.path.insert(0, str(Path(__file__).parents[2]))

from engine.arrays import FloatArray
from tests.bench.calibration_cases import SEED, route
from tests.bench.calibration_programs import forget_peak, peak_megabytes

N_GIVEN = 40
PERSONS, ITEMS = (1_000, 10_000, 100_000, 1_000_000), (50, 200, 1_000, 5_000)
USUAL_ITEMS, USUAL_PERSONS = 1_000, 60_000


def measure(n_persons: int, n_items: int) -> dict[str, float]:
    """Seconds, cycles and peak memory of one calibration, in a process of its own."""
    command = [sys.executable, __file__, "--point", str(n_persons), str(n_items)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found


def point(n_persons: int, n_items: int) -> None:
    """Simulate and calibrate one point, and say what it cost."""
    from engine import calibrate

    rng = np.random.default_rng(SEED)
    a, b = np.exp(rng.normal(0.0, 0.3, n_items)), rng.normal(size=n_items)
    responses = route(rng, a, b, n_persons, min(N_GIVEN, n_items))
    forget_peak()
    begun = time.perf_counter()
    result = calibrate(responses, errors="none")
    seconds = time.perf_counter() - begun
    report = {"seconds": seconds, "cycles": result.n_cycles, "megabytes": peak_megabytes()}
    print(json.dumps(report | {"answers": responses.n_responses}))  # noqa: T201 - its result


Points = list[tuple[str, dict[str, float]]]


def panel(points: Points, x: FloatArray, y: FloatArray, line: FloatArray, left: float, what: str, unit: str) -> str:
    """One figure over answers, both logarithmic, with the line that it should follow."""
    top, width, height = 30.0, 360.0, 280.0
    low, high = np.floor(np.log10([x.min(), y.min()])), np.ceil(np.log10([x.max(), y.max()]))

    def place(a: float, b: float) -> tuple[float, float]:
        share = (np.log10([a, b]) - low) / (high - low)
        return left + width * float(share[0]), top + height * (1.0 - float(share[1]))

    parts = [
        f'<rect x="{left}" y="{top}" width="{width}" height="{height}" fill="none" stroke="#333"/>',
        f'<text x="{left}" y="{top - 10}">{what}</text>',
        f'<text x="{left + width / 2}" y="{top + height + 40}" text-anchor="middle">answers</text>',
    ]
    for tick in range(int(low[0]), int(high[0]) + 1):
        at = place(10.0**tick, 10.0 ** low[1])
        parts.append(f'<text x="{at[0]:.0f}" y="{at[1] + 18:.0f}" text-anchor="middle">10^{tick}</text>')
    for tick in range(int(low[1]), int(high[1]) + 1):
        at = place(10.0 ** low[0], 10.0**tick)
        parts.append(f'<text x="{at[0] - 6:.0f}" y="{at[1] + 4:.0f}" text-anchor="end">10^{tick} {unit}</text>')
    across = np.geomspace(x.min(), x.max(), 40)
    path = " ".join(f"{h:.1f},{v:.1f}" for h, v in (place(a, line[0] * a + line[1]) for a in across.tolist()))
    parts.append(f'<polyline points="{path}" fill="none" stroke="#999"/>')
    for (kind, _), a, b in zip(points, x.tolist(), y.tolist(), strict=True):
        at = place(a, b)
        fill = "#14507a" if kind == "persons" else "#c0561a"
        parts.append(f'<circle cx="{at[0]:.1f}" cy="{at[1]:.1f}" r="5" fill="{fill}"/>')
    return "\n".join(parts)


def draw(points: Points, path: Path) -> None:
    """Seconds a cycle and peak memory over answers as a picture; the lines are straight in the number of answers."""
    x = np.array([found["answers"] for _, found in points])
    seconds = np.array([found["seconds"] / found["cycles"] for _, found in points])
    megabytes = np.array([found["megabytes"] for _, found in points])
    many = np.array([kind == "persons" for kind, _ in points])
    proportional = np.array([np.median(seconds / x), 0.0])
    above_a_floor = np.polyfit(x[many], megabytes[many], 1) if many.sum() > 1 else np.array([0.0, megabytes.mean()])
    left = panel(points, x, seconds, proportional, 70.0, "seconds a cycle; blue: more persons, orange: more items", "s")
    right = panel(points, x, megabytes, above_a_floor, 530.0, "MB at the peak, the interpreter included", "MB")
    path.write_text(
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 910 370" font-family="sans-serif" font-size="13">'
        f"<title>Seconds a cycle, and memory, against answers</title>\n{left}\n{right}\n</svg>\n"
    )


def main() -> int:
    """Measure all points, and print the table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--persons", type=int, nargs="*", default=PERSONS)
    parser.add_argument("--items", type=int, nargs="*", default=ITEMS)
    parser.add_argument("--picture", type=Path)
    parser.add_argument("--point", type=int, nargs=2, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.point:
        point(*arguments.point)
        return 0
    console = Console()
    table = Table("persons", "items", "answers", "cycles", "seconds", "ms a cycle and 1,000 answers", "peak MB")
    points: Points = []
    wanted = [("persons", n, USUAL_ITEMS) for n in arguments.persons]
    wanted += [("items", USUAL_PERSONS, n) for n in arguments.items]
    for kind, n_persons, n_items in wanted:
        with console.status(f"{n_persons:,} persons, {n_items:,} items"):
            found = measure(n_persons, n_items)
        points.append((kind, found))
        each = 1e6 * found["seconds"] / found["cycles"] / found["answers"]
        table.add_row(
            f"{n_persons:,}",
            f"{n_items:,}",
            f"{found['answers']:,}",
            f"{found['cycles']:.0f}",
            f"{found['seconds']:.2f}",
            f"{each:.3f}",
            f"{found['megabytes']:.0f}",
        )
    console.print(table)
    if arguments.picture:
        draw(points, arguments.picture)
    return 0


if __name__ == "__main__":
    sys.exit(main())
