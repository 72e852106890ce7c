"""The grid of the add-in's tests."""

from tests.addin.conftest import grid

__all__ = ["grid"]
