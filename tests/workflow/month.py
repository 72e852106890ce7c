"""A small month played at a desk, in a file or in a database, and its figures in the end."""

from __future__ import annotations

import shutil
from datetime import datetime
from pathlib import Path

from tests.workflow.desk import CYCLE, DUTIES, UNITS, Desk, item, nil
from zwgk_excel.workflow.consolidation.consolidating import consolidate
from zwgk_excel.workflow.intake.receiving import receive
from zwgk_excel.workflow.issuing.generation import generate
from zwgk_excel.workflow.setup.workspace_setup import init_workspace
from zwgk_excel.workflow.tracking.statuses import Statuses, office_statuses

LATER = datetime(2026, 12, 3, 9)


def new_shared_desk(folder: Path, url: str) -> Desk:
    """A workspace with the small tables whose ledger is a database."""
    root = folder / "工作区"
    init_workspace(root, ledger_url=url)
    desk = Desk(root)
    desk.set_duties(DUTIES)
    desk.set_units(UNITS)
    return desk


def play(desk: Desk) -> Statuses:
    """A small month; where everything stands on the 3rd of December."""
    with desk.open() as office:
        generate(office, CYCLE, as_of=desk.now.date())
    good = desk.reply("市财政局", "财政.xlsx", answers={("D04", "2026-11"): nil()}, items=[item("D02 政府采购")])
    again = Path(shutil.copy(good, good.with_name("再次.xlsx")))
    bad = desk.reply("市人社局", "人社.xlsx", items=[item("D04 稳岗就业", formed_on="3月")])
    desk.now = LATER
    with desk.open() as office:
        for day, path in ((20, good), (21, bad), (22, again)):
            receive(office, [path], received_at=datetime(2026, 11, day, 9))
    with desk.open() as office:
        consolidate(office, as_of=LATER.date(), who="科员")
        return office_statuses(office, LATER.date())


def figures(found: Statuses) -> list[tuple[object, ...]]:
    """What two ways to the same end must agree about."""
    rows = [(r.status.obligation.key, r.status.outcome, r.status.timeliness, r.status.problems) for r in found.rows]
    return [*rows, *((r.name, r.received_at, r.verdict, r.unit, r.items) for r in found.receipts)]
