"""What the website's list costs: ``python -m benchmarks.published [--json] [--rows N]``.

Importing an export, beside python-calamine alone reading the same file; and reconciling a month, beside reading the
items of the list and of the returns from the ledger once. Processor time, the best of three.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from collections.abc import Callable
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import Any

from python_calamine import CalamineWorkbook

from tests.workflow.desk import CYCLE, ITEM, Desk, new_desk
from tests.workflow.published.exports import titled_export
from tests.workflow.published.test_nothing_lost import EXPORTED, NOVEMBER, site
from zwgk_excel.workflow.intake import receive
from zwgk_excel.workflow.issuing import generate
from zwgk_excel.workflow.published import import_published, plan_import, reconciliation
from zwgk_excel.workflow.published.reconciling import reported_items

ROWS = 5_000
_TIMES = 3


def took(work: Callable[[], object]) -> float:
    """Seconds of a processor, of three times the least."""
    found = []
    for _ in range(_TIMES):
        began = time.process_time()
        work()
        found.append(time.process_time() - began)
    return min(found)


def measure(rows: int) -> dict[str, Any]:
    """Figures of an export of so many rows, half of which the units reported."""
    with tempfile.TemporaryDirectory() as folder:
        desk = Desk(new_desk(Path(folder)).root, EXPORTED)
        export = titled_export(Path(folder) / "清单.xlsx", site(rows))
        with desk.open() as office:
            plain = took(lambda: _read(export))
            looked_at = took(lambda: plan_import(office, [export]))
            planned = plan_import(office, [export])
            began = time.process_time()
            import_published(office, planned, who="")
            written = time.process_time() - began
            made = {each.unit: each.prefilled for each in generate(office, CYCLE, as_of=office.now().date()).workbooks}
        with desk.on(datetime(2026, 11, 25, 9)) as office:
            receive(office, [_confirmed(desk, unit, count) for unit, count in made.items()])
            records = took(lambda: (office.ledger.published(), list(reported_items(office))))
            reconciled = took(lambda: reconciliation(office, CYCLE))
    return {
        "rows": rows,
        "import_seconds": round(looked_at + written, 2),
        "import_beside_calamine": round((looked_at + written) / plain, 1),
        "reconcile_seconds": round(reconciled, 2),
        "reconcile_beside_reading": round(reconciled / records, 2),
    }


def _read(export: Path) -> None:
    book = CalamineWorkbook.from_filelike(BytesIO(export.read_bytes()))
    for name in book.sheet_names:
        book.get_sheet_by_name(name).to_python()


def _confirmed(desk: Desk, unit: str, count: int) -> Path:
    typed = {**ITEM, "formed_on": NOVEMBER, "type": "其他政策文件"}
    return desk.reply(unit, f"{unit}.xlsx", items=[{} if place % 2 else typed for place in range(count)])


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=ROWS)
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    found = measure(given.rows)
    print(json.dumps(found, indent=1) if given.json else "\n".join(f"{key}: {value}" for key, value in found.items()))


if __name__ == "__main__":
    main()
