"""The website's own list on the terminal and as JSON: looked at first, imported then; and 对账."""

from __future__ import annotations

import csv
import json
from datetime import date, datetime

import pytest

from tests.clock import set_clock
from tests.terminal import HOSTILE, acting
from tests.workflow.desk import CYCLE, Desk, issue, item, new_desk
from tests.workflow.published.exports import csv_export, row, titled_export
from zwgk_excel.cli.main import run
from zwgk_excel.layout.columns import layout
from zwgk_excel.workbooks.opening.open_book import open_book
from zwgk_excel.workbooks.tables.edit_table import edit_table
from zwgk_excel.workbooks.tables.read_tables import read_table
from zwgk_excel.workflow.consolidation import consolidate
from zwgk_excel.workflow.intake import receive

MONTH, FINANCE = str(CYCLE), "市财政局"
MAPPING = "网站清单对照.xlsx"


@pytest.fixture
def desk(tmp_path, monkeypatch) -> Desk:
    """November went out on the 2nd; it is the 1st of December."""
    set_clock(monkeypatch, datetime(2026, 12, 1, 9))
    return issue(new_desk(tmp_path))


def command(desk: Desk, *words: object) -> int:
    return run(["published", *map(str, words), "-w", str(desk.root)])


def as_json(capsys) -> dict:
    return json.loads(capsys.readouterr().out)


def test_looked_at_then_imported_and_a_second_time_nothing_changes(desk, tmp_path, capsys):
    export = csv_export(tmp_path / "清单.csv", [row(1), row(2)])
    assert command(desk, "import", export) == 0
    assert "新增 2 条" in (said := capsys.readouterr().out)
    assert "什么也没有改动" in said
    assert command(desk, "import", export, "--json", "--yes") == 0
    done = as_json(capsys)
    assert (len(done["new"]), done["imported"], done["first"]) == (2, True, "2026-11-10")
    assert done["new"][0]["source"] == "清单.csv!清单!A2"
    assert command(desk, "import", export, "--json", "--yes") == 0
    again = as_json(capsys)
    assert (again["new"], again["same"]) == ([], 2)
    assert run(["history", "-w", str(desk.root), "--json"]) == 0
    acts = json.loads(capsys.readouterr().out)
    assert [each["kind"] for each in acts].count("import_published") == 1


def test_corrections_and_what_vanished_are_told_and_taken_back_by_undoing(desk, tmp_path, capsys):
    assert command(desk, "import", csv_export(tmp_path / "一.csv", [row(1), row(2), row(3)]), "--yes") == 0
    later = csv_export(tmp_path / "二.csv", [row(1), ("更正的标题", *row(3)[1:])])
    assert command(desk, "import", later, "--yes") == 0
    said = capsys.readouterr().out
    assert "网站上已没有 市财政局 “政府采购公告第2号”" in said
    assert "有改动 “政府采购公告第3号”" in said
    with desk.open() as office:
        number = office.ledger.acts()[-1].number
        assert [each.listed for each in office.ledger.published().items] == [True, False, True]
    assert run(["undo", str(number), "--reason", "导错了", "--yes", "-w", str(desk.root)]) == 0
    with desk.open() as office:
        assert all(each.listed for each in office.ledger.published().items)


def test_what_is_in_the_folder_is_taken_in_once(desk, capsys):
    assert command(desk, "import") == 2
    folder = desk.root / "网站清单"
    folder.mkdir()
    titled_export(folder / "十一月.xlsx", [row(1)])
    (folder / "~$十一月.xlsx").write_bytes(b"x")
    assert command(desk, "import", "--yes") == 0
    assert command(desk, "import", "--yes") == 2
    assert "没有新的清单" in capsys.readouterr().err


