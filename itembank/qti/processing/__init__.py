"""The rule language of QTI: read it, check it, run it."""

from itembank.qti.processing.drawing import Draw, draw_template
from itembank.qti.processing.interpreter import Answer, Outcome, run_program
from itembank.qti.processing.program import Program, read_program
from itembank.qti.processing.values import Value

__all__ = ["Answer", "Draw", "Outcome", "Program", "Value", "draw_template", "read_program", "run_program"]
