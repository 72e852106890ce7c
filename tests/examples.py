"""How many examples Hypothesis makes up where a test needs another number of them than is usual."""

from __future__ import annotations

from hypothesis import settings


def examples(number: int) -> int:
    """So many where people work and each run has others; of them the share that the profile in use has of a hundred.

    With the profiles of ``tests/conftest.py`` that is half of them where each run has the same, as in CI.
    """
    return number * settings().max_examples // 100
