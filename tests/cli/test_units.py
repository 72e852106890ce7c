"""``zwgk unit`` and ``zwgk duty`` as the office runs them, and what works with a broken table."""

from __future__ import annotations

import pytest

from tests.terminal import at_a_terminal
from tests.workflow.desk import UNITS, issue, with_duty
from zwgk_excel.cli.main import run
from zwgk_excel.domain.periods import Month
from zwgk_excel.workflow.issuing import table_problems
from zwgk_excel.workflow.users import VARIABLE

BY = ("--reason", "机构改革", "--who", "王芳")


@pytest.fixture
def issued(desk, zwgk):
    """November is out."""
    issue(desk)
    return zwgk


def test_a_unit_is_renamed_after_it_was_shown_what_changes(issued):
    rename = ("unit", "rename", "市财政局", "市财金局", "--from", "2026-12", *BY)
    code, out = issued(*rename)
    assert code == 1, "it waits for consent"
    for word in ("单位更名（从 2026-12 起）", "停用月份", "2026-11", "市财金局：增加 3 项", "市财政局：取消 3 项"):
        assert word in out
    assert "什么也没有改动" in out
    assert [each["kind"] for each in issued("history", "--json")[1]] == ["issue"]
    code, out = issued(*rename, "--yes")
    assert (code, "已办理，记为第 2 号；单位通讯录.xlsx 已改好" in out) == (0, True)
    (act,) = issued("history", "--kind", "单位更名", "--json")[1]
    assert (act["who"], act["reason"], act["cycle"]) == ("王芳", "机构改革", "2026-12")
    assert {"subject": "roster/市财政局/valid_to", "before": "", "after": "2026-11"} in act["changes"]
    code, out = issued("undo", "2", "--reason", "办错了", "--who", "王芳", "--yes")
    assert (code, "删去“市财金局”" in out) == (0, True)


def test_units_are_merged(issued):
    code, found = issued("unit", "merge", "市财政局", "--into", "市人社局", "--from", "2026-12", *BY, "--yes", "--json")
    assert (code, found["act"], found["number"], found["from"]) == (0, "merge_units", 2, "2026-12")
    assert [(each["cell"], each["before"], each["after"]) for each in found["cells"]] == [
        ("单位通讯录.xlsx!单位通讯录!K3", "", "2026-11"),
        ("单位通讯录.xlsx!单位通讯录!I4", "", "市财政局"),
    ]
    assert found["tasks"]["市财政局"] == {"removed": 3}
    plan = issued("plan", "2026-12", "--json", "--as-of", "2026-12-01")[1]
    assert "D02/市人社局/2026-12" in {each["key"] for each in plan}


def test_what_passes_over_is_told_before_and_stands_under_the_unit_that_answers(issued, december):
    merge = ("unit", "merge", "市人社局", "--into", "市财政局", "--from", "2026-12", *BY)
    assert "已下发的还没报完：市人社局 1 项；到 2026-12 仍没报的，由“市财政局”补报。" in issued(*merge)[1]
    code, found = issued(*merge, "--yes", "--json")
    assert (code, found["open_tasks"]) == (0, {"市人社局": 1})
    assert issued("generate", "2026-12", "--as-of", "2026-12-02")[0] == 0
    shown = issued("status", "2026-12", "--as-of", "2026-12-02")[1]
    (line,) = (line for line in shown.splitlines() if "市财政局" in line)
    assert "市人社局" not in shown
    assert line.rstrip(" │|").endswith("3")  # D02 and D04 of its own, and D04 of the other
    november = issued("assess", "2026-11", "--as-of", "2026-12-02", "--unit", "市人社局")
    assert november[0] == 0


def test_scores_of_a_renamed_unit_by_either_name(issued, desk, capsys, december):
    assert issued("unit", "rename", "市财政局", "市财金局", "--from", "2026-12", *BY, "--yes")[0] == 0
    assert issued("generate", "2026-12", "--as-of", "2026-12-02")[0] == 0
    for month, typed, named in (("2026-11", "市财金局", "市财政局"), ("2026-11", "市财政局", "市财政局")):
        code, found = issued("assess", month, "--as-of", "2026-12-02", "--unit", typed, "--json")
        assert (code, [each["unit"] for each in found["units"]]) == (0, [named])
    assert run(["assess", "2026-12", "--as-of", "2026-12-02", "--unit", "市财政局", "-w", str(desk.root)]) == 2
    assert "它已由“市财金局”接替，请写“市财金局”" in capsys.readouterr().err


