"""A month by the command line, as the office's IT person runs it; JSON as other programs read it."""

import json
import os
import re
import sys
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

import pytest

from tests.clock import set_clock
from tests.workflow.desk import CYCLE, DUTIES, item, nil, with_duty
from zwgk_excel.cli.main import run
from zwgk_excel.domain.periods import Month
from zwgk_excel.workflow.issuing import amend, generate
from zwgk_excel.workflow.tracking.statuses import cycle_status, of_units


def test_a_whole_month(desk, zwgk):
    assert zwgk("check")[0] == 1  # warnings: nobody has a mail address yet
    code, plan = zwgk("plan", "2026-11", "--json")
    assert code == 0
    assert plan[0] == {
        "key": "D01/市政府办/2026-11",
        "cycle": "2026-11",
        "unit": "市政府办",
        "duty": "D01",
        "column": "政策文件",
        "cadence": "monthly",
        "reference": "2026-11",
        "due": "2026-11-25",
        "final": "2026-11-30",
        "mandatory": True,
        "extended_to": None,
        "waived": False,
    }
    code, made = zwgk("generate", "2026-11", "--as-of", "2026-11-02", "--json")
    assert (code, {book["change"] for book in made["workbooks"]}) == (0, {"new"})

    good = desk.reply("市财政局", "好.xlsx", answers={("D04", "2026-11"): nil()}, items=[item("D02 政府采购")])
    bad = desk.reply("市人社局", "缺.xlsx", items=[item("D04 稳岗就业", url=None)])
    code, taken = zwgk("receive", str(good), str(bad), "--received-at", "2026-11-20T09:00:00+08:00", "--json")
    assert code == 1
    assert {(r["unit"], r["verdict"], r["received_at"]) for r in taken} == {
        ("市财政局", "accepted", "2026-11-20T09:00:00"),
        ("市人社局", "returned", "2026-11-20T09:00:00"),
    }
    assert zwgk("extend", "2026-11", "--unit", "市政府办", "--until", "2026-12-15", "--reason", "出差")[0] == 0
    assert zwgk("waive", "2026-11", "--unit", "市人社局", "--duty", "D04")[0] == 0
    code, summary = zwgk("consolidate", "2026-11", "--as-of", "2026-12-03", "--json")
    assert code == 1
    assert (desk.root / "总台账.xlsx").exists()

    code, status = zwgk("status", "2026-11", "--as-of", "2026-12-03", "--json")
    assert code == 0
    assert status["obligations"] == summary["obligations"]
    assert (status["cycle"], status["as_of"]) == ("2026-11", "2026-12-03")
    found = {o["key"]: (o["outcome"], o["timeliness"], o["items"]) for o in status["obligations"] if o["due"]}
    assert found == {
        "D01/市政府办/2026-11": ("missing", "not_due", 0),
        "D02/市财政局/2026-11": ("reported", "on_time", 1),
        "D04/市人社局/2026-11": ("waived", None, 0),
        "D04/市财政局/2026-11": ("nil", "on_time", 0),
    }
    assert [(p["code"], p["cell"]) for p in status["problems"] if p["severity"] == "error"] == [
        ("item_field_missing", "G4")
    ]
    assert {r["file"] for r in status["receipts"]} == {"收件箱/好.xlsx", "收件箱/缺.xlsx"}


def test_an_amendment_cut_short_is_finished_by_the_same_command(desk, zwgk):
    zwgk("generate", "2026-11", "--as-of", "2026-11-02")
    desk.set_duties(with_duty("D02", owners="市人社局"))
    with desk.open() as office:  # recorded, and ended before any workbook was written
        amend(office, Month(2026, 11), on=date(2026, 11, 9), who="王主任", reason="调整")
    again = ("generate", "2026-11", "--amend", "--reason", "调整", "--as-of", "2026-11-09")
    code, said = zwgk(*again)
    assert code == 0
    assert "此前已更正下发" in said
    assert "有变化，已更新 2 个：市财政局、市人社局" in said
    assert run([*again, "-w", str(desk.root)]) == 2  # all is done
    assert [each["kind"] for each in zwgk("history", "--json")[1]] == ["issue", "amend"]


