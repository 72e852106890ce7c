"""A button's process for tests of the service: it says the lines that it was given, and writes down what it is told."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any


def process(said: list[dict[str, Any]], told: Path) -> list[str]:
    """The command line of a process that says these lines, LONG in them a million characters; it waits for answers."""
    return [sys.executable, __file__, json.dumps(said), str(told)]


if __name__ == "__main__":
    answers = []
    for line in json.loads(sys.argv[1]):
        sys.stdout.write(json.dumps(line).replace("LONG", "x" * (1 << 20)) + "\n")
        sys.stdout.flush()
        if line["verb"] not in ("progress", "end"):
            answers.append(sys.stdin.readline())
    Path(sys.argv[2]).write_text("".join(answers), encoding="utf-8")
