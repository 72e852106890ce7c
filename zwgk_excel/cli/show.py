"""Output of results in a terminal: tables, progress bars, one-line messages, JSON."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

if TYPE_CHECKING:
    from zwgk_excel.domain.problems import Problem
    from zwgk_excel.workflow.office.context import Progress as ProgressCallback

out = Console(highlight=False, emoji=False, soft_wrap=False)
err = Console(stderr=True, highlight=False, emoji=False, soft_wrap=True)

_COLOURS = {"error": "red", "warning": "yellow", "note": "dim"}


def as_json(value: Any) -> None:
    """Print a value as JSON, in Chinese characters, dates as ISO text."""
    sys.stdout.write(json.dumps(value, ensure_ascii=False, indent=2, default=str) + "\n")


def print_line(text: str, style: str = "") -> None:
    """Print one line of text without markup."""
    out.print(escape(text), style=style or None, soft_wrap=True)


def table(
    title: str,
    headings: Sequence[str],
    rows: Iterable[Sequence[object]],
    *,
    styles: Sequence[str] = (),
    wraps: Sequence[str] = (),
) -> None:
    """Print a table under a title.

    ``styles`` gives the colour of each column, empty for none; only the columns headed as in ``wraps`` are broken into
    lines where the terminal is narrow, so that names and dates stay whole.
    """
    print_line(title, "bold")
    shown = Table(box=SIMPLE_HEAD, padding=(0, 1, 0, 0), header_style="bold")
    for number, heading in enumerate(headings):
        style = styles[number] if number < len(styles) else None
        shown.add_column(escape(heading), style=style, overflow="fold", no_wrap=heading not in wraps)
    for row in rows:
        shown.add_row(*(escape(str(cell)) for cell in row))
    out.print(shown)


def problems(found: Iterable[Problem]) -> None:
    """Print each problem as a sentence, errors first."""
    from zwgk_excel.domain.problems import merge_equal
    from zwgk_excel.layout.words import word

    order = list(_COLOURS)
    for each in sorted(merge_equal(found, across_obligations=True), key=lambda p: order.index(p.severity)):
        colour = _COLOURS[each.severity]
        out.print(f"[{colour}]{word('severity', each.severity)}[/] {escape(str(each))}", soft_wrap=True)


def warn_unread(count: int) -> None:
    """Print on stderr (also with ``--json``) how many files in 收件箱 could not be read and are in no figure."""
    if count:
        told = f"收件箱中有 {count} 个文件还没有登记，不在这些数字之内；要计入，请先运行 zwgk consolidate。"
        err.print(told, style="yellow", markup=False)


@contextmanager
def progress(what: str, *, quiet: bool = False) -> Iterator[ProgressCallback]:
    """Show a progress bar on stderr (stdout is for results); gives the callback that advances it."""
    name = TextColumn("{task.fields[name]}")
    columns = (TextColumn(what), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), name)
    with Progress(*columns, console=err, transient=True, disable=quiet or not err.is_terminal) as bar:
        task = bar.add_task(what, total=None, name="")

        def step(done: int, total: int, name: str) -> None:
            bar.update(task, completed=done, total=total or None, name=escape(name))

        yield step