def test_tables_edited_after_the_issue_change_it_only_by_an_amendment(desk, zwgk):
    zwgk("generate", "2026-11", "--as-of", "2026-11-02")
    desk.set_duties(with_duty("D02", owners="市人社局"))
    code, told = zwgk("generate", "2026-11", "--as-of", "2026-11-09")
    assert code == 1
    assert "D02 政府采购（2026-11）" in told
    assert ("取消" in told, "增加" in told, "新生成" in told) == (True, True, False)
    code, found = zwgk("generate", "2026-11", "--as-of", "2026-11-09", "--json")
    assert (code, [(each["unit"], each["change"]) for each in found["differences"]]) == (
        1,
        [("市财政局", "removed"), ("市人社局", "added")],
    )
    assert run(["generate", "2026-11", "--amend", "-w", str(desk.root)]) == 2  # no reason
    code, done = zwgk("generate", "2026-11", "--amend", "--reason", "责任单位调整", "--as-of", "2026-11-09")
    assert code == 0
    assert "已更新 2 个：市财政局、市人社局" in done
    assert "zwgk send 2026-11 --correction" in done
    assert "无变化 4 个" in zwgk("generate", "2026-11", "--as-of", "2026-11-10")[1]


def test_a_month_is_taken_back(desk, zwgk):
    zwgk("generate", "2026-11", "--as-of", "2026-11-02")
    assert run(["generate", "2026-11", "--cancel", "-w", str(desk.root)]) == 2  # no reason
    assert "已撤回，删除 4 份" in zwgk("generate", "2026-11", "--cancel", "--reason", "发早了")[1]
    assert not list((desk.root / "发件箱").rglob("*.xlsx"))


@pytest.mark.parametrize("how", ["--amend", "--cancel"])
def test_the_later_months_that_list_what_was_changed_are_named(desk, zwgk, monkeypatch, how):
    set_clock(monkeypatch, datetime(2026, 12, 5, 9))
    zwgk("generate", "2026-11", "--as-of", "2026-11-02")
    zwgk("generate", "2026-12", "--as-of", "2026-12-02")
    desk.set_duties(with_duty("D02", owners="市人社局"))
    zwgk("generate", "2026-12", "--amend", "--reason", "调整")
    done = zwgk("generate", "2026-11", how, "--reason", "责任单位调整")[1]
    assert "2026-12 的报送表列有改动的任务" in done
    assert "zwgk generate 2026-12 --as-issued" in done
    assert "市财政局" in zwgk("generate", "2026-12", "--as-issued")[1]


def test_a_month_far_ahead_is_asked_about(desk, zwgk, capsys):
    assert run(["generate", "2026-11", "--as-of", "2099-11-02", "-w", str(desk.root)]) == 2
    assert "还没有到" in capsys.readouterr().err
    assert run(["generate", "2062-11", "--as-of", "2026-11-02", "-w", str(desk.root)]) == 2
    assert "请加 --yes" in capsys.readouterr().err
    assert zwgk("generate", "2062-11", "--as-of", "2026-11-02", "--yes")[0] == 0


def test_what_people_read(desk, zwgk, monkeypatch):
    set_clock(monkeypatch, datetime(2026, 12, 5, 9))
    zwgk("generate", "2026-11", "--as-of", "2026-11-02")
    assert "无变化 4 个" in zwgk("generate", "2026-11", "--as-of", "2026-11-09")[1]
    extended = zwgk("extend", "2026-11", "--unit", "市财政局", "--duty", "D02", "--until", "2027-01-05")[1]
    assert re.search("市财政局 +D02 +政府采购 +2026-11 +2026-11-25 +2027-01-05", extended)
    shown = zwgk("status", "2026-11", "--as-of", "2026-12-03")[1]
    assert "市财政局" in shown
    assert "逾期" in shown
    assert "台账已更新" in zwgk("consolidate", "--as-of", "2026-12-03")[1]
    assert "台账已是最新" in zwgk("consolidate", "--as-of", "2026-12-03")[1]
    assert "已按 2026-12-03 的数字结账" in zwgk("close", "2026-11", "--as-of", "2026-12-03", "--yes")[1]


