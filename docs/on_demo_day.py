"""A command of ``zwgk`` on the day of the demo's workspace, whatever day it is: a day to come is refused.

    python docs/on_demo_day.py bulletin 2026-11 -w build/pictures

The clock is set before the package reads it. A faked system clock would not do: workers wait by it.
"""

from __future__ import annotations

import sys
from datetime import datetime

from zwgk_excel.workflow import clock

NOW = datetime(2026, 12, 3, 15)
"""The day as of which the demo consolidates (``DEMO_AS_OF``), in the afternoon."""


def main() -> int:
    """Run the command; its exit code."""
    clock.now = lambda: NOW
    from zwgk_excel.cli.main import run

    return run(sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())
