"""The prepared world of the matrix, for what is asked of every page."""

from tests.rights.conftest import rights

__all__ = ["rights"]