def test_unknown_names_are_listed_once_and_known_after_the_office_said_what_they_are(desk, tmp_path, capsys):
    rows = [row(1, department="财政局机关"), row(2, column="采购公示"), row(3, column="机构概况"), row(4)]
    export = csv_export(tmp_path / "清单.csv", rows)
    assert command(desk, "import", export, "--yes") == 1
    said = capsys.readouterr().out
    assert "不知道是哪个单位 “财政局机关”（1 条）" in said
    assert "不知道是哪项任务 “采购公示”（市财政局，1 条）" in said
    mapping = desk.root / "网站清单对照.xlsx"
    before = mapping.read_bytes()
    assert command(desk, "import", export, "--yes") == 1
    assert mapping.read_bytes() == before
    _complete(mapping, "单位对照", {"财政局机关": {"unit": FINANCE}})
    _complete(mapping, "栏目对照", {"采购公示": {"duties": "D02"}, "机构概况": {"duties": "不计"}})
    capsys.readouterr()
    assert command(desk, "import", export, "--yes", "--json") == 0
    done = as_json(capsys)
    assert (done["rows"], done["ignored"], len(done["corrected"])) == (3, 1, 2)
    with desk.open() as office:
        units = {each.title: (each.unit, each.duties) for each in office.ledger.published().items}
    assert {units[f"政府采购公告第{number}号"] for number in (1, 4)} == {(FINANCE, ("D02",))}
    assert units["采购公示公告第2号"] == (FINANCE, ("D02",))


def test_columns_that_nobody_knows_are_asked_for_once(desk, tmp_path, capsys):
    headings = ("甲", "乙", "链接", "所属栏目", "发布机构")
    export = csv_export(tmp_path / "清单.csv", [row(1)], headings=headings)
    assert command(desk, "import", export, "--yes") == 1
    assert "没有认出“信息标题、发布日期”" in capsys.readouterr().out
    _complete(
        desk.root / "网站清单对照.xlsx",
        "列名对照",
        {"信息标题": {"heading": "甲"}, "发布日期": {"heading": "乙"}},
    )
    assert command(desk, "import", export, "--yes") == 0
    assert "新增 1 条" in capsys.readouterr().out


WITHOUT_UNITS = ("标题", "操作", "发布时间", "所属栏目", "备注")


def without_units(path, *numbers: int, publisher: str = "", headings=WITHOUT_UNITS):
    """A list as back offices give it to one unit: nothing but 来源, if anything, says whose it is."""
    rows = [(row(each)[0], "查看", f"{row(each)[1]} 09:30", row(each)[3], publisher) for each in numbers]
    with path.open("w", encoding="utf-8-sig", newline="") as stream:
        csv.writer(stream).writerows([headings, *rows])
    return path


def test_a_list_without_units_says_what_is_to_be_done_and_gets_its_unit_afterwards(desk, tmp_path, capsys):
    export = without_units(tmp_path / "清单.csv", 1, 2)
    assert command(desk, "import", export, "--yes") == 1
    said = capsys.readouterr().out
    assert "清单.csv!清单!A1：表头是“标题、操作、发布时间、所属栏目、备注”，没有“发布单位”一列" in said
    assert "整个清单是一个单位的，请加 --unit 单位名称再导入一次" in said
    assert "没有写明的 2 条" in said
    assert "（空）" not in said
    table, _ = read_table((desk.root / MAPPING).read_bytes(), MAPPING, layout("published")["headings"])
    assert [each["field"] for each in table] == ["发布单位"]
    assert command(desk, "import", export, "--unit", FINANCE, "--yes", "--json") == 0
    done = as_json(capsys)
    assert (len(done["new"]), len(done["corrected"])) == (0, 2)
    assert command(desk, "import", export, "--yes", "--json") == 1
    assert as_json(capsys)["same"] == 2, "what is known of them stays"
    with desk.open() as office:
        items = office.ledger.published().items
    assert [(each.unit, each.department) for each in items] == [(FINANCE, FINANCE)] * 2


