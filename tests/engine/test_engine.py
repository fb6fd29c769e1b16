"""The public face."""

from __future__ import annotations

import doctest
import importlib
import pkgutil

import pytest

import engine

MODULES = [info.name for info in pkgutil.walk_packages(engine.__path__, "engine.")]


def test_everything_promised_can_be_imported() -> None:
    assert all(hasattr(engine, name) for name in engine.__all__)
    assert len(set(engine.__all__)) == len(engine.__all__)


@pytest.mark.parametrize("name", MODULES)
def test_examples_in_docstrings_give_what_they_say(name: str) -> None:
    assert doctest.testmod(importlib.import_module(name)).failed == 0


def test_every_error_is_an_engine_error() -> None:
    errors = (engine.ParameterError, engine.ResponseError, engine.DesignError, engine.BlueprintError)
    assert all(issubclass(error, engine.EngineError) for error in errors)
