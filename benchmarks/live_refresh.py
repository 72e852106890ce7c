"""The 汇总 button on a year of sixty units, beside a plain block write of the same cells into the same Calc.

    python -m benchmarks.live_refresh [--calls] [--docs docs/benchmarks]

LibreOffice is driven through the tests' xlwings engine, so seconds say little about Excel; the ratios, taken in one
run, say what the refresh costs beyond getting the cells across at all. Seconds are those of a processor, of Python and
of LibreOffice together, so that whatever else runs does not count. The calls are counted, not timed: they are the
same on any machine, and ``--calls`` measures nothing else.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import Any

import zwgk_excel.addin as addin
from tests.calc.engine import CalcApp, register
from tests.calc.engine.calls import counted_calls
from tests.calc.office import Office
from tests.calc.year import MONTHS, NOW, UNITS, answer, year_desk
from tests.workflow.desk import Desk
from zwgk_excel.addin.host import session
from zwgk_excel.layout.columns import layout
from zwgk_excel.workbooks.tracker.previous.office_input import OfficeInput
from zwgk_excel.workbooks.tracker.recording_workbook import Link, RecordingWorkbook
from zwgk_excel.workbooks.tracker.tracker_workbook import recorded_tracker
from zwgk_excel.workflow import clock
from zwgk_excel.workflow.consolidation.consolidating import consolidate, prepare

NAME = "live_refresh"
CALLS: Mapping[str, str] = {
    "calls_of_a_click_that_changes_nothing": "没有新文件",
    "calls_of_a_click_with_one_new_return": "新收一份报送件",
}
"""The key of a count → what the text calls it."""
STEPS: Mapping[str, str] = {
    "block": "整块写入同样的单元格",
    "first": "第一次汇总：一年的报送件全部写入",
    "nothing": "再按一次：没有新文件",
    "one": "新收一份报送件（20 条信息）",
}
"""What is measured → what the table calls it."""


def measure(folder: Path, app: CalcApp) -> dict[str, Any]:
    """Seconds of every step, with the block write before, between and after, and what there was to write."""
    import xlwings as xw

    desk = year_desk(folder)
    with desk.open() as office:
        consolidate(office, as_of=None, who="bench")
    book = xw.books.open(desk.root / layout("tracker").file_name)
    book.set_mock_caller()
    answer(desk, but=2)
    cells = recorded(desk)
    seconds: dict[str, list[float]] = {name: [] for name in STEPS}
    for name, before in (("first", _nothing), ("nothing", _nothing), ("one", lambda: answer(desk, but=1))):
        seconds["block"].append(block_write(cells, folder / "block.xlsx", app))
        before()
        book.activate()
        seconds[name].append(_timed(app, lambda: _click(app)))
        if name == "first":
            apart = {"content": _timed(app, lambda: recorded(desk))}
    calls = counts_of(desk, app)
    book.close()
    counts = {name: len(cells.sheets[layout("tracker")[name].name].rows(3)) for name in ("tracking", "items")}
    return {
        "seconds": {name: median(each) for name, each in seconds.items()},
        "block_writes": seconds["block"],
        "seconds_of_the_content_alone": apart["content"],
        "rows": counts,
        "cells": sum(len(sheet.cells) for sheet in cells.sheets.values()),
        **calls,
    }


def counts_of(desk: Desk, app: CalcApp) -> dict[str, int]:
    """The calls of a click that finds nothing new, and of one that finds the last return."""
    found = []
    for before in (_nothing, lambda: answer(desk)):
        before()
        with counted_calls() as calls:
            _click(app)
        found.append(calls.total())
    return dict(zip(CALLS, found, strict=True))


def only_calls(folder: Path, app: CalcApp) -> dict[str, int]:
    """The calls alone, on the same year."""
    import xlwings as xw

    desk = year_desk(folder)
    answer(desk, but=1)
    with desk.open() as office:
        consolidate(office, as_of=None, who="bench")
    book = xw.books.open(desk.root / layout("tracker").file_name)
    book.set_mock_caller()
    _click(app)
    calls = counts_of(desk, app)
    book.close()
    return calls


def recorded(desk: Desk) -> RecordingWorkbook:
    """The whole tracker as plain data."""
    with desk.open() as office, office.ledger.exclusive():
        return recorded_tracker(prepare(office, OfficeInput(), as_of=None, who="bench").view)


def block_write(cells: RecordingWorkbook, path: Path, app: CalcApp) -> float:
    """Seconds for writing every sheet's values and formulas as one block into a new workbook, and saving it."""
    import xlwings as xw

    blocks = {sheet.name: _block(sheet.rows(0)) for sheet in cells.sheets.values()}
    book = xw.books.add()

    def write() -> None:
        for name, rows in blocks.items():
            sheet = book.sheets.add(name)
            sheet.range((1, 1), (len(rows), len(rows[0]))).value = rows
        book.save(str(path))

    taken = _timed(app, write)
    book.close()
    return taken