@pytest.mark.parametrize(
    "words",
    [
        ("unit", "rename", "市财政局", "市财金局"),
        ("unit", "merge", "市财政局", "--into", "市人社局"),
        ("unit", "end", "金湖街道"),
        ("duty", "reassign", "D02", "--to", "市人社局"),
    ],
)
def test_what_waits_for_consent_ends_with_1(issued, monkeypatch, words):
    asked = (*words, "--from", "2026-12", *BY)
    assert issued(*asked)[0] == 1
    code, found = issued(*asked, "--json")
    assert (code, found["number"]) == (1, None)
    at_a_terminal(monkeypatch, "否\n")
    assert issued(*asked)[0] == 1
    assert [each["kind"] for each in issued("history", "--json")[1]] == ["issue"]
    at_a_terminal(monkeypatch, "是\n")
    assert issued(*asked)[0] == 0


def test_a_unit_ends(issued):
    code, out = issued("unit", "end", "金湖街道", "--from", "2026-12", *BY, "--yes")
    assert (code, "金湖街道：取消 1 项" in out) == (0, True)
    assert "办理记录" in issued("history")[1]


def test_a_duty_is_reassigned(issued):
    code, out = issued("duty", "reassign", "D02", "--to", "市人社局", "--from", "2026-12", *BY, "--yes")
    assert (code, "责任分工表.xlsx 已改好" in out) == (0, True)
    problems = issued("check", "--json")[1]["problems"]
    assert not [each for each in problems if each["code"].startswith("issued")]


@pytest.mark.parametrize(
    ("command", "told"),
    [
        (("unit", "rename", "市财政局", "市财金局", "--from", "2026-11", *BY), "请从 2026-12 起"),
        (("unit", "rename", "市财政局", "市财金局", "--from", "下月", *BY), "下月"),
        (("unit", "end", "市财政局", "--from", "2026-12", "--yes", "--who", "王芳"), "--reason"),
        (("unit", "end", "市财政局", "--from", "2026-12", "--reason", "撤销"), "--who"),
        (("unit", "merge", "市财政局", "--into", " ", "--from", "2026-12", *BY), "--into"),
        (("duty", "reassign", "D77", "--to", "市人社局", "--from", "2026-12", *BY), "没有“D77”"),
    ],
)
def test_what_is_refused_in_one_sentence(issued, desk, capsys, monkeypatch, command, told):
    monkeypatch.delenv(VARIABLE, raising=False)
    assert run([*command, "-w", str(desk.root)]) == 2
    assert told in capsys.readouterr().err.replace("\n", "")


READING = (
    ("status", "2026-11"),
    ("plan", "2026-11"),
    ("assess", "2026-11"),
    ("escalate", "2026-11"),
    ("rectify", "list"),
    ("history",),
)
"""What needs nothing but the records."""
WRITING = (
    ("bulletin", "2026-11"),
    ("consolidate",),
    ("export", "2026-11", "--to", "数据.csv"),
    ("close", "2026-11", "--who", "王芳"),
)


@pytest.mark.parametrize(
    ("broken", "commands"),
    [
        ("duties", READING + WRITING),
        ("roster", READING),
        ("missing", READING[:1] + WRITING[1:2]),
        ("no workbook", READING[:1]),
    ],
    ids=["duties", "roster", "missing", "no workbook"],
)
def test_what_was_issued_is_there_whatever_is_wrong_with_the_tables(
    issued, desk, caplog, monkeypatch, tmp_path, broken, commands
):
    monkeypatch.chdir(tmp_path)
    told = break_tables(desk, broken)
    for command in commands:
        caplog.clear()
        assert run([*command, "-w", str(desk.root)]) in {0, 1}
        warned = [each.getMessage() for each in caplog.records if "已下发的月份照记录计算" in each.getMessage()]
        assert (command, len(warned), told in warned[0]) == (command, 1, True)


