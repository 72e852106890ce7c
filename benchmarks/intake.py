"""What guards and isolation cost on a good file: ``python -m benchmarks.intake [--json] [--rounds N] [--files N]``.

Every way of reading takes the same files once a round, in turn, so that a slow spell of the machine hits all alike; a
round gives seconds per file, and its ratio to the plain reading of the same round.
"""

from __future__ import annotations

import argparse
import io
import json
import os
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from pathlib import Path
from statistics import median
from typing import Any

from tests.workflow.desk import CYCLE, item, new_desk, nil
from zwgk_excel.domain.problems import CellRef, Problem, problem
from zwgk_excel.layout.columns import layout
from zwgk_excel.workbooks.opening.open_book import open_book
from zwgk_excel.workbooks.reading.read_return import ParsedReturn, read_return
from zwgk_excel.workflow.issuing.generation import generate
from zwgk_excel.workflow.workers.readers import ParseReturn, ReaderPool, ReadingJob, parse_return

BY = date(2026, 11, 24)
PLAIN = "plain calamine"
ITEMS = 20


def good_file() -> bytes:
    """A report workbook as a department sends it: a nil report and twenty items."""
    with tempfile.TemporaryDirectory() as folder:
        desk = new_desk(Path(folder))
        with desk.open() as office:
            generate(office, CYCLE, as_of=desk.now.date())
        items = [item("D02 政府采购", number) for number in range(ITEMS)]
        return desk.reply("市财政局", "回复.xlsx", answers={("D04", str(CYCLE)): nil()}, items=items).read_bytes()


# --- the ways of reading -----------------------------------------------------------------------


def sheets() -> list[str]:
    """The two sheets that a unit fills."""
    return [layout("report")[key].name for key in ("tasks", "items")]


def plain(data: bytes) -> None:
    """Calamine as anybody would use it."""
    from python_calamine import CalamineWorkbook

    book = CalamineWorkbook.from_object(io.BytesIO(data))
    for sheet in sheets():
        book.get_sheet_by_name(sheet).to_python(skip_empty_area=False)


def guarded(data: bytes) -> None:
    """The same sheets through the guards, errors and formulas found."""
    book = open_book(data, "回复.xlsx")
    for sheet in sheets():
        assert book.grid(sheet)


def understood(data: bytes) -> None:
    """Down to answers and items."""
    assert len(read_return(data, "回复.xlsx", by=BY).content.items) == ITEMS


DONE = problem("row_repaired", CellRef(), what="")
"""What a worker hands back that has nothing to say."""


def parse_plain(job: ReadingJob, passwords: Sequence[str]) -> ParsedReturn | Problem:
    """:func:`plain` in a worker."""
    plain(_bytes(job))
    return DONE


def parse_guarded(job: ReadingJob, passwords: Sequence[str]) -> ParsedReturn | Problem:
    """:func:`guarded` in a worker."""
    guarded(_bytes(job))
    return DONE


def _bytes(job: ReadingJob) -> bytes:
    return job.source if isinstance(job.source, bytes) else job.source.read_bytes()


WORKERS = os.cpu_count() or 1
IN_PROCESS: Mapping[str, Callable[[bytes], None]] = {PLAIN: plain, "guarded": guarded, "understood": understood}
ISOLATED: Mapping[str, tuple[ParseReturn, int]] = {
    "isolated plain, 1 worker": (parse_plain, 1),
    "isolated guarded, 1 worker": (parse_guarded, 1),
    f"isolated guarded, {WORKERS} workers": (parse_guarded, WORKERS),
    "isolated understood, 1 worker": (parse_return, 1),
    f"isolated understood, {WORKERS} workers": (parse_return, WORKERS),
}


# --- measuring ---------------------------------------------------------------------------------


def measure(folder: Path, rounds: int) -> dict[str, list[float]]:
    """Way of reading → seconds per file of each round; a first round, which warms everything up, is left out."""
    paths = sorted(folder.iterdir())
    pools = {name: ReaderPool(workers, parse=parse) for name, (parse, workers) in ISOLATED.items()}
    seconds: dict[str, list[float]] = {name: [] for name in (*IN_PROCESS, *ISOLATED)}
    try:
        for _ in range(rounds + 1):
            for name, read in IN_PROCESS.items():
                seconds[name].append(_timed(_read_each, read, paths))
            for name, readers in pools.items():
                seconds[name].append(_timed(_read_all, readers, paths))
    finally:
        for readers in pools.values():
            readers.close()
    return {name: [each / len(paths) for each in values[1:]] for name, values in seconds.items()}


def _read_all(readers: ReaderPool, paths: Sequence[Path]) -> None:
    for _, result in readers.read_all(ReadingJob(path, path.name, BY) for path in paths):
        assert isinstance(result, ParsedReturn) or result == DONE, result


def _read_each(read: Callable[[bytes], None], paths: Sequence[Path]) -> None:
    for path in paths:
        read(path.read_bytes())


def _timed(work: Callable[..., None], *arguments: object) -> float:
    started = time.perf_counter()
    work(*arguments)
    return time.perf_counter() - started


def summary(seconds: Mapping[str, Sequence[float]]) -> dict[str, dict[str, dict[str, float]]]:
    """Way of reading → milliseconds per file and ratio to plain, each as median, lowest and highest of the rounds."""
    ratios = {name: [a / b for a, b in zip(values, seconds[PLAIN], strict=True)] for name, values in seconds.items()}
    return {
        name: {"ms": _spread([each * 1000 for each in values]), "ratio": _spread(ratios[name])}
        for name, values in seconds.items()
    }


def _spread(values: Sequence[float]) -> dict[str, float]:
    return {"median": median(values), "min": min(values), "max": max(values)}


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="Cost of guards and isolation on a good file.")
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--files", type=int, default=100, help="copies of the file read in each round")
    options = parser.parse_args()
    data = good_file()
    with tempfile.TemporaryDirectory() as folder:
        for number in range(options.files):
            Path(folder, f"{number:05}.xlsx").write_bytes(data)
        found = summary(measure(Path(folder), options.rounds))
    if options.json:
        setting: dict[str, Any] = {"rounds": options.rounds, "files": options.files, "bytes": len(data)}
        print(json.dumps({**setting, "ways": found}, ensure_ascii=False, indent=1))
        return
    _print(found, len(data), options)


def _print(found: Mapping[str, Mapping[str, Mapping[str, float]]], size: int, options: argparse.Namespace) -> None:
    print(f"a report workbook of {size / 1024:.0f} KB, {options.files} files a round, {options.rounds} rounds\n")
    print(f"{'':<34}{'ms per file':^24}{'ratio to plain':^24}")
    print(f"{'':<34}{'median':>8}{'min':>8}{'max':>8}{'median':>8}{'min':>8}{'max':>8}")
    for name, values in found.items():
        cells = "".join(f"{values[kind][key]:8.2f}" for kind in ("ms", "ratio") for key in ("median", "min", "max"))
        print(f"{name:<34}{cells}")


if __name__ == "__main__":
    main()
