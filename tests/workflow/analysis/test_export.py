"""Exports: the same rows in every format, hostile texts harmless, whole or not at all."""

from __future__ import annotations

import csv
import json
import re
import subprocess
import sys
from datetime import date, datetime
from pathlib import Path

import openpyxl
import pandas as pd
import pytest

from tests.ooxml import validate_all
from tests.workflow.desk import CYCLE, Desk, new_desk
from tests.workflow.month import LATER
from tests.workflow.two_months import two_months
from tests.xlsx_lint import lint
from zwgk_excel.domain.problem_catalogue import Severity
from zwgk_excel.domain.problems import CellRef, Problem
from zwgk_excel.domain.returns import Item, Receipt, Return, Verdict
from zwgk_excel.layout.columns import layout
from zwgk_excel.layout.words import word
from zwgk_excel.workbooks.excel import A3, A4
from zwgk_excel.workbooks.writing.style import CELL_LIMIT
from zwgk_excel.workflow.analysis import export as room
from zwgk_excel.workflow.analysis.columns import TABLES
from zwgk_excel.workflow.analysis.export import export
from zwgk_excel.workflow.analysis.exported import Export
from zwgk_excel.workflow.analysis.frames import Frames, frames
from zwgk_excel.workflow.decisions.extend_and_waive import waive
from zwgk_excel.workflow.errors import UserError
from zwgk_excel.workflow.issuing.generation import generate

pytestmark = pytest.mark.slow

ON = LATER.date()
SHEETS = layout("export")
PIVOTS = ("on_time_rate", "overdue", "column_timeliness")
SPAN = "2026-10..2026-11"


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """Two months; the tests only read."""
    return two_months(tmp_path_factory.mktemp("export"))


@pytest.fixture(scope="module")
def both(desk: Desk) -> Frames:
    with desk.open() as office:
        return frames(office, SPAN, as_of=ON)


def written(desk: Desk, to: Path, months: str = SPAN) -> Export:
    with desk.open() as office:
        return export(office, months, to, as_of=ON)


def cells(book: Path, key: str) -> list[dict[str, object]]:
    """The rows of a sheet by heading."""
    sheet = openpyxl.load_workbook(book)[SHEETS[key].name]
    _, _, headings, *rows = sheet.iter_rows(values_only=True)
    return [dict(zip(headings, row, strict=True)) for row in rows]


# --- the workbook ------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def book(desk: Desk, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return written(desk, tmp_path_factory.mktemp("book") / "数据.xlsx").path


def test_a_sheet_for_each_pivot_and_each_table(book: Path) -> None:
    names = [SHEETS[key].name for key in (*PIVOTS, *TABLES)]
    assert openpyxl.load_workbook(book).sheetnames == names
    assert set(SHEETS.sheets) == {*PIVOTS, *TABLES}


@pytest.mark.parametrize("name", TABLES)
def test_every_column_of_a_table_has_a_heading(name: str) -> None:
    assert sorted(column.key for column in SHEETS[name]) == sorted(TABLES[name])


@pytest.mark.parametrize("name", TABLES)
def test_the_rows_of_a_table_in_chinese_words(book: Path, both: Frames, name: str) -> None:
    table = getattr(both, name)
    rows = cells(book, name)
    assert len(rows) == len(table)
    for column in SHEETS[name]:
        shown, field = [row[column.heading] for row in rows], TABLES[name][column.key]
        values = table[column.key].astype(object).where(table[column.key].notna(), None).tolist()
        if field.codes:
            values = [word(field.codes, value or "") for value in values]
        elif field.kind == "flag":
            values = [word(column.list, "yes" if value else "no") for value in values]
        assert [each or None for each in shown] == [each or None for each in values], column.key