@pytest.mark.parametrize(
    ("break_it", "arguments", "named"),
    [
        (lambda root: (root / "zwgk.toml").write_text("[office\n"), ["plan", "2026-11"], "zwgk.toml"),
        (lambda root: (root / "zwgk.toml").write_text("[offfice]\n"), ["plan", "2026-11"], "offfice"),
        (lambda root: (root / "zwgk.toml").write_bytes('shift = "某天"\n'.encode()), ["plan", "2026-11"], "shift"),
        (lambda root: (root / "zwgk.toml").write_text("[office]\nname = 5\n"), ["plan", "2026-11"], "office.name"),
        (lambda root: (root / "zwgk.toml").write_bytes(b"\xff\xfe\x00"), ["plan", "2026-11"], "zwgk.toml"),
        (lambda root: (root / "责任分工表.xlsx").unlink(), ["plan", "2026-11"], "责任分工表.xlsx"),
        (lambda root: (root / "责任分工表.xlsx").write_bytes(b"PK"), ["plan", "2026-11"], "责任分工表.xlsx"),
        (lambda root: (root / "单位通讯录.xlsx").write_bytes(b"x"), ["check"], "单位通讯录.xlsx"),
        (lambda root: (root / "zwgk.db").unlink(), ["status", "2026-11"], "zwgk.db"),
        (lambda root: (root / "zwgk.db").write_bytes(b"no database" * 99), ["status", "2026-11"], "zwgk.db"),
        (lambda root: None, ["status", "2026-11"], "zwgk generate"),
        (lambda root: None, ["generate", "2026-11", "--unit", "市渔业局"], "市渔业局"),
    ],
)
def test_broken_workspaces_and_wrong_names(desk, capsys, break_it, arguments, named):
    break_it(desk.root)
    code = run([*arguments, "-w", str(desk.root)])
    said = capsys.readouterr()
    shown = said.err.strip() or said.out.strip()
    assert code == (1 if arguments == ["check"] else 2)
    assert named in shown
    assert "Traceback" not in shown


def test_duty_table_with_errors(desk, capsys):
    desk.set_duties([*DUTIES, {"id": "D02", "column": "又一个", "owners": "市财局"}])
    assert run(["generate", "2026-11", "-w", str(desk.root)]) == 2
    assert "zwgk check" in capsys.readouterr().err
    assert run(["check", "--json", "-w", str(desk.root)]) == 1
    problems = json.loads(capsys.readouterr().out)["problems"]
    assert {"duty_id_repeated", "owner_unknown"} <= {p["code"] for p in problems if p["severity"] == "error"}
    assert all(p["cell"] for p in problems if p["severity"] == "error")


def test_places_are_cells_in_the_check_as_in_what_is_sent_back(desk, capsys):
    desk.set_duties([{**each, "owners": "市财局"} if each["id"] in {"D02", "D04"} else each for each in DUTIES])
    assert run(["check", "--json", "-w", str(desk.root)]) == 1
    problems = json.loads(capsys.readouterr().out)["problems"]
    (wrong,) = (each for each in problems if each["severity"] == "error")
    assert wrong["cell"] == "J3:J4"
    assert run(["check", "-w", str(desk.root)]) == 1
    assert "错误 2 处" in capsys.readouterr().out


def test_init_keeps_what_is_there(tmp_path, capsys):
    folder = tmp_path / "新工作区"
    assert run(["init", str(folder)]) == 0
    table = folder / "责任分工表.xlsx"
    table.write_bytes(b"edited")
    assert run(["init", str(folder)]) == 0
    assert table.read_bytes() == b"edited"
    other = tmp_path / "有东西"
    other.mkdir()
    (other / "a.txt").write_text("x")
    capsys.readouterr()
    assert run(["init", str(other)]) == 2
    assert "空文件夹" in capsys.readouterr().err


