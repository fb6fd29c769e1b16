"""The fault drill: pupils answer while everything around them fails; every acknowledged answer must still be there."""

from loadtest.drill.faults import FAULTS
from loadtest.drill.messages import MessageFaults
from loadtest.drill.moulds import Installation, Mould, make_mould, remove_database
from loadtest.drill.running import DrillPlan, DrillResult, run_drill

__all__ = [
    "FAULTS",
    "DrillPlan",
    "DrillResult",
    "Installation",
    "MessageFaults",
    "Mould",
    "make_mould",
    "remove_database",
    "run_drill",
]