def test_units_by_months_in_the_order_of_the_roster(book: Path) -> None:
    rates = {row["单位"]: row for row in cells(book, "on_time_rate")}
    assert list(rates) == ["市政府办", "市财政局", "市人社局", "合计"]
    assert rates["市财政局"] == {"单位": "市财政局", "类别": "部门", "2026-10": 0.5, "2026-11": 1, "合计": 0.75}
    assert rates["市政府办"]["2026-11"] is None  # waived: nothing to judge
    overdue = {row["单位"]: row["2026-10"] for row in cells(book, "overdue")}
    assert overdue == {"市政府办": 1, "市财政局": 1, "市人社局": 1, "合计": 3}


def test_columns_by_timeliness(book: Path) -> None:
    (purchases,) = [row for row in cells(book, "column_timeliness") if row["编号"] == "D02"]
    assert (purchases["栏目"], purchases[word("timeliness", "on_time")], purchases["合计"]) == ("政府采购", 2, 2)
    total = cells(book, "column_timeliness")[-1]
    assert (total["编号"], total[word("timeliness", "on_time")], total[word("timeliness", "overdue")]) == ("合计", 3, 4)


def test_title_header_filter_and_page(book: Path) -> None:
    for sheet in openpyxl.load_workbook(book):
        assert sheet["A1"].value.endswith("（2026-10 至 2026-11，截至 2026-12-03）")
        assert sheet.freeze_panes.endswith("4")
        assert sheet.auto_filter.ref.startswith("A3:")
        assert sheet.page_setup.paperSize in {A4, A3}
        assert (sheet.page_setup.orientation, sheet.print_title_rows) == ("landscape", "$3:$3")


def test_excel_opens_it(book: Path) -> None:
    assert lint(book) == []
    assert validate_all([book]) == {}


# --- folders of files --------------------------------------------------------------------------


def test_csv_files_hold_codes_and_excel_reads_their_encoding(desk: Desk, both: Frames, tmp_path: Path) -> None:
    done = written(desk, tmp_path / "数据.csv")
    assert done.path == tmp_path / "数据"
    assert [(each.table, each.path.name, each.rows) for each in done.tables] == [
        (name, f"{name}.csv", len(getattr(both, name))) for name in TABLES
    ]
    for each in done.tables:
        assert each.path.read_bytes().startswith(b"\xef\xbb\xbf")
        with each.path.open(encoding="utf-8-sig", newline="") as file:
            headings, *rows = csv.reader(file)
        assert (headings, len(rows)) == (list(TABLES[each.table]), each.rows)
    read = pd.read_csv(done.path / "obligations.csv", parse_dates=["due", "received_at"], keep_default_na=False)
    assert read.key.tolist() == both.obligations.key.tolist()
    assert read.outcome.tolist() == both.obligations.outcome.tolist()
    assert read.mandatory.tolist() == both.obligations.mandatory.tolist()
    first = next(row for row in csv.DictReader((done.path / "receipts.csv").open(encoding="utf-8-sig", newline="")))
    assert first["received_at"] == "2026-10-20 09:00:00"


@pytest.mark.parametrize("name", TABLES)
def test_parquet_files_give_the_frames_back(desk: Desk, both: Frames, tmp_path: Path, name: str) -> None:
    done = written(desk, tmp_path / "数据.parquet")
    read = pd.read_parquet(done.path / f"{name}.parquet")
    table = getattr(both, name)
    # Parquet has no seconds: the same moments come back in milliseconds.
    dated = dict.fromkeys(read.select_dtypes("datetime"), "datetime64[s]")
    if read.empty:  # and no categories where there are no rows
        dated |= {column: table[column].dtype for column in table.select_dtypes("category")}
    pd.testing.assert_frame_equal(read.astype(dated), table)


def test_a_later_run_replaces_an_earlier_one(desk: Desk, tmp_path: Path) -> None:
    written(desk, tmp_path / "数据.csv")
    done = written(desk, tmp_path / "数据.parquet", "2026-11")
    assert {path.suffix for path in done.path.iterdir()} == {".parquet", ".json"}
    told = json.loads((done.path / "_zwgk.json").read_text(encoding="utf-8"))
    assert told == {
        "months": "2026-11", "as_of": "2026-12-03", "files": sorted(f"{name}.parquet" for name in TABLES)
    }  # fmt: skip
    assert list(tmp_path.iterdir()) == [done.path]