def test_a_unit_column_mapped_before_is_asked_for_no_more_than_once(desk, tmp_path, capsys):
    command(desk, "import", csv_export(tmp_path / "一.csv", [row(1, department="财政局机关")]), "--yes")
    headings = ("标题", "操作", "发布时间", "所属栏目", "哪个局")
    export = without_units(tmp_path / "二.csv", 2, publisher=FINANCE, headings=headings)
    assert command(desk, "import", export, "--yes") == 1
    _complete(desk.root / MAPPING, "列名对照", {"发布单位": {"heading": "哪个局"}})
    capsys.readouterr()
    assert command(desk, "import", export, "--yes", "--json") == 0
    done = as_json(capsys)
    assert [(each["before"]["unit"], each["after"]["unit"]) for each in done["corrected"]] == [(None, FINANCE)]
    assert (done["new"], done["problems"]) == ([], [])


def test_cells_without_a_unit_are_listed_nowhere(desk, tmp_path, capsys):
    export = csv_export(tmp_path / "清单.csv", [row(1), row(2, department="")])
    assert command(desk, "import", export, "--yes") == 1
    said = capsys.readouterr().out
    assert "没有写明单位、栏目的各条，请在清单里补上，再导入一次。" in said
    assert "已列入" not in said
    assert not (desk.root / MAPPING).exists()


def test_the_source_of_an_item_is_its_unit_where_nothing_else_is(desk, tmp_path, capsys):
    headings = (*WITHOUT_UNITS[:-1], "来源")
    export = without_units(tmp_path / "清单.csv", 1, publisher=FINANCE, headings=headings)
    assert command(desk, "import", export, "--yes", "--json") == 0
    assert as_json(capsys)["units"] == [FINANCE]
    other = without_units(tmp_path / "转载.csv", 2, publisher="新华社", headings=headings)
    assert command(desk, "import", other, "--unit", FINANCE, "--json") == 0
    assert [each["department"] for each in as_json(capsys)["new"]] == [FINANCE], "the office has said whose it is"


def test_a_wrong_word_in_the_mapping_is_told_by_its_cell(desk, tmp_path, capsys):
    export = csv_export(tmp_path / "清单.csv", [row(1, column="采购公示")])
    command(desk, "import", export, "--yes")
    _complete(desk.root / "网站清单对照.xlsx", "栏目对照", {"采购公示": {"duties": "D99"}})
    capsys.readouterr()
    assert command(desk, "import", export) == 2
    assert "网站清单对照.xlsx!栏目对照!C4：责任分工表中没有“D99”" in capsys.readouterr().err


def test_reconciled(desk, tmp_path, capsys):
    assert command(desk, "reconcile", MONTH) == 0
    assert "还没有导入过" in capsys.readouterr().out
    assert command(desk, "import", csv_export(tmp_path / "清单.csv", [row(1), row(2)]), "--yes") == 0
    typed = item("D02 政府采购", title=row(1)[0], url=row(1)[2], published_on=date(2026, 11, 12))
    with desk.on(datetime(2026, 11, 20, 9)) as office:
        receive(office, [desk.reply(FINANCE, "回.xlsx", items=[typed])])
    capsys.readouterr()
    assert command(desk, "reconcile", MONTH, "--unit", FINANCE) == 1
    said = capsys.readouterr().out
    assert "不一致 市财政局 “政府采购公告第1号”发布日期“2026-11-12”，网站清单“2026-11-10”" in said
    assert "网站有未报 1" in said
    with desk.on(datetime(2026, 12, 1, 9)) as office:
        consolidate(office, as_of=None, who="王芳")
    capsys.readouterr()
    assert command(desk, "reconcile", MONTH, "--json") == 1
    lines = as_json(capsys)["lines"]
    assert [each["task"] for each in lines] == ["D02 政府采购"] * 2
    sheet = open_book((desk.root / "总台账.xlsx").read_bytes(), "总台账.xlsx").grid("对账")
    assert sheet is not None
    place = sheet.rows[2].index("所报任务")
    assert [each[place] for each in sheet.rows[3:5]] == ["D02 政府采购"] * 2
    assert [(each["agreement"], each["differences"]) for each in lines] == [
        ("differs", ["published_on"]),
        ("unreported", []),
    ]