def _block(rows: Mapping[int, Sequence[Any]]) -> list[list[Any]]:
    width = len(next(iter(rows.values())))
    return [[_plain(cell) for cell in rows.get(number, [None] * width)] for number in range(max(rows) + 1)]


def _plain(cell: Any) -> Any:
    value = cell.value if cell else None
    return value.formula if isinstance(value, Link) else value


def _nothing() -> None:
    """Between the first click and the second nothing happens."""


def _click(app: CalcApp) -> None:
    addin.consolidate()
    words = app.alerts[-1][0]
    assert words.startswith("汇总完成"), words


def _timed(app: CalcApp, work: Callable[[], object]) -> float:
    """Seconds of a processor that work takes here and in the office."""
    before = time.process_time() + app.office.cpu_seconds
    work()
    return time.process_time() + app.office.cpu_seconds - before


@contextmanager
def calc(folder: Path) -> Iterator[CalcApp]:
    """A running office for xlwings; the add-in's clock and notes are the benchmark's own."""
    now, home = clock.now, session.HOME
    clock.now, session.HOME = lambda: NOW, folder / "home"
    try:
        with Office(shutil.which("soffice") or "soffice") as office:
            yield register(office)
    finally:
        clock.now, session.HOME = now, home


def machine() -> dict[str, str]:
    """What it ran on."""
    model = next((line for line in _lines("/proc/cpuinfo") if line.startswith("model name")), platform.processor())
    memory = next((line for line in _lines("/proc/meminfo") if line.startswith("MemTotal")), "")
    return {
        "processor": model.partition(":")[2].strip() or model,
        "cores": str(os.cpu_count()),
        "memory": f"{int(memory.split()[1]) / 2**20:.0f} GiB" if memory else "",
        "load_before": f"{os.getloadavg()[0]:.1f}",
        "system": f"{platform.system()} {platform.machine()}",
        "python": f"Python {platform.python_version()}",
    }


def _lines(path: str) -> list[str]:
    return Path(path).read_text(encoding="utf-8").splitlines() if Path(path).is_file() else []


def table(found: Mapping[str, Any]) -> str:
    """The figures as a Markdown table."""
    seconds = found["seconds"]
    lines = ["| | 处理器秒 | 与整块写入之比 |", "|---|---|---|"]
    lines += [f"| {STEPS[name]} | {each:.1f} | {each / seconds['block']:.2f} |" for name, each in seconds.items()]
    content = found["seconds_of_the_content_alone"]
    rest = (seconds["first"] - content) / seconds["block"]
    told = f"第一次汇总中，读数据库、算出各表内容（整块写入不必做）用 {content:.1f} 秒；其余与整块写入之比 {rest:.2f}。"
    return "\n".join([*lines, "", told])


def write(found: Mapping[str, Any], folder: Path) -> None:
    """Keep the figures as JSON, and the table in the text beside it, between its marks."""
    content = json.dumps(found, ensure_ascii=False, indent=1)
    (folder / f"{NAME}.json").write_text(f"{content}\n", encoding="utf-8")
    text = folder / "live-refresh.md"
    head, mark, rest = text.read_text(encoding="utf-8").partition("<!-- table -->")
    tail = rest.partition("<!-- end -->")[2]
    names = {"processor": "处理器", "cores": "核数", "memory": "内存", "load_before": "开始时的负载"}
    setting = "，".join(f"{names.get(key, '')} {each}".strip() for key, each in found["machine"].items() if each)
    rows, count = found["rows"], f"{found['cells']} 格"
    size = f"{UNITS} 个单位 × {len(MONTHS)} 个月：任务 {rows['tracking']} 行，信息 {rows['items']} 条，共 {count}。"
    told = "，".join(f"{words}时 {found[key]} 次" for key, words in CALLS.items())
    calls = f"一次汇总向表格程序发出的调用：{told}。"
    body = "\n\n".join(["", size, table(found), calls, f"机器：{setting}。", ""])
    text.write_text(f"{head}{mark}{body}<!-- end -->{tail}", encoding="utf-8")




def main() -> None:
    """Measure, print, and keep the figures where ``--docs`` says."""
    parser = argparse.ArgumentParser(description="The live refresh of the tracker beside a plain block write.")
    parser.add_argument("--docs", type=Path, help="the folder of live_refresh.json and live-refresh.md")
    parser.add_argument("--calls", action="store_true", help="count the calls, keep the seconds of the last run")
    options = parser.parse_args()
    setting = machine()
    with tempfile.TemporaryDirectory() as folder, calc(Path(folder)) as app:
        if options.calls:
            counts = only_calls(Path(folder), app)
            print(counts)
            known = json.loads((options.docs / f"{NAME}.json").read_text(encoding="utf-8")) if options.docs else {}
            found = {**known, **counts}
        else:
            found = {"machine": setting, **measure(Path(folder), app)}
            print(table(found))
    if options.docs:
        write(found, options.docs)


if __name__ == "__main__":
    main()