def test_the_manuals_are_put_into_the_workspace_once(desk, zwgk):
    _, told = zwgk("manual", "--json")
    office, report = map(Path, told["manuals"])
    assert (office.parent, office.name[:5], report.name[:4]) == (desk.root / "手册", "办公室手册", "填报手册")
    office.write_bytes(b"with remarks")
    _, shown = zwgk("manual")
    assert str(office) in shown.replace("\n", "")
    assert office.read_bytes() == b"with remarks"
    office.unlink()
    zwgk("manual")
    assert office.read_bytes().startswith(b"PK")


@pytest.mark.skipif(sys.platform == "win32", reason="modes of files")
def test_who_may_read_what_a_month_writes_is_for_the_umask_to_say(desk, zwgk):
    before, since = os.umask(0o077), set(desk.root.rglob("*"))
    try:
        assert zwgk("generate", "2026-11")[0] == 0
        wrong = desk.reply("市财政局", "缺.xlsx", items=[item("D02 政府采购", url=None)])
        assert zwgk("receive", str(wrong))[0] == 1
        for told in ("已登记的报送件还有", "上次汇总时指出的问题还没有改正"):  # new, and again
            code, shown = zwgk("consolidate")
            assert (code, told in shown, "见总台账的“" in shown) == (1, True, True)
        assert zwgk("export", "2026-11", "--to", str(desk.root / "数据.csv"))[0] == 0
    finally:
        os.umask(before)
    made = {path: path.stat().st_mode & 0o777 for path in set(desk.root.rglob("*")) - since}
    assert {path.name for path in made} >= {"总台账.xlsx", "2026-11", "退回修改", "数据", "zwgk.db-lock"}
    assert {path: bits for path, bits in made.items() if bits & 0o077} == {}


def test_one_number_in_every_view(desk, zwgk, monkeypatch):
    set_clock(monkeypatch, datetime(2027, 1, 5, 9))
    desk.set_duties([*with_duty("D16"), {"id": "D20", "column": "年度报告", "owners": "市政府办", "cadence": "每年"}])
    for month, day in (("2026-10", "2026-10-05"), ("2026-11", "2026-11-03"), ("2026-12", "2026-12-02")):
        assert zwgk("generate", month, "--as-of", day)[0] == 0
    assert zwgk("waive", "2026-12", "--unit", "市人社局", "--duty", "D04")[0] == 0
    _, told = zwgk("status", "2026-12", "--as-of", "2026-12-04", "--json")
    own, backlog = told["counts"]["own"], told["counts"]["backlog"]
    assert backlog["due"] == backlog["missing"] == 8
    assert own["due"] == sum(o["due"] is not None and o["listed_as"] == "own" for o in told["obligations"])
    _, text = zwgk("status", "2026-12", "--as-of", "2026-12-04")
    assert f"本月应报 {own['due']} 项：未报 {own['missing']}，免报 1；未到期 {own['missing']}。" in text
    assert "以前月份没报完、列在本月报送表里补报的 8 项：未报 8；逾期 8。" in text
    _, plan = zwgk("plan", "2026-12", "--as-of", "2026-12-04")
    assert f"本月应报 {own['due']} 项（其中免报 1 项），补报 8 项" in plan
    _, bulletin = zwgk("bulletin", "2026-12", "--as-of", "2026-12-04", "--json")
    assert (bulletin["figures"], bulletin["unfinished"]) == (own, ["2026-12"])
    _, quarter = zwgk("bulletin", "2026Q4", "--as-of", "2026-12-04")
    assert "2026年12月尚未结束。" in quarter
    _, scores = zwgk("assess", "2026Q4", "--as-of", "2026-12-04")
    assert "2026-12 尚未结束，得分只计算到 2026-12-04" in scores
    _, status = zwgk("status", "2026-12", "--as-of", "2026-12-31", "--json")
    code, closed = zwgk("close", "2026-12", "--as-of", "2026-12-31", "--yes", "--json")
    assert (code, closed["figures"]) == (0, status["counts"]["own"])
    _, said = zwgk("bulletin", "2026-12", "--json")
    assert (said["figures"], said["unfinished"]) == (closed["figures"], [])


