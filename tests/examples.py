"""How much is tried: of the examples that Hypothesis makes up, and of what takes too long to try whole each time."""

from __future__ import annotations

import os

from hypothesis import settings

LONG = os.environ.get("ZWGK_LONG") == "1"
"""Whether all is tried of what is else tried by samples."""


def examples(number: int) -> int:
    """So many where people work and each run has others; of them the share that the profile in use has of a hundred.

    With the profiles of ``tests/conftest.py`` that is half of them where each run has the same, as in CI.
    """
    return number * settings().max_examples // 100
