"""``python -m tests.matrix``: every operation × everybody × own and foreign identifiers, as a table."""

from __future__ import annotations

import asyncio
import re
import sys
import tempfile
from pathlib import Path

from rich.console import Console
from rich.table import Table

from tests.matrix.operations import Operation
from tests.matrix.place import matrix_place
from tests.matrix.trying import Cell, Matrix, try_all

WIDTH = 200


def said(cell: Cell) -> str:
    """Statuses of one cell, with how often each came."""
    return " ".join(f"{status}×{n}" if n > 1 else str(status) for status, n in sorted(cell.statuses.items())) or "–"


def shortened(operation: Operation) -> str:
    """An operation with short names of its parameters."""
    return re.sub(r"{(\w)\w*(:\w+)?}", r"{\1}", str(operation))


async def measured() -> Matrix:
    """The matrix of an installation of its own."""
    with tempfile.TemporaryDirectory() as folder:
        async with matrix_place(Path(folder) / "data") as place:
            return await try_all(place)


def main() -> int:
    """Print the table; 1 if any cell is wrong."""
    matrix = asyncio.run(measured())
    console = Console(width=WIDTH)
    names = list(next(iter(matrix.values())))
    table = Table(title="Statuses, and for how many targets (own, foreign, mixed)", padding=0)
    table.add_column("operation", no_wrap=True)
    for name in names:
        table.add_column(name, overflow="fold", min_width=6)
    for operation, row in sorted(matrix.items()):
        table.add_row(shortened(operation), *(said(row[name]) for name in names))
    console.print(table)
    wrong = [line for row in matrix.values() for cell in row.values() for line in cell.wrong]
    n_requests = sum(sum(cell.statuses.values()) for row in matrix.values() for cell in row.values())
    for line in wrong:
        console.print(line, style="red", markup=False)
    console.print(f"{len(matrix)} operations, {len(names)} roles, {n_requests:,} requests: {len(wrong)} wrong")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
