"""All workloads beside their peers: ``python -m benchmarks.suite [--large] [--rounds N] [--only WORD] [--to FOLDER]``.

In each round every workload runs once, one after the other, so that a slow spell of the machine hits all alike; a ratio
is taken within a round. Peers that would take hours read a sample, and are compared by the file.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.county import FIRST_CYCLE
from benchmarks.measure import Run, machine, ours, run, spread
from zwgk_excel.layout.columns import layout

PEERS = Path(__file__).parent / "peers"
SAMPLE = 12
"""Files that the slow peers read."""


@dataclass(frozen=True, slots=True)
class Way:
    """One way of doing a piece of work."""

    name: str
    command: Sequence[str]
    units: int
    """Files or cells that its time is divided by, so that samples compare."""


@dataclass(frozen=True, slots=True)
class Table:
    """Ways of doing the same, the first the one that the others are held against."""

    title: str
    ways: Sequence[Way]
    rounds: int
    target: str = ""


def node(library: str, root: str) -> list[str]:
    """The command of a reader in JavaScript."""
    sheets = [layout("report")[key].name for key in ("tasks", "items")]
    return ["node", str(PEERS / "read.mjs"), library, root, str(SAMPLE), *sheets]


def reading(root: str, count: int, rounds: int) -> Table:
    """Taking in a county's returns, beside readers of the same files."""
    ways = [Way("python-calamine alone, all cores", ours("plain", root), count),
            Way("zwgk: take in and track", ours("cold", root), count)]  # fmt: skip
    if count <= 1000:
        ways += [
            Way("pandas + calamine", ours("pandas_with", root, SAMPLE, "calamine"), SAMPLE),
            Way("pandas + openpyxl", ours("pandas_with", root, SAMPLE, "openpyxl"), SAMPLE),
            Way("openpyxl read_only", ours("openpyxl_read_only", root, SAMPLE), SAMPLE),
            Way("polars + fastexcel", ours("polars", root, SAMPLE), SAMPLE),
            Way("SheetJS", node("sheetjs", root), SAMPLE),
            Way("ExcelJS", node("exceljs", root), SAMPLE),
        ]
    return Table(f"read {count} returned workbooks of 20 items", ways, rounds, "zwgk at most 2 × the first")


def again(root: str, rounds: int) -> Table:
    """Consolidating once more."""
    ways = [Way("zwgk: take in and track, cold", ours("cold", root), 1),
            Way("zwgk consolidate, writing the tracker", ours("whole", root), 1),
            Way("zwgk consolidate, nothing new", ours("whole", root), 1),
            Way("zwgk: take in and track, nothing new", ours("again", root), 1),
            Way("zwgk: take in and track, one new file", ours("one_more", root, "{round}"), 1)]  # fmt: skip
    target = "nothing new at most 0.03 of the first, one new file 0.05"
    return Table(f"consolidate again, {Path(root).name} workbooks", ways, rounds, target)


def writing(root: str, rounds: int) -> Table:
    """The tracker of a county whose returns have been taken in."""
    ways = [Way("xlsxwriter alone, the same calls", ours("tracker_bare", root), 1),
            Way("zwgk: the tracker", ours("tracker", root), 1),
            Way("openpyxl write_only, values alone", ours("tracker_openpyxl", root), 1),
            Way("pandas.to_excel, values alone", ours("tracker_pandas", root), 1)]  # fmt: skip
    return Table(f"write the tracker of {Path(root).name} workbooks", ways, rounds, "zwgk at most 1.3 × the first")


def generating(root: str, count: int, rounds: int) -> Table:
    """Report workbooks."""
    bare = min(count, 1_000)
    ways = [Way("xlsxwriter alone, the same calls, all cores", ours("generate_bare", root, bare), bare),
            Way("zwgk generate", ours("generate", root, count), count)]  # fmt: skip
    return Table(f"make {count} report workbooks", ways, rounds, "zwgk at most 1.15 × the first")


def starting(root: str, rounds: int) -> Table:
    """How long a command takes before and while it says something."""
    cycle = str(FIRST_CYCLE + 11)
    ways = [Way("python alone", ours("started", root, "-c", "pass"), 1),
            Way("zwgk --help", ours("started", root, "-m", "zwgk_excel", "--help"), 1),
            Way(f"zwgk status {cycle}", ours("started", root, "-m", "zwgk_excel", "status", cycle), 1)]  # fmt: skip
    return Table(f"start, in a county of {Path(root).name} workbooks", ways, rounds, "zwgk --help below 300 ms")


