"""What one 免报 typed into a year's tracker costs a spreadsheet program, beside computing the whole workbook.

    python -m benchmarks.recalculation

LibreOffice's seconds say little about Excel's; the ratios, taken in one run, say how far one cell reaches. The second
is that to a workbook that only counts each unit and month by one COUNTIFS over the same number of rows, where the
matrix shows a dozen counts.
"""

from __future__ import annotations

import shutil
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from statistics import median

import xlsxwriter

from benchmarks.live_refresh import machine
from tests.calc.office import Office
from tests.calc.year import MONTHS, UNITS, answer, year_desk
from zwgk_excel.layout.columns import layout
from zwgk_excel.layout.words import word
from zwgk_excel.workbooks.excel import column_letters
from zwgk_excel.workbooks.tracker.previous.office_input import OfficeInput
from zwgk_excel.workbooks.tracker.sheets.page import FIRST_ROW
from zwgk_excel.workbooks.tracker.tracker_workbook import tracker_workbook
from zwgk_excel.workflow.consolidation.consolidating import prepare

ROUNDS, COUNTS = 3, 12
"""How often a cell is typed; how many counts a cell of the matrix shows."""


def measure(folder: Path, office: Office) -> dict[str, float]:
    """Seconds by what is done, the median of the rounds; ``typed_cpu`` are the processor's, which other work spares."""
    desk = year_desk(folder)
    answer(desk)
    with desk.open() as opened, opened.ledger.exclusive():
        view = prepare(opened, OfficeInput(), as_of=None, who="bench").view
        (folder / "tracker.xlsx").write_bytes(tracker_workbook(view))
    plain(folder / "counts.xlsx", len(view.rows))
    tracking = layout("tracker")["tracking"]
    waived = f"{column_letters(tracking.index('waived'))}{FIRST_ROW + 5}"
    read = [layout("tracker")[key].name for key in ("overview", "matrix", "unit_page")]
    with office.open(folder / "tracker.xlsx") as document:

        def type_waiver(value: str | None) -> None:
            document.set(tracking.name, waived, value)
            for name in read:
                document.values(name)

        type_waiver(None)
        answers = [word("yes_no", "yes"), None] * ROUNDS
        spent = office.cpu_seconds
        typed = [_timed(partial(type_waiver, value)) for value in answers]
        processor = (office.cpu_seconds - spent) / len(answers)
        whole = [_timed(document.recalculate) for _ in range(ROUNDS)]
    with office.open(folder / "counts.xlsx") as document:

        def type_state(value: str) -> None:
            document.set("rows", "C5", value)
            document.values("matrix")

        type_state("x")
        counted = [_timed(partial(type_state, value)) for value in ["s0", "x"] * ROUNDS]
    return {"typed": median(typed), "typed_cpu": processor, "whole": median(whole), "counted": median(counted)}


def plain(path: Path, rows: int) -> None:
    """A workbook that counts the states of each unit and month over all rows, cell by cell."""
    with xlsxwriter.Workbook(str(path)) as book:
        data, matrix = book.add_worksheet("rows"), book.add_worksheet("matrix")
        for row in range(rows):
            data.write_row(row, 0, [f"u{row % UNITS}", f"m{row // UNITS % len(MONTHS)}", f"s{row % COUNTS}"])
        columns = [f"rows!${letter}$1:${letter}${rows}" for letter in "ABC"]
        for unit in range(UNITS):
            for month in range(len(MONTHS)):
                counted = f'COUNTIFS({columns[0]},"u{unit}",{columns[1]},"m{month}",{columns[2]},"s{month % COUNTS}")'
                matrix.write_formula(unit, month, f"={counted}")


def _timed(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def main() -> None:
    """Measure, and print the ratios."""
    with tempfile.TemporaryDirectory() as name, Office(shutil.which("soffice") or "soffice") as office:
        seconds = measure(Path(name), office)
    print(machine())
    print("、".join(f"{key} {value:.2f} s" for key, value in seconds.items()))
    whole, counted = (seconds["typed"] / seconds[key] for key in ("whole", "counted"))
    print(f"typed / whole {whole:.2f}, typed / counted {counted:.2f}")


if __name__ == "__main__":
    main()