# --- hostile texts -----------------------------------------------------------------------------

TYPED = [
    *("=cmd|' /C calc'!A0", "+1", "-1+1", "@SUM(A1)", "\t=1", "\r=1", "＝1"),
    *("'=1", "0123", "1e5", "http://a.cn", "普通,“引号”\"\n二"),
]
ACTING = 7
"""So many of them would act."""
LONG = "长" * (CELL_LIMIT + 1000) + "=1"
CONTROL = "甲\x00\x07乙\udcff"


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """A desk with an item for each text, a problem and a reason that hold one."""
    desk = new_desk(tmp_path_factory.mktemp("hostile"))
    with desk.open() as office:
        generate(office, CYCLE, as_of=desk.now.date())
        items = tuple(
            Item(obligation="D02/市财政局/2026-11", task="D02", title=text, row=row)
            for row, text in enumerate([*TYPED, LONG, CONTROL], 4)
        )
        found = Problem("not_a_report", Severity.ERROR, CellRef("=1+1.xlsx", "@A", ""), "=1", "+1", "-1")
        receipt = Receipt(
            "收件箱/=1+1.xlsx", "0" * 64, datetime(2026, 11, 20, 9), Verdict.RETURNED, unit="市财政局", cycle=CYCLE,
            items=len(items), problems=(found,), content=Return("市财政局", CYCLE, items=items, problems=(found,)),
        )  # fmt: skip
        office.ledger.add_receipts([receipt], "command")
        waive(office, CYCLE, "市政府办", ["D01"], cancel=False, who="=who", reason="=HYPERLINK(\"http://a.cn\")")
    desk.now = LATER
    return desk


def test_in_a_workbook_every_text_is_text(hostile: Desk, tmp_path: Path) -> None:
    done = written(hostile, tmp_path / "数据.xlsx", "2026-11")
    sheets = openpyxl.load_workbook(done.path)
    assert not [cell for sheet in sheets for row in sheet.iter_rows() for cell in row if cell.data_type == "f"]
    titles = [str(row["信息标题"]) for row in cells(done.path, "items")]
    assert titles[: len(TYPED)] == [text.replace("\r", "_x000D_") for text in TYPED]
    assert (len(titles[-2]), titles[-2][-8:]) == (CELL_LIMIT, "……（过长，已截断）"[-8:])
    assert titles[-1] == "甲乙?"
    assert done.cut == 1
    assert lint(done.path) == []
    assert validate_all([done.path]) == {}


def test_in_csv_files_nothing_acts(hostile: Desk, tmp_path: Path) -> None:
    done = written(hostile, tmp_path / "数据.csv", "2026-11")
    for each in done.tables:
        with each.path.open(encoding="utf-8-sig", newline="") as file:
            for row in csv.DictReader(file):
                for column, text in row.items():
                    if TABLES[each.table][column].kind in {"text", "month"}:
                        assert not text.startswith(tuple("=+-@\t\r\n＝＋－＠"))
                        assert len(text) <= CELL_LIMIT + 1
                        assert "\x00" not in text
    with (done.path / "items.csv").open(encoding="utf-8-sig", newline="") as file:
        titles = [row["title"] for row in csv.DictReader(file)]
    assert titles[: len(TYPED)] == [*(f"'{text}" for text in TYPED[:ACTING]), *TYPED[ACTING:]]
    assert done.cut == 1


def test_in_parquet_files_texts_are_whole(hostile: Desk, tmp_path: Path) -> None:
    done = written(hostile, tmp_path / "数据.parquet", "2026-11")
    titles = pd.read_parquet(done.path / "items.parquet").title.tolist()
    assert titles == [*TYPED, LONG, "甲\x00\x07乙?"]
    assert done.cut == 0


