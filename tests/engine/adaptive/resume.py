"""Takes up interrupted tests from their events alone, in a process of its own: `python resume.py FILE`.

FILE holds JSON: ``best_k`` and ``sittings``, each with its first plan, the numbers that chance was taken from, and its
events. After every prefix of the events the next choice is made anew and printed: items, swaps and abilities as JSON.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[3]))

from engine import AdaptiveState, Answered, Chosen, Started, Strategy, decide, fold_all
from tests.engine.adaptive.sittings import own_bank


def events_of(sittings: Sequence[dict[str, Any]], n: int) -> list[Chosen | Answered]:
    """First n choices and answers of all sittings, from what was written down of them."""
    events: list[Chosen | Answered] = []
    for place in range(n):
        rows = [sitting["events"][place] for sitting in sittings]
        swaps = tuple(tuple((out, into) for out, into in row["swaps"]) for row in rows)
        events += [
            Chosen(np.array([row["item"] for row in rows]), swaps),
            Answered(np.array([row["category"] for row in rows])),
        ]
    return events


def main(path: Path) -> int:
    """Take up every sitting at every place."""
    told = json.loads(path.read_text())
    bank = own_bank(Strategy(best_k=told["best_k"]))
    sittings = told["sittings"]
    start = Started(np.array([sitting["plan"] for sitting in sittings]))
    found = []
    for place in range(bank.n_positions):
        state = fold_all(AdaptiveState.begin(start, bank.n_positions), events_of(sittings, place))
        decision = decide(bank, state, [sitting["draws"][place] for sitting in sittings], explain=False)
        found.append([decision.item.tolist(), decision.swaps, decision.theta.tolist()])
    sys.stdout.write(json.dumps({"hash": bank.hash, "found": found}))
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
