"""``close`` and ``reopen`` as the office runs them."""

from __future__ import annotations

from datetime import datetime

import pytest

from tests.clock import set_clock
from tests.workflow.desk import Desk, issue, item, nil
from zwgk_excel.cli.main import run

AS_OF = ("--as-of", "2026-12-03")


@pytest.fixture(autouse=True)
def december(monkeypatch: pytest.MonkeyPatch) -> None:
    set_clock(monkeypatch, datetime(2026, 12, 5, 9))


@pytest.fixture
def month(desk: Desk, zwgk, december):
    """November and December are out; 市财政局 has reported, 市政府办 has until the 10th of December."""
    issue(desk)
    zwgk("generate", "2026-12", "--as-of", "2026-12-01")
    file = desk.reply("市财政局", "表.xlsx", answers={("D04", "2026-11"): nil()}, items=[item("D02 政府采购")])
    zwgk("receive", str(file), "--received-at", "2026-11-20T09:00")
    assert zwgk("extend", "2026-11", "--unit", "市政府办", "--until", "2026-12-10", "--reason", "出差")[0] == 0
    return zwgk


def test_what_is_unusual_is_shown_and_asked_about(month, desk):
    code, shown = month("close", "2026-11", *AS_OF)
    told = shown.replace("\n", "")
    assert code == 1
    assert "有 1 项任务还没有到期（最晚到 2026-12-10）" in told
    assert "D01 政策文件（2026-11）" in told
    assert "没有结账；看过以上情况仍要结账的，在原命令后加 --yes" in told
    code, found = month("close", "2026-11", *AS_OF, "--json")
    assert (code, found["closed"], found["unripe"], found["counted_in"]) == (
        1,
        False,
        [{"key": "D01/市政府办/2026-11", "until": "2026-12-10"}],
        "2026-12",
    )
    code, done = month("close", "2026-11", *AS_OF, "--yes")
    assert code == 0
    assert "2026-11 已按 2026-12-03 的数字结账" in done
    assert "留待以后的 1 项还没有到期，没有结，到期后计入 2026-12 或以后的月份" in done
    assert run(["close", "2026-11", "-w", str(desk.root)]) == 2


def test_an_ordinary_month_is_closed_without_a_question(month):
    assert month("waive", "2026-11", "--unit", "市政府办", "--duty", "D01", "--reason", "合并")[0] == 0
    code, found = month("close", "2026-11", *AS_OF, "--json")
    assert (code, found["closed"], found["unusual"], found["figures"]["due"]) == (0, True, [], 4)


def test_the_numbers_are_those_of_the_status_of_that_day(month):
    told = month("status", "2026-11", *AS_OF)[1].splitlines()
    own = next(line for line in told if line.startswith("本月应报"))
    counts = month("status", "2026-11", *AS_OF, "--json")[1]["counts"]["own"]
    found = month("close", "2026-11", *AS_OF, "--json")[1]
    assert (found["figures"], found["settled"]) == (counts, counts["due"] - 1)
    done = month("close", "2026-11", *AS_OF, "--yes")[1].splitlines()
    assert own in done
    assert f"这次结账 {counts['due'] - 1} 项，留待以后 1 项。" in done


def test_a_backlog_that_is_closed_already_is_told_as_the_status_tells_it(month, monkeypatch):
    month("close", "2026-11", "--as-of", "2026-12-05", "--yes")
    set_clock(monkeypatch, datetime(2027, 1, 8, 9))
    later = ("--as-of", "2027-01-07")
    told = month("status", "2026-12", *later)[1].splitlines()
    backlog = next(line for line in told if "补报的" in line)
    done = month("close", "2026-12", *later, "--yes")[1]
    assert backlog in done.splitlines()
    assert "其中 1 项是以前月份结账时还没有到期的，现在到期，计入本月。" in done.splitlines()


def test_what_is_left_is_an_open_row_and_a_line_of_the_month_that_counts_it(month, desk, monkeypatch):
    month("close", "2026-11", *AS_OF, "--yes")
    rows = {each["key"]: each for each in month("status", "2026-11", *AS_OF, "--json")[1]["obligations"]}
    left = rows["D01/市政府办/2026-11"]
    assert (left["closed"], left["counted_in"], left["timeliness"]) == (False, "2026-12", "not_due")
    assert rows["D02/市财政局/2026-11"]["closed"]
    assert "其中 1 项在所属月份结账时没有到期（市政府办）" in month("status", "2026-11", *AS_OF)[1].replace("\n", "")
    shown = "".join(month("assess", "2026-12", "--unit", "市政府办", "--as-of", "2026-12-11")[1].split())
    assert "未报（属2026-11，2026-12到期计入）" in shown
    code, plan = month("extend", "2026-11", "--unit", "市政府办", "--until", "2026-12-20", "--json")
    assert (code, plan["decided"]) == (0, True), "it is still open"
    assert month("waive", "2026-11", "--unit", "市财政局", "--duty", "D02")[0] == 2, "that one is closed"


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (("close", "2026-11", "--as-of", "2026-12-06"), "还没有到（今天 2026-12-05）"),
        (("close", "2026-12"), "尚未结束"),
        (("close", "2026-10"), "还没有生成报送表"),
        (("reopen", "2026-11", "--reason", "改"), "2026-11 没有结账，不用撤销"),
        (("reopen", "2026-10", "--reason", "改"), "还没有生成报送表"),
    ],
)
def test_what_cannot_be(month, desk, capsys, arguments, named):
    assert run([*arguments, "-w", str(desk.root)]) == 2
    told = capsys.readouterr().err.replace("\n", "")
    assert named in told
    assert "Traceback" not in told