def test_a_mistyped_year_neither_reaches_the_future_nor_is_prefilled(desk, tmp_path, capsys):
    mistyped = ("打错年份", date(2062, 11, 6), *row(2)[2:])
    export = csv_export(tmp_path / "清单.csv", [row(1), mistyped])
    assert command(desk, "import", export, "--to", "2062-12-31", "--yes") == 1
    assert "清单.csv!清单!B3：发布时间是 2062-11-06，这一天还没有到" in capsys.readouterr().out
    with desk.open() as office:
        record = office.ledger.published()
    assert [each.title for each in record.items] == [row(1)[0]]
    assert [(each.first, each.last) for each in record.spans] == [(date(2026, 11, 10), date(2026, 12, 1))]


def test_a_year_mistyped_into_the_past_calls_nothing_absent_and_does_not_reach_back(desk, tmp_path, capsys):
    rows = [row(number, day=date(2026, 11, number)) for number in range(1, 11)]
    typo = row(11, day=date(2025, 11, 4))
    path = csv_export(tmp_path / "清单.csv", [*rows, typo])
    assert command(desk, "import", path, "--yes", "--json") == 1
    told = as_json(capsys)
    assert (told["rows"], told["first"], told["last"]) == (11, "2026-11-01", "2026-11-10")
    assert [(each["code"], each["place"]) for each in told["problems"]] == [("list_day_early", "清单.csv!清单!B12")]
    assert command(desk, "import", path, "--from", "2025-11-01", "--json") == 0, "the office says that it does"
    assert as_json(capsys)["first"] == "2025-11-01"


def test_a_row_that_could_not_be_used_is_not_missing_from_the_site(desk, tmp_path, capsys):
    rows = [row(1), row(2), row(3, department="市人社局", column="稳岗就业")]
    command(desk, "import", csv_export(tmp_path / "一.csv", rows), "--yes")
    stream = "标题,发布时间,链接,所属栏目,发布机构\n"
    for (title, _, *rest), day in zip(rows[::2], ("下周", "2026-11-10"), strict=True):
        stream += ",".join([title, day, *rest]) + "\n"
    later = tmp_path / "二.csv"
    later.write_text(stream, "utf-8-sig")
    capsys.readouterr()
    command(desk, "import", later, "--json")
    told = as_json(capsys)
    assert (told["vanished"], told["unsure"], told["units"]) == ([], [], ["市人社局"])
    later.write_text(f"{stream}{','.join([rows[1][0], '2026-11-10', *rows[1][2:]])}\n", "utf-8-sig")
    command(desk, "import", later, "--json")
    told = as_json(capsys)
    assert (told["vanished"], told["unsure"], told["units"]) == ([], ["市财政局"], ["市人社局"])
    command(desk, "import", later)
    assert "市财政局有没有导入的行，这次不判断它们网站上没有的" in capsys.readouterr().out


def test_a_list_without_items_is_told(desk, tmp_path, capsys):
    assert command(desk, "import", csv_export(tmp_path / "清单.csv", []), "--yes") == 0
    assert capsys.readouterr().out == "清单里没有在网站上的信息，没有可以导入的内容。\n"


def test_days_the_wrong_way_round_and_options_that_exclude_each_other_are_refused(desk, tmp_path, capsys):
    export = csv_export(tmp_path / "清单.csv", [row(1)])
    for words in (("--from", "2026-11-20"), ("--to", "2026-11-01"), ("--from", "2026-11-20", "--to", "2026-11-01")):
        assert command(desk, "import", export, *words, "--yes") == 2
        assert "起止日期颠倒了" in capsys.readouterr().err
    assert command(desk, "import", export, "--part", "--whole", "--yes") == 2
    assert "请只留一个" in capsys.readouterr().err
    with desk.open() as office:
        assert office.ledger.published().spans == ()