# --- what is refused ---------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["数据", "数据.xls", "数据.txt"])
def test_other_endings(desk: Desk, tmp_path: Path, name: str) -> None:
    with pytest.raises(UserError, match=r"\.xlsx、\.csv 或 \.parquet"):
        written(desk, tmp_path / name)


@pytest.mark.parametrize(
    "place",
    [
        *("总台账.xlsx", "总台账.csv", "责任分工表.xlsx", "单位通讯录.csv", "zwgk.db.xlsx", "ZWGK.toml.csv"),
        *("收件箱.csv", "发件箱.csv", "退回修改.csv", "通报.csv", "模板.csv", "邮件文字.parquet", "日志.csv"),
        *("收件箱/2026/数据.csv", "发件箱/数据.xlsx", "通报/2026-11/数据.xlsx", "总台账/数据.csv", "../工作区.csv"),
    ],
)
def test_what_belongs_to_the_workspace_is_not_replaced(desk: Desk, place: str) -> None:
    before = sorted(path for path in desk.root.rglob("*"))
    with pytest.raises(UserError, match="工作区自己的"):
        written(desk, desk.root / place)
    assert sorted(path for path in desk.root.rglob("*")) == before


def test_a_workbook_may_lie_in_the_workspace(desk: Desk) -> None:
    done = written(desk, desk.root / "导出/2026/数据.xlsx")
    assert done.path.is_file()


def test_other_peoples_folders_are_not_replaced(desk: Desk, tmp_path: Path) -> None:
    mine = tmp_path / "数据/论文.txt"
    mine.parent.mkdir()
    mine.write_text("别删", encoding="utf-8")
    with pytest.raises(UserError, match="别的文件"):
        written(desk, tmp_path / "数据.csv")
    assert [path.name for path in tmp_path.rglob("*")] == ["数据", "论文.txt"]


@pytest.mark.parametrize("name", ["more.txt", "items.parquet", "下级/more.csv", ".notes"])
def test_a_file_put_into_our_folder_is_not_lost(desk: Desk, tmp_path: Path, name: str) -> None:
    mine = written(desk, tmp_path / "数据.csv").path / name
    mine.parent.mkdir(exist_ok=True)
    mine.write_text("别删", encoding="utf-8")
    with pytest.raises(UserError, match=re.escape(name)):
        written(desk, tmp_path / "数据.csv", "2026-11")
    assert mine.read_text(encoding="utf-8") == "别删"
    assert [path.name for path in tmp_path.iterdir()] == ["数据"]
    mine.unlink()
    (tmp_path / "数据/Thumbs.db").touch()
    written(desk, tmp_path / "数据.csv", "2026-11")


@pytest.mark.parametrize(("name", "refused"), [("items.parquet", False), ("items.csv", False), ("more.csv", True)])
def test_a_folder_of_an_earlier_version_has_no_list(desk: Desk, tmp_path: Path, name: str, refused: bool) -> None:
    folder = tmp_path / "数据"
    folder.mkdir()
    (folder / "_zwgk.json").write_text('{"months": "2026-11", "as_of": "2026-12-03"}', encoding="utf-8")
    (folder / name).write_text("1", encoding="utf-8")
    if refused:
        with pytest.raises(UserError, match=name):
            written(desk, tmp_path / "数据.csv")
    else:
        written(desk, tmp_path / "数据.csv")
    assert ((folder / name).read_text(encoding="utf-8-sig") == "1" if refused else (folder / "acts.csv").exists())


def test_a_file_in_the_place_of_the_folder(desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "数据").write_text("别删", encoding="utf-8")
    with pytest.raises(UserError, match="同名的文件"):
        written(desk, tmp_path / "数据.csv")
    with pytest.raises(UserError, match="是一个文件"):
        written(desk, tmp_path / "数据/2026/数据.csv")
    assert (tmp_path / "数据").read_text(encoding="utf-8") == "别删"


