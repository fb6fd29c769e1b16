"""Template processing: what an item draws for one pupil, from a seed alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from itembank.qti.processing.interpreter import draw_variables
from itembank.qti.processing.program import Program
from itembank.qti.processing.run import MAX_DRAW_STEPS, MOST_DRAWS, Run
from itembank.qti.processing.values import Value


@dataclass(frozen=True, slots=True)
class Draw:
    """What template processing drew.

    Attributes
    ----------
    values : template variables by identifier; None is NULL
    correct : correct responses by response variable, those that were set and those that were declared
    obstacle : why these are no values that the author meant, or ""
    effort : share of the draws or steps that it took, whichever is larger; above 1 they were not enough
    """

    values: Mapping[str, Value | None]
    correct: Mapping[str, Value | None]
    obstacle: str = ""
    effort: float = 0.0


def draw_template(program: Program, seed: int) -> Draw:
    """Draw an item; the same seed gives the same values on every machine.

    Parameters
    ----------
    program : the item's rules
    seed : its low 32 bits count

    Returns
    -------
    Draw
        Always: where a constraint holds in none of 100 draws, the template variables have their defaults, as QTI 2.1
        (section 12.1) and 3.0 ask; ``obstacle`` says so.
    """
    run = Run(program.declarations, seed)
    draw_variables(run, program)
    obstacle = ""
    if run.steps_left < 0:
        obstacle = f"drawing its values takes more than {MAX_DRAW_STEPS} steps"
    elif run.n_draws >= MOST_DRAWS:
        obstacle = f"its template constraint held in none of {MOST_DRAWS} draws"
    template = [name for name, declared in program.declarations.items() if declared.kind == "template"]
    responses = [name for name, declared in program.declarations.items() if declared.kind == "response"]
    return Draw(
        {name: run.values.get(name) for name in template},
        {name: run.correct.get(name) for name in responses},
        obstacle,
        max(run.n_draws / MOST_DRAWS, 1 - run.steps_left / MAX_DRAW_STEPS),
    )
