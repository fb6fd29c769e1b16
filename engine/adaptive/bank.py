"""A pool, a blueprint and a strategy made ready: everything that does not change from answer to answer."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, fields, is_dataclass

import numpy as np

from engine.adaptive.strategy import Method, Strategy
from engine.arrays import BoolArray, FloatArray, IndexArray
from engine.assembly import (
    Blueprint,
    Library,
    PlanTables,
    Pool,
    first_items,
    make_library,
    make_rules,
    make_tables,
    solve_plan,
    suitable_items,
)
from engine.assembly.shadow.library import NODES
from engine.errors import BlueprintError, DesignError
from engine.selection import RandomOfBest, Rule, SelectionTables, Standing, normal_prior

USUAL_ERROR = 0.35  # standard error in logits half-way a test, for which rules that ask for it are worked out


@dataclass(frozen=True, slots=True, eq=False)
class AdaptiveBank:
    """What an adaptive test is chosen from; immutable, and made once at release.

    Attributes
    ----------
    pool, blueprint, strategy : what it was made from
    selection : response table, information and rank lists of the n_items items
    plans : the blueprint as rules over the pool, laid out for plans
    accommodations : names of the accommodation pools, "" first
    suitable : (n_accommodations, n_items) scored items that pupils with each may be given
    first : (n_items,) items that a test may begin with
    start_plan : (n_accommodations, length) best whole test at the prior's mean; no columns where nothing is planned
    libraries : of each accommodation what its rules cost by ability; empty where nothing is planned, or where the
        rule's worth of an item can be negative
    hash : SHA-256 of all of it, hexadecimal: part of every decision's audit
    """

    pool: Pool
    blueprint: Blueprint
    strategy: Strategy
    selection: SelectionTables
    plans: PlanTables
    accommodations: tuple[str, ...]
    suitable: BoolArray
    first: BoolArray
    start_plan: IndexArray
    libraries: tuple[Library, ...]
    hash: str

    @property
    def n_items(self) -> int:
        """Number of items."""
        return self.pool.n_items

    @property
    def n_positions(self) -> int:
        """Scored and field-test items of a whole test."""
        pretest = self.blueprint.pretest
        return self.blueprint.length + (pretest.n_items if pretest is not None else 0)

    @property
    def rule(self) -> Rule | RandomOfBest:
        """Selection rule, with the draw among the best."""
        strategy = self.strategy
        return RandomOfBest(strategy.rule, strategy.best_k) if strategy.best_k > 1 else strategy.rule


@dataclass(frozen=True, slots=True, eq=False)
class Prepared:
    """What is solved once, when a bank is released, and kept with it; attributes as those of `AdaptiveBank`."""

    start_plan: IndexArray
    libraries: tuple[Library, ...] = ()


def make_bank(
    pool: Pool, blueprint: Blueprint, strategy: Strategy | None = None, prepared: Prepared | None = None
) -> AdaptiveBank:
    """Make a pool ready for adaptive tests.

    Parameters
    ----------
    pool, blueprint
        What is chosen from, and what every test must look like; see `check_blueprint`.
    strategy
        How items are chosen; without it maximum information from a shadow test.
    prepared
        What was solved at release; without it it is solved now.

    Raises
    ------
    BlueprintError
        If no test meets the blueprint, or it asks for what the pool does not have.
    DesignError
        If eligibility was made for another pool, or start plans are not tests that meet the blueprint.
    """
    how = Strategy() if strategy is None else strategy
    if how.eligibility is not None and how.eligibility.n_items != pool.n_items:
        raise DesignError(f"eligibility of {how.eligibility.n_items} items does not fit a pool of {pool.n_items}")
    plans = make_tables(make_rules(pool, blueprint))
    names = ("", *sorted(blueprint.pools))  # a bank that was stored and read again has its pools in another order
    suitable = np.stack([suitable_items(pool, blueprint, name) & ~pool.pretest for name in names])
    first = first_items(pool, blueprint)
    selection = SelectionTables(pool.items, normal_prior(blueprint.prior_mean, blueprint.prior_sd))
    if prepared is None:
        prepared = prepare(plans, selection, how, blueprint, suitable, first)
    elif how.method is Method.SHADOW:
        _check_start_plans(plans, names, suitable, prepared.start_plan)
    start = np.array(prepared.start_plan, dtype=np.int32)
    for array in (suitable, first, start):
        array.flags.writeable = False
    digest = content_hash([pool, blueprint, how, start, prepared.libraries])
    return AdaptiveBank(
        pool, blueprint, how, selection, plans, names, suitable, first, start, prepared.libraries, digest
    )


def prepare(
    plans: PlanTables,
    selection: SelectionTables,
    strategy: Strategy,
    blueprint: Blueprint,
    suitable: BoolArray,
    first: BoolArray,
) -> Prepared:
    """Solve what a sitting begins with, and what rules cost by ability.

    Parameters
    ----------
    plans, selection, strategy, blueprint : of the bank
    suitable : (n_accommodations, n_items) items that pupils with each accommodation may be given
    first : (n_items,) items that a test may begin with

    Raises
    ------
    BlueprintError
        If no test meets the blueprint.
    """
    if strategy.method is not Method.SHADOW:
        return Prepared(np.empty((len(suitable), 0), dtype=np.int32))
    nodes = blueprint.prior_mean + blueprint.prior_sd * NODES
    score = _scores_at(selection, strategy.rule, np.append(nodes, blueprint.prior_mean), blueprint.length)
    here = score[-1] - score[-1].min()
    start = np.stack([_start_plan(plans, here, allowed, first) for allowed in suitable])
    if score.min() < 0.0:
        return Prepared(start)
    return Prepared(
        start, tuple(make_library(plans, score[:-1], nodes=nodes, excluded=~allowed) for allowed in suitable)
    )


def _scores_at(tables: SelectionTables, rule: Rule, theta: FloatArray, length: int) -> FloatArray:
    """What items are worth to persons of known ability half-way their tests, (n_persons, n_items)."""
    distance = (tables.nodes - theta[:, np.newaxis]) / USUAL_ERROR
    mass = np.exp(-0.5 * distance**2)
    n_given = np.full(theta.size, length // 2)
    standing = Standing(theta, np.full(theta.size, USUAL_ERROR), mass, mass.sum(axis=1), n_given)
    return rule.scores(tables, standing, np.zeros(theta.size))


def _start_plan(plans: PlanTables, score: FloatArray, allowed: BoolArray, first: BoolArray) -> IndexArray:
    """Best whole test that holds an item to begin with, (length,)."""
    best = solve_plan(plans, score, excluded=~allowed).plan.items
    if not np.any(first[best]):
        open_to = np.flatnonzero(first & allowed)
        for item in open_to[np.argsort(-score[open_to], kind="stable")].tolist():
            try:
                best = solve_plan(plans, score, given=np.array([item]), excluded=~allowed).plan.items
            except BlueprintError:
                continue
            break
        else:
            raise BlueprintError("no test that meets the blueprint holds an item that may come first")
    return np.sort(best).astype(np.int32)


def _check_start_plans(plans: PlanTables, names: Sequence[str], suitable: BoolArray, start: IndexArray) -> None:
    """Refuse start plans that are no tests."""
    if start.shape != (len(names), plans.rules.length):
        raise DesignError(
            f"start plans must be {len(names)} tests of {plans.rules.length} items, not of shape {start.shape}"
        )
    for name, allowed, plan in zip(names, suitable, start, strict=True):
        whose = f"start plan of accommodation {name!r}" if name else "start plan"
        if plan.min() < 0 or plan.max() >= plans.n_items or not allowed[plan].all():
            raise DesignError(f"{whose}: it holds items that may not be given")
        broken = plans.rules.broken(plan)
        if broken:
            raise DesignError(f"{whose}: it breaks {', '.join(broken)}")


def content_hash(content: object) -> str:
    """SHA-256 of values and arrays, hexadecimal; the same on any machine.

    Parameters
    ----------
    content : arrays, numbers, texts, and mappings, sequences and dataclasses of them
    """
    digest = hashlib.sha256()
    _feed(digest.update, content)
    return digest.hexdigest()


def _feed(update: object, content: object) -> None:
    """Feed a value to a digest, its kind and size first."""
    assert callable(update)
    if isinstance(content, np.ndarray):
        plain = np.ascontiguousarray(content, dtype=content.dtype.newbyteorder("<"))
        update(f"{plain.dtype.str}{plain.shape}".encode())
        update(plain.tobytes())
    elif is_dataclass(content) and not isinstance(content, type):
        update(type(content).__name__.encode())
        for held in fields(content):
            _feed(update, [held.name, getattr(content, held.name)])
    elif isinstance(content, dict):
        _feed(update, [[key, content[key]] for key in sorted(content)])
    elif isinstance(content, list | tuple):
        update(f"[{len(content)}".encode())
        for part in content:
            _feed(update, part)
    else:
        update(f"{type(content).__name__}:{content!r};".encode())
