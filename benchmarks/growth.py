"""How one run grows: ``python -m benchmarks.growth [--returns N] [--to FOLDER]``, a hundred thousand by default.

Takes a made-up county in from nothing and notes time and memory as it goes, then once more, and with one new file; a
picture of both curves is drawn. A hundred thousand take ten minutes and 8 GB of disk.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benchmarks.measure import Run, machine, ours, run

_AT = 1_000
"""The first thousand workbooks show what each costs before anything has grown."""


def grown(folder: Path, returns: int) -> dict[str, Any]:
    """What it takes to take in so many returns, nothing more, and one more."""
    root = str(folder / str(returns))
    run(ours("county", root, returns))
    print(f"{returns} workbooks made", flush=True)
    cold = run(ours("curve", root))
    print(f"taken in, {cold.seconds:.0f} s", flush=True)
    steps = {"cold": cold, "again": run(ours("again", root)), "one more": run(ours("one_more", root, 0))}
    points = cold.facts["points"]
    return {
        "machine": machine(),
        "returns": cold.facts["files"],
        "items": cold.facts["items"],
        "obligations": cold.facts["obligations"],
        "steps": {name: _step(each) for name, each in steps.items()},
        "first_ms_each": _ms_each(points, 0, _AT),
        "last_ms_each": _ms_each(points, points[-1][0] - _AT * 10, points[-1][0]),
        "points": points,
    }


def _step(done: Run) -> dict[str, Any]:
    return {"seconds": round(done.seconds, 2), "peak_mb": round(done.peak_mb), "all_mb": round(done.all_mb)}


def _ms_each(points: Sequence[Sequence[float]], first: float, last: float) -> float:
    """Milliseconds for each workbook between two numbers of them."""
    inside = [each for each in points if first <= each[0] <= last]
    (from_files, from_seconds, _), (to_files, to_seconds, _) = inside[0], inside[-1]
    return round((to_seconds - from_seconds) * 1000 / (to_files - from_files), 3)


def draw(found: dict[str, Any], path: Path) -> None:
    """Both curves as a picture, with what the first thousand workbooks promise."""
    import matplotlib

    matplotlib.use("agg")
    from matplotlib import pyplot

    files, seconds, memory = zip(*found["points"], strict=True)
    figure, (left, right) = pyplot.subplots(1, 2, figsize=(10, 4), layout="constrained")
    left.plot(files, seconds, color="#1f4e79", label="measured")
    promised = [each * found["first_ms_each"] / 1000 for each in files]
    left.plot(files, promised, color="#999999", linestyle="--", label=f"at the pace of the first {_AT:,}")
    left.set(title="Time", xlabel="returned workbooks", ylabel="seconds", xlim=(0, None), ylim=(0, None))
    left.legend(frameon=False)
    right.plot(files, memory, color="#c00000")
    right.axhline(400, color="#999999", linestyle="--")
    right.set(title="Memory of the main process", xlabel="returned workbooks", ylabel="MB", xlim=(0, None))
    right.set_ylim(0, max(450, *memory))
    for each in (left, right):
        each.xaxis.set_major_formatter(lambda value, _: f"{value:,.0f}")
        each.grid(color="#eeeeee")
        each.spines[["top", "right"]].set_visible(False)
    figure.savefig(path, dpi=100)


def main() -> None:
    """Measure, draw, and keep the figures."""
    parser = argparse.ArgumentParser(description="How one run grows.")
    parser.add_argument("--returns", type=int, default=100_000)
    parser.add_argument("--to", type=Path, default=Path("docs/benchmarks"), help="folder for the figures")
    parser.add_argument("--data", type=Path, help="where the county is made; a temporary folder unless given")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        found = grown(options.data or Path(folder), options.returns)
    options.to.mkdir(parents=True, exist_ok=True)
    (options.to / "growth.json").write_text(json.dumps(found) + "\n", encoding="utf-8")
    draw(found, options.to / "growth.png")
    print(json.dumps({key: value for key, value in found.items() if key != "points"}, indent=1))


if __name__ == "__main__":
    main()