def test_a_workbook_of_others_is_not_replaced(desk: Desk, tmp_path: Path) -> None:
    foreign = tmp_path / "预算.xlsx"
    openpyxl.Workbook().save(foreign)
    before = foreign.read_bytes()
    with pytest.raises(UserError, match="预算"):
        written(desk, foreign)
    assert foreign.read_bytes() == before


def test_our_workbook_is_replaced_until_somebody_saves_it(desk: Desk, tmp_path: Path) -> None:
    path = written(desk, tmp_path / "数据.xlsx").path
    written(desk, path, "2026-11")
    edited = openpyxl.load_workbook(path)
    edited.active["A1"] = "我的说明"
    edited.save(path)
    before = path.read_bytes()
    with pytest.raises(UserError, match="改动过"):
        written(desk, path)
    assert path.read_bytes() == before


@pytest.mark.parametrize("beside", ["~$数据.xlsx", ".~lock.数据.xlsx#"])
def test_an_open_workbook_is_not_replaced(desk: Desk, tmp_path: Path, beside: str) -> None:
    path = written(desk, tmp_path / "数据.xlsx").path
    before = path.read_bytes()
    (tmp_path / beside).touch()
    with pytest.raises(UserError, match="关闭后再导出"):
        written(desk, path, "2026-11")
    assert path.read_bytes() == before


@pytest.mark.parametrize(("name", "code"), [("数据.csv", 0), ("数据.xlsx", 0), ("数据.parquet", 2)])
def test_without_pyarrow(desk: Desk, tmp_path: Path, name: str, code: int) -> None:
    """In a process of its own: pandas asks for pyarrow when it is imported."""
    arguments = ["export", "2026-11", "--to", str(tmp_path / name), "-w", str(desk.root)]
    program = """
import sys
class Missing:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] == "pyarrow":
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)
sys.meta_path.insert(0, Missing())
from zwgk_excel.cli.main import main
main()
"""
    command = [sys.executable, "-c", program, *arguments]
    done = subprocess.run(command, capture_output=True, encoding="utf-8", check=False)
    assert done.returncode == code, done.stderr
    assert ("zwgk-excel[rollup]" in done.stderr) == (code == 2)
    assert bool(list(tmp_path.iterdir())) == (code == 0)


@pytest.mark.parametrize("name", ["数据.xlsx", "数据.csv", "数据.parquet"])
def test_what_fails_half_way_leaves_what_was_there(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    done = written(desk, tmp_path / name)
    files = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}

    def full(table: pd.DataFrame, table_name: str, path: Path) -> None:
        path.write_bytes(b"half")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(room, "_WRITERS", {".csv": full, ".parquet": full})
    monkeypatch.setattr(room, "write_book", lambda path, *rest: full(pd.DataFrame(), "", path))
    with pytest.raises(UserError, match="磁盘已满"):
        written(desk, tmp_path / name, "2026-11")
    assert {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()} == files
    assert done.path.exists()


def test_a_folder_in_the_place_of_the_workbook(desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "数据.xlsx").mkdir()
    with pytest.raises(UserError, match="是一个文件夹"):
        written(desk, tmp_path / "数据.xlsx")
    assert [path.name for path in tmp_path.iterdir()] == ["数据.xlsx"]


def test_what_a_killed_run_left_is_put_right(desk: Desk, tmp_path: Path) -> None:
    done = written(desk, tmp_path / "数据.csv")
    done.path.rename(tmp_path / ".zwgk-数据-old-1")
    (tmp_path / ".zwgk-数据-new-x").mkdir()
    (tmp_path / ".zwgk-别的-new-x").mkdir()
    written(desk, tmp_path / "数据.csv")
    assert sorted(path.name for path in tmp_path.iterdir()) == [".zwgk-别的-new-x", "数据"]


def test_day_and_months_are_told(desk: Desk, tmp_path: Path) -> None:
    with desk.open() as office:
        done = export(office, CYCLE, tmp_path / "数据.xlsx")
    assert (str(done.months), done.as_of) == ("2026-11", date(2026, 12, 3))