def test_a_damaged_file_keeps_no_other_one_back_and_nothing_counts_as_vanished(desk, capsys):
    folder = desk.root / "网站清单"
    folder.mkdir()
    good = csv_export(folder / "一.csv", [row(1), row(2), row(3)])
    assert command(desk, "import", "--yes") == 0
    capsys.readouterr()
    csv_export(good, [row(1), row(3), row(4)])
    bad = folder / "二.xlsx"
    bad.write_bytes(b"PK\x03\x04 cut off")
    assert command(desk, "import", "--yes") == 1
    said = capsys.readouterr().out
    assert "二.xlsx：" in said
    assert "请从网站后台重新导出" in said
    assert "重新报送" not in said
    assert "1 个单位）：新增 1 条" in said
    assert "不判断网站上已没有的" in said
    with desk.open() as office:
        assert [(each.title, each.listed) for each in office.ledger.published().items] == [
            (row(number)[0], True) for number in (1, 2, 3, 4)
        ]
    bad.unlink()
    assert command(desk, "import", "--yes") == 0
    assert "网站上已没有 1 条" in capsys.readouterr().out
    bad.write_bytes(b"PK\x03\x04 cut off")
    assert command(desk, "import", "--yes") == 2
    assert "二.xlsx：" in capsys.readouterr().err


def test_what_the_office_has_said_is_told_as_the_change_and_a_second_time_nothing_is(desk, tmp_path, capsys):
    export = csv_export(tmp_path / "清单.csv", [row(1, department="财政局机关", column="采购公示")])
    assert command(desk, "import", export) == 1
    assert "加 --yes 后列入工作区的“网站清单对照.xlsx”" in capsys.readouterr().out
    assert not (desk.root / "网站清单对照.xlsx").exists()
    assert command(desk, "import", export, "--yes") == 1
    _complete(desk.root / "网站清单对照.xlsx", "单位对照", {"财政局机关": {"unit": FINANCE}})
    _complete(desk.root / "网站清单对照.xlsx", "栏目对照", {"采购公示": {"duties": "D02、D04"}})
    capsys.readouterr()
    assert command(desk, "import", export, "--yes") == 0
    assert "单位“空”→“市财政局”；责任事项“空”→“D02、D04”" in (said := capsys.readouterr().out)
    assert "已导入。" in said
    assert command(desk, "import", export, "--yes") == 0
    assert "1 条都已导入过" in (said := capsys.readouterr().out)
    assert "没有变化，不再记一次。" in said
    assert "已导入。" not in said


def test_strangers_words_do_not_act_on_the_screen(desk, tmp_path, capsys):
    texts = [each.encode("utf-8", "ignore").decode() for each in HOSTILE]
    rows = [(each, date(2026, 11, 3), "javascript:alert(1)", each, each) for each in texts]
    export = titled_export(tmp_path / "清单.xlsx", rows)
    assert command(desk, "import", export, "--yes") == 1
    shown = capsys.readouterr()
    assert acting(shown.out + shown.err) == []
    with desk.open() as office:
        stored = office.ledger.published().items
    assert {each.url for each in stored} == {""}
    assert len(stored) == len(texts)


def _complete(path, sheet: str, rows: dict[str, dict[str, str]]) -> None:
    """What the office types into its workbook: cells of the rows that begin with a name."""
    from zwgk_excel.domain.table_edits import RowEdit
    from zwgk_excel.layout.columns import layout
    from zwgk_excel.workbooks.tables.read_tables import read_table

    table = next(each for each in layout("published").sheets.values() if each.name == sheet)
    data = path.read_bytes()
    found = {each[table.columns[0].key]: each for each in read_table(data, path.name, table)[0]}
    path.write_bytes(edit_table(data, path.name, table, [RowEdit(found[name], cells) for name, cells in rows.items()]))
    assert open_book(path.read_bytes(), path.name).sheet_names == ["列名对照", "单位对照", "栏目对照"]
