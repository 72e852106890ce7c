"""The workspace and the grid of the add-in's tests."""

from tests.addin.conftest import desk, grid, issued

__all__ = ["desk", "grid", "issued"]
