"""The fixture that tests of the console share."""

from tests.delivery.console.test_sheets import school

__all__ = ["school"]