def test_files_that_wait_are_listed_with_what_to_do(month, desk, capsys):
    stray = desk.root.parent / "说明.xlsx"
    stray.write_bytes((desk.root / "单位通讯录.xlsx").read_bytes())
    month("receive", str(stray), "--received-at", "2026-11-24T09:00")
    (desk.root / "收件箱" / "新到.xlsx").write_bytes(b"PK")
    assert run(["close", "2026-11", "--yes", "-w", str(desk.root)]) == 2
    told = capsys.readouterr().err.replace("\n", "")
    for word in ("“新到.xlsx”", "zwgk consolidate", "“说明.xlsx”", "--set-aside"):
        assert word in told
    assert "--assign" not in told, "there is no report in it that a unit could be given"


def test_reopened_after_a_look_at_what_it_changes(month, desk, capsys):
    month("close", "2026-11", *AS_OF, "--yes")
    assert run(["reopen", "2026-11", "-w", str(desk.root)]) == 2
    assert "--reason" in capsys.readouterr().err
    code, found = month("reopen", "2026-11", "--reason", "有一份漏登", "--json")
    assert (code, found["undoing"]["number"]) == (1, 0), "it waits for consent"
    code, shown = month("reopen", "2026-11", "--reason", "有一份漏登")
    assert code == 1
    assert "各任务的报送结果和及时性没有变化" in shown
    assert "不再结账的任务共 7 项" in shown
    assert "以上只是预览，什么也没有改动" in shown
    assert month("close", "2026-11", *AS_OF)[0] == 2, "it is still closed"
    code, done = month("reopen", "2026-11", "--reason", "有一份漏登", "--yes")
    assert code == 0
    assert "2026-11 已撤销结账" in done
    acts = month("history", "--json")[1]
    assert (acts[-1]["kind"], acts[-1]["reason"], acts[-1]["cycle"]) == ("reopen", "有一份漏登", "2026-11")
    assert "撤销结账" in month("history", "--kind", "撤销结账")[1]
    back = month("undo", str(acts[-1]["number"]), "--reason", "不用改", "--yes")
    assert back[0] == 0
    rows = month("status", "2026-11", *AS_OF, "--json")[1]["obligations"]
    assert {each["closed"] for each in rows if each["duty"] == "D02"} == {True}


def test_reopening_lists_the_tasks_that_are_not_as_they_were_closed(month, desk):
    month("close", "2026-11", *AS_OF, "--yes")
    late = desk.reply("市人社局", "人社.xlsx", answers={("D04", "2026-11"): nil()})
    month("receive", str(late), "--received-at", "2026-11-24T09:00")
    shown = month("reopen", "2026-11", "--reason", "有一份漏登")[1]
    assert "有变化的任务（1 项）" in shown
    assert "市人社局 D04" in shown
    assert "不再结账的任务共 7 项" in shown
    month("reopen", "2026-11", "--reason", "有一份漏登", "--yes")
    number = month("history", "--json")[1][-1]["number"]
    assert "恢复结账的任务共 7 项" in month("undo", str(number), "--reason", "不用改")[1]


def test_a_correction_counts_where_the_settings_say_so(month, desk):
    (desk.root / "zwgk.toml").write_text('[scoring]\ncorrections = "score"\n', encoding="utf-8")
    month("close", "2026-11", *AS_OF, "--yes")
    late = desk.reply("市人社局", "人社.xlsx", answers={("D04", "2026-11"): nil()})
    month("receive", str(late), "--received-at", "2026-11-24T09:00")
    found = month("assess", "2026-12", "--as-of", "2026-12-05", "--json")[1]
    (unit,) = [each for each in found["units"] if each["unit"] == "市人社局"]
    (line,) = [each for each in unit["bonuses"] if each["rule"] == "correction"]
    assert line["points"] == 5.0
    assert line["reason"].startswith("2026-11 更正：结账得分 95，按结账后的情况应为 100")
    assert found["corrections"][0].endswith("差额 +5 分计入本月得分。")