def test_plan_says_the_dates_and_the_words_that_the_workbooks_and_the_totals_say(desk, zwgk):
    assert zwgk("generate", "2026-11", "--as-of", "2026-11-03")[0] == 0
    assert zwgk("extend", "2026-11", "--unit", "市财政局", "--duty", "D02", "--until", "2026-12-08")[0] == 0
    assert zwgk("waive", "2026-11", "--unit", "市人社局", "--duty", "D04")[0] == 0
    _, text = zwgk("plan", "2026-11", "--as-of", "2026-11-04")
    rows = {tuple(line.split()[:2]): line.split() for line in text.splitlines() if len(line.split()) > 3}
    extended, waived = rows["市财政局", "D02"], rows["市人社局", "D04"]
    assert (extended[-3:], waived[-1]) == (["2026-12-08", "2026-12-08", "应报"], "免报")
    assert {row[-1] for (_, duty), row in rows.items() if duty == "D24"} == {"有信息即报"}
    _, told = zwgk("plan", "2026-11", "--as-of", "2026-11-04", "--json")
    found = {each["key"]: (each["extended_to"], each["waived"]) for each in told}
    assert found["D02/市财政局/2026-11"] == ("2026-12-08", False)
    assert found["D04/市人社局/2026-11"] == (None, True)


@pytest.mark.parametrize(("shift", "told"), [("next_workday", True), ("none", False)])
def test_dates_that_rest_on_a_calendar_not_announced_yet_are_called_provisional(desk, zwgk, shift, told):
    (desk.root / "zwgk.toml").write_text(f'shift = "{shift}"\n', encoding="utf-8")
    for said in (zwgk("plan", "2027-02")[1], zwgk("generate", "2027-02", "--as-of", "2026-11-02", "--yes")[1]):
        assert ("2027 年的放假安排未公布，逢休息日移动的时限暂按周一至周五和法定节假日推算" in said) == told
    assert "暂按" not in zwgk("plan", "2026-11")[1]


def test_a_unit_that_nobody_has_heard_of(zwgk, capsys):
    assert zwgk("waive", "2026-11", "--unit", "市不存在局")[0] == 2
    assert run(["history", "--unit", "市财政"]) == 2


def test_a_plan_and_a_status_of_some_units(desk, zwgk):
    zwgk("generate", "2026-11", "--as-of", "2026-11-02")
    good = desk.reply("市财政局", "好.xlsx", items=[item("D02 政府采购")])
    bad = desk.reply("市人社局", "缺.xlsx", items=[item("D04 稳岗就业", url=None)])
    zwgk("receive", str(good), str(bad), "--received-at", "2026-11-20T09:00:00+08:00")
    _, plan = zwgk("plan", "2026-11", "--unit", "市财政局", "--unit", "市政府办", "--json")
    assert {each["unit"] for each in plan} == {"市财政局", "市政府办"}
    of_one = ("status", "2026-11", "--unit", "市财政局", "--as-of", "2026-12-03")
    _, found = zwgk(*of_one, "--json")
    assert {each["unit"] for each in found["obligations"]} == {"市财政局"}
    assert [each["file"] for each in found["receipts"]] == ["收件箱/好.xlsx"]
    assert {each["file"] for each in found["problems"]} == {"好.xlsx"}
    assert found["counts"]["own"]["due"] == 2
    _, said = zwgk(*of_one)
    assert "D04 稳岗就业" in said  # each task by itself
    assert run(["status", "2026-11", "--unit", "没有的局", "-w", str(desk.root)]) == 2


def test_who_answers_for_a_unit_of_the_past_sees_its_tasks(desk):
    """What the predecessor owed in the month belongs to the status of its successor."""
    with desk.open() as office:
        generate(office, CYCLE, as_of=desk.now.date())
        found = replace(cycle_status(office, CYCLE, desk.now.date()), successors={"市财政局": "市人社局"})
    assert {row.status.obligation.unit for row in of_units(found, {"市人社局"}).rows} == {"市财政局", "市人社局"}
