"""What is shown in a terminal: tables, progress bars, one-line messages, JSON, errors, questions.

Nothing else prints: names, cells, mails and answers of servers are strangers' words, and what would act on the terminal
is left out of them here (:func:`zwgk_excel.domain.text.on_screen`).
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any
from unicodedata import normalize

from rich.box import SIMPLE_HEAD
from rich.cells import cell_len
from rich.console import Console
from rich.containers import Lines
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from zwgk_excel.domain.text import json_on_screen, on_screen

if TYPE_CHECKING:
    from zwgk_excel.domain.problems import Problem
    from zwgk_excel.workflow.office.context import Progress as ProgressCallback

_out = Console(highlight=False, emoji=False, soft_wrap=False)
_err = Console(stderr=True, highlight=False, emoji=False, soft_wrap=True)

_YES, _NO = ("是", "y", "yes"), ("否", "n", "no", "")
_UNBROKEN = re.compile(r"[（“《]*(?:[!-~]+|\S)[，。；：、）”》]*\s*|\s+")
"""What a line is not broken within: a run of ASCII, or a character, with the marks that may not begin or end a line."""
_COLOURS = {"error": "red", "warning": "yellow", "note": "dim"}


def _plain(text: object, style: str = "", *, lines: bool = False) -> Text:
    return Text(on_screen(str(text), lines=lines), style)


def as_json(value: Any) -> None:
    """Print a value as JSON, in Chinese characters, dates as ISO text; what would act on a terminal is escaped."""
    text = json.dumps(value, ensure_ascii=False, indent=2, default=str)
    sys.stdout.write(json_on_screen(text) + "\n")


def print_line(text: str, style: str = "", *, label: tuple[str, str] = ("", ""), indent: str = "") -> None:
    """Print one line of text, after a ``label`` in a colour of its own (word and colour)."""
    marked = Text.assemble(indent, label, " " if label[0] else "", _plain(text))
    _out.print(marked, style=style or None, soft_wrap=True)


def print_lines(text: str) -> None:
    """Print a text of several lines as it is, not broken."""
    for line in text.splitlines():
        print_line(line)


def error(sentence: str) -> None:
    """Print why a command ends, on stderr."""
    _err.print(_plain(sentence), style="red")


def warn(sentence: str) -> None:
    """Print on stderr what must be known, also with ``--json``."""
    _err.print(_plain(sentence), style="yellow")


def details(text: str) -> None:
    """Print on stderr what is for technicians, in lines."""
    _err.print(_plain(text, lines=True))


def answer(question: str) -> str:
    """A line typed after a question on stderr."""
    _err.print(_plain(question), end=" ")
    return sys.stdin.readline().strip()


def confirm(question: str) -> bool:
    """Whether 是 or y is typed after a question; nothing typed is 否, and anything else is asked once more."""
    asked = f"{question}（是/否，直接回车为否）"
    while (typed := normalize("NFKC", answer(asked)).lower()) not in (*_YES, *_NO):
        warn("请输入 是 或 否（也可输入 y 或 n）。")
    return typed in _YES


def hidden_answer(question: str) -> str:
    """A line typed without echo at a terminal, else the first line of stdin."""
    import getpass

    return getpass.getpass(on_screen(question)) if sys.stdin.isatty() else sys.stdin.readline()


def table(
    title: str,
    headings: Sequence[str],
    rows: Iterable[Sequence[object]],
    *,
    styles: Sequence[str] = (),
    wraps: Sequence[str] = (),
) -> None:
    """Print a table under a title.

    ``styles`` gives the colour of each column, empty for none. Where the terminal is too narrow, columns without any
    content are left out and those headed as in ``wraps`` are broken into lines, so that names and dates stay whole;
    only where that is not enough all are broken.
    """
    print_line(title, "bold")
    cells = [[on_screen(str(cell), lines=True) for cell in row] for row in rows]
    every = range(len(headings))
    filled = [number for number in every if any(row[number] for row in cells)]
    whole = [number for number in filled if headings[number] not in wraps]
    tries = ((every, whole, 1), (filled, whole, 1), (filled, whole, 0), (filled, (), 0))
    for columns, unbroken, gap in tries:
        shown = Table(box=SIMPLE_HEAD, padding=(0, gap, 0, 0), header_style="bold", show_edge=False)
        for number in columns:
            style = styles[number] if number < len(styles) else None
            shown.add_column(_plain(headings[number]), style=style, overflow="fold", no_wrap=number in unbroken)
        for row in cells:
            shown.add_row(*(BreakableText(row[number]) for number in columns))
        needed = _out.measure(shown)
        if needed.maximum <= _out.width or (not gap and needed.minimum <= _out.width):
            break
    _out.print(shown)


class BreakableText(Text):
    """A text that is broken between Chinese characters, while words, dates and names of files stay whole."""

    def wrap(self, console: Console, width: int, **options: Any) -> Lines:
        """As ``rich`` has it, which knows no words without spaces and cuts where the width ends."""
        if options.get("no_wrap"):
            return super().wrap(console, width, **options)
        lines = Lines()
        for line in self.split(allow_blank=True):
            lines.extend(line.divide(_breaks(line.plain, width)))
        for line in lines:
            line.rstrip()
        return lines


def _breaks(text: str, width: int) -> list[int]:
    """Where a line of text is broken, so that each part has at most ``width`` columns."""
    breaks: list[int] = []
    used = 0
    for part in _UNBROKEN.finditer(text):
        size = cell_len(part[0].rstrip())
        if used and used + size > width:
            breaks.append(part.start())
            used = 0
        if size <= width:
            used += cell_len(part[0])
            continue
        for place, character in enumerate(part[0], part.start()):  # longer than a line
            if used + cell_len(character) > width:
                breaks.append(place)
                used = 0
            used += cell_len(character)
    return breaks


def problems(found: Iterable[Problem]) -> None:
    """Print each problem as a sentence, errors first."""
    from zwgk_excel.domain.problems import merge_equal
    from zwgk_excel.layout.words import word

    order = list(_COLOURS)
    for each in sorted(merge_equal(found, across_obligations=True), key=lambda p: order.index(p.severity)):
        print_line(str(each), label=(word("severity", each.severity), _COLOURS[each.severity]))


def warn_ahead(ahead: str) -> None:
    """Print on stderr (also with ``--json``) that figures are of a day to come, as ``Office.ahead`` tells it."""
    if ahead:
        warn(f"预计：{ahead}，以下按那天仍没有新的报送件推算，到时会变。")


def warn_unread(count: int) -> None:
    """Print on stderr (also with ``--json``) how many files in 收件箱 could not be read and are in no figure."""
    if count:
        warn(f"收件箱中有 {count} 个文件还没有登记，不在这些数字之内；要计入，请先运行 zwgk consolidate。")


@contextmanager
def progress(what: str, *, quiet: bool = False) -> Iterator[ProgressCallback]:
    """Show a progress bar on stderr (stdout is for results); gives the callback that advances it."""
    name = TextColumn("{task.fields[name]}", markup=False)
    columns = (TextColumn(what), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), name)
    with Progress(*columns, console=_err, transient=True, disable=quiet or not _err.is_terminal) as bar:
        task = bar.add_task(what, total=None, name="")

        def step(done: int, total: int, name: str) -> None:
            bar.update(task, completed=done, total=total or None, name=on_screen(name))

        yield step