def break_tables(desk, how: str) -> str:
    """Break one of the tables; returns a part of what is told."""
    roster = desk.root / "单位通讯录.xlsx"
    if how == "duties":
        desk.set_duties(with_duty("D02", owners="市财正局"))
        return "责任分工表.xlsx!责任分工表!J3"
    if how == "roster":
        desk.set_units([{**each, "mails": "没有"} if each["name"] == "市财政局" else each for each in UNITS])
        return "单位通讯录.xlsx!单位通讯录!G3"
    if how == "missing":
        roster.unlink()
        return "没有“单位通讯录.xlsx”"
    roster.write_bytes(b"not a workbook")
    return "单位通讯录.xlsx"


def test_what_needs_the_tables_refuses_with_the_cell(issued, desk, capsys):
    told = break_tables(desk, "roster")
    for command in (
        ("generate", "2026-12"),
        ("generate", "2026-11", "--amend", "--reason", "调整", "--who", "王芳"),
        ("plan", "2026-12"),
        ("unit", "end", "金湖街道", "--from", "2026-12", *BY),
        ("duty", "reassign", "D02", "--to", "市人社局", "--from", "2026-12", *BY),
        ("extend", "2026-11", "--unit", "各部门", "--until", "2026-12-05", *BY),
        ("send", "2026-11"),
    ):
        assert (command, run([*command, "-w", str(desk.root)])) == (command, 2)
        assert told in capsys.readouterr().err.replace("\n", "")


def test_a_unit_is_still_found_by_its_other_name(issued, desk, caplog):
    desk.set_units(
        [{**each, "mails": "没有", "aliases": "财政局"} if each["name"] == "市财政局" else each for each in UNITS]
    )
    code, acts = issued("history", "--unit", "财政局", "--json")
    assert (code, acts) == (0, [])


def test_a_unit_that_the_roster_lost_is_the_one_that_was_issued(issued, desk):
    break_tables(desk, "no workbook")
    code, acts = issued("history", "--unit", "市财政局", "--json")
    assert (code, acts) == (0, [])
    rows = issued("status", "2026-11", "--json", "--as-of", "2026-11-20")[1]["obligations"]
    assert "D02/市财政局/2026-11" in {each["key"] for each in rows}


def test_check_tells_what_is_wrong_with_the_officers_of_duties(desk, zwgk):
    rows = [
        {"name": "市财政局", "duty": "政府采购", "officers": "报送员甲", "mails": "jia@example.gov.cn"},
        {"name": "市水利局", "duty": "D02", "officers": "报送员乙"},
        {"name": "市人社局", "duty": "D01、D99", "officers": "报送员丙", "mails": "bing"},
        {"name": "市财政局", "duty": "D02", "officers": "报送员丁"},
    ]
    desk.set_units(UNITS, rows)
    found = [each for each in zwgk("check", "--json")[1]["problems"] if each["code"].startswith("officer_")]
    assert [(each["code"], each["sheet"], each["cell"]) for each in found] == [
        ("officer_unit_unknown", "栏目报送员", "A3"),
        ("officer_duty_unknown", "栏目报送员", "B4"),
        ("officer_mail_form", "栏目报送员", "E4"),
        ("officer_duty_foreign", "栏目报送员", "B4"),
        ("officer_repeated", "栏目报送员", "B5"),
    ]
    assert "单位通讯录.xlsx!栏目报送员!A3" in zwgk("check")[1]
    assert zwgk("generate", "2026-11", "--as-of", "2026-11-02")[0] == 0, "the month does not wait for it"


def test_a_renamed_units_officers_stay(desk, zwgk):
    desk.set_units(UNITS, [{"name": "市财政局", "duty": "D02", "officers": "报送员甲", "mails": "jia@example.gov.cn"}])
    assert zwgk("unit", "rename", "市财政局", "市财金局", "--from", "2026-12", *BY, "--yes")[0] == 0
    with desk.open() as office:
        assert [each.unit for each in office.roster.duty_officers] == ["市财政局"], "its sheet is left as it is"
        (officer,) = office.roster.officers_of("市财金局", {"D02"}, Month(2026, 12))
        assert officer.officers == ("报送员甲",)
        assert not [each for each in table_problems(office) if each.code.startswith("officer_")]
