"""``zwgk export`` as the office's IT person runs it."""

from __future__ import annotations

import pytest

from tests.workflow.desk import item
from zwgk_excel.cli.main import run
from zwgk_excel.workflow.analysis.columns import TABLES

pytestmark = pytest.mark.slow


@pytest.fixture
def reported(desk, zwgk):
    """A month with one return."""
    zwgk("generate", "2026-11", "--as-of", "2026-11-02")
    good = desk.reply("市财政局", "好.xlsx", items=[item("D02 政府采购")])
    zwgk("receive", str(good), "--received-at", "2026-11-20T09:00")
    return desk


@pytest.mark.parametrize("name", ["数据.xlsx", "数据.csv", "数据.parquet"])
@pytest.mark.parametrize("months", ["2026-11", "2026Q4", "2026", "2026-01..2026-12"])
def test_what_was_written_as_json(reported, zwgk, tmp_path, name, months):
    to = tmp_path / "导出" / name
    code, told = zwgk("export", months, "--to", str(to), "--as-of", "2026-12-03", "--json")
    assert code == 0
    assert (told["months"][:4], told["as_of"], told["cut"]) == ("2026", "2026-12-03", 0)
    assert [each["table"] for each in told["tables"]] == list(TABLES)
    rows = {each["table"]: each["rows"] for each in told["tables"]}
    assert (rows["receipts"], rows["items"]) == (1, 1)
    assert {each["file"] for each in told["tables"]} == {
        str(path) for path in (tmp_path / "导出").rglob(f"*{to.suffix}") if path.is_file()
    }


def test_what_people_read(reported, zwgk, tmp_path, capsys):
    to = tmp_path / "数据.xlsx"
    code, shown = zwgk("export", "2026-11", "--to", str(to), "--as-of", "2026-12-03")
    assert code == 0
    assert "2026-11 的数据（截至 2026-12-03，行数）：报送任务 8，收件登记 1，信息明细 1，" in shown.replace("\n", "")
    assert str(to) in shown.replace("\n", "")


def test_a_text_that_had_to_be_cut_is_told(reported, zwgk, tmp_path):
    reason = "长" * 33_000
    assert zwgk("waive", "2026-11", "--unit", "市政府办", "--reason", reason)[0] == 0
    code, shown = zwgk("export", "2026-11", "--to", str(tmp_path / "数据.xlsx"))
    assert code == 1
    assert "32,767" in shown


def test_files_not_taken_in_are_told(reported, tmp_path, capsys):
    (reported.root / "收件箱/新.xlsx").write_bytes((reported.root / "单位通讯录.xlsx").read_bytes())
    assert run(["export", "2026-11", "--to", str(tmp_path / "数据.csv"), "-w", str(reported.root)]) == 0
    assert "1 个文件还没有登记" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (["十一月", "--to", "数据.xlsx"], "“十一月”不是期间"),
        (["2026-12..2026-01", "--to", "数据.xlsx"], "2026-12..2026-01"),
        (["2025", "--to", "数据.xlsx"], "有数据的月份是 2026-11。"),
        (["2026-11"], "--to 输出文件"),
        (["2026-11", "--to", "数据.doc"], ".parquet"),
        (["2026-11", "--to", "总台账.xlsx"], "工作区自己的"),
        (["2026", "--to", "通报.csv"], "工作区自己的"),
        (["2026", "--to", "单位通讯录.xlsx/数据.csv"], "工作区自己的"),
        (["2026-11", "--to", "."], "数据.xlsx"),
        (["2026-11", "--to", "表"], "表/数据.xlsx"),
        (["2026-11", "--to", "表/甲.xlsx"], "是一个文件夹"),
        (["2026-11", "--to", "说明.txt/数据.xlsx"], "“说明.txt”是一个文件"),
        (["2026-11", "--to", "数据.xlsx", "--as-of", "明天"], "明天"),
    ],
)
def test_wrong_usage(reported, monkeypatch, capsys, arguments, named):
    monkeypatch.chdir(reported.root)
    (reported.root / "表/甲.xlsx").mkdir(parents=True)
    (reported.root / "说明.txt").touch()
    capsys.readouterr()
    assert run(["export", *arguments]) == 2
    said = capsys.readouterr().err.replace("\n", "")
    assert named in said
    assert "如已在 Excel 中打开" not in said
    assert "Traceback" not in said
    assert not (reported.root / "数据.xlsx").exists()