def measured(table: Table) -> dict[str, Any]:
    """The runs of a table, with the ratio of each way to the first."""
    runs: dict[str, list[Run]] = {way.name: [] for way in table.ways}
    for number in range(table.rounds):
        for way in table.ways:
            runs[way.name].append(run([part.replace("{round}", str(number)) for part in way.command]))
            print(f"  {way.name}: {runs[way.name][-1].seconds:.2f} s", flush=True)
    first = table.ways[0]
    base = [each.seconds / first.units for each in runs[first.name]]
    rows = [_row(way, runs[way.name], base) for way in table.ways]
    return {"title": table.title, "target": table.target, "rounds": table.rounds, "ways": rows}


def _row(way: Way, runs: Sequence[Run], base: Sequence[float]) -> dict[str, Any]:
    each = [one.seconds / way.units for one in runs]
    return {
        "name": way.name,
        "units": way.units,
        "seconds": spread([one.seconds for one in runs]),
        "ms_each": spread([one * 1000 for one in each]),
        "ratio": spread([one / floor for one, floor in zip(each, base, strict=True)]),
        "peak_mb": round(max(one.peak_mb for one in runs)),
        "all_mb": round(max(one.all_mb for one in runs)),
        "facts": dict(runs[-1].facts),
    }


def as_text(found: Mapping[str, Any]) -> str:
    """One table as Markdown."""
    head = "| | ms each | ratio | min | max | MB, with workers |\n|---|---|---|---|---|---|"
    lines = [
        f"| {row['name']} | {row['ms_each']['median']:.4g} | {row['ratio']['median']:.3g} | {row['ratio']['min']:.3g}"
        f" | {row['ratio']['max']:.3g} | {row['peak_mb']} / {row['all_mb']} |"
        for row in found["ways"]
    ]
    target = f"Target: {found['target']}.\n\n" if found["target"] else ""
    return f"### {found['title']}, {found['rounds']} rounds\n\n{target}{head}\n" + "\n".join(lines) + "\n"


def tables(folder: Path, rounds: int, *, large: bool) -> Iterator[Table]:
    """Everything to be measured, with the data for it."""
    small = _county(folder, 720)
    yield generating(small, 60, rounds)
    yield generating(small, 1000, 1 if not large else rounds)
    yield reading(small, 720, rounds)
    yield again(small, rounds)
    run(ours("cold", small))
    yield writing(small, rounds)
    yield starting(small, rounds)
    if large:
        thousand = _county(folder, 1_008)
        yield reading(thousand, 1_008, rounds)
        ten = _county(folder, 10_008)
        yield reading(ten, 10_008, rounds)
        yield again(ten, 1)
        yield generating(small, 10_000, 1)
        twenty = _county(folder, 14_400)
        run(ours("cold", twenty))
        yield writing(twenty, 1)


def _county(folder: Path, returns: int) -> str:
    root = folder / str(returns)
    run(ours("county", root, returns))
    return str(root)


def main() -> None:
    """Measure, print, and keep the figures as JSON."""
    parser = argparse.ArgumentParser(description="All workloads beside their peers.")
    parser.add_argument("--large", action="store_true", help="ten thousand workbooks as well; takes an hour")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--only", default="", help="only what has this word in its title")
    parser.add_argument("--to", type=Path, help="folder for suite.json and suite.md")
    options = parser.parse_args()
    done: list[dict[str, Any]] = []
    with tempfile.TemporaryDirectory() as folder:
        for table in tables(Path(folder), options.rounds, large=options.large):
            if options.only not in table.title:
                continue
            print(table.title, flush=True)
            done.append(measured(table))
            print(as_text(done[-1]), flush=True)
            if options.to:
                _keep(options.to, done)


def _keep(folder: Path, done: Sequence[Mapping[str, Any]]) -> None:
    """Write the figures down, in place of those that an earlier run had under the same titles."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "suite.json"
    earlier = json.loads(path.read_text(encoding="utf-8"))["tables"] if path.exists() else []
    kept = {each["title"]: each for each in (*earlier, *done)}.values()
    found = {"machine": machine(), "tables": list(kept)}
    path.write_text(json.dumps(found, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    on = ", ".join(f"{key} {value}" for key, value in machine().items())
    text = f"# Every workload beside its peers\n\n`make bench`, on: {on}.\n\n" + "\n".join(map(as_text, kept))
    (folder / "suite.md").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
