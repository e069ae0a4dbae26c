"""The drills use the suites' two ministries and their browsers."""

from tests.suites.conftest import browsers, sides

__all__ = ["browsers", "sides"]
