"""``zwgk history`` and ``zwgk undo`` as the office runs them, and whose name is asked for."""

from __future__ import annotations

from datetime import datetime

import pytest
from rich.cells import cell_len

from tests.clock import set_clock
from tests.terminal import at_a_terminal
from tests.workflow.desk import DUTIES
from zwgk_excel.cli.main import run
from zwgk_excel.workflow.users import VARIABLE

WAIVED = ("waive", "2026-11", "--unit", "市人社局", "--duty", "D04", "--reason", "会议决定", "--who", "王芳")


@pytest.fixture
def waived(desk, zwgk):
    """November is out, and one task was waived."""
    zwgk("generate", "2026-11", "--as-of", "2026-11-02")
    assert zwgk(*WAIVED)[0] == 0
    return zwgk


def test_the_list_fits_a_terminal_and_says_who_and_why(waived, monkeypatch):
    from zwgk_excel.cli import show

    monkeypatch.setattr(show._out, "_width", 80)
    code, out = waived("history")
    assert code == 0
    assert all(cell_len(line) <= 80 for line in out.splitlines())
    for word in ("下发", "免报", "市人社局", "D04", "王芳", "会议决定", "命令"):
        assert word in out


def test_the_list_as_json_and_parts_of_it(waived):
    code, acts = waived("history", "--json")
    assert (code, [each["kind"] for each in acts]) == (0, ["issue", "waive"])
    assert acts[1] | {"at": ""} == {
        "number": 2,
        "at": "",
        "kind": "waive",
        "cycle": "2026-11",
        "units": ["市人社局"],
        "changes": [{"subject": "D04/市人社局/2026-11", "before": "", "after": "yes"}],
        "who": "王芳",
        "reason": "会议决定",
        "source": "command",
        "undoes": None,
        "undone_by": None,
    }
    assert waived("history", "--unit", "市人社局", "--cycle", "2026-11", "--kind", "免报", "--json")[1] == acts[1:]
    assert waived("history", "--kind", "waive", "--json")[1] == acts[1:]
    assert waived("history", "--cycle", "2026-12") == (0, "没有这样的办理记录。\n")


def test_an_unknown_kind_lists_the_known_ones(desk, capsys):
    assert run(["history", "--kind", "加分", "-w", str(desk.root)]) == 2
    assert "下发、登记收件" in capsys.readouterr().err


def test_without_yes_it_is_only_looked_at(waived):
    code, out = waived("undo", "2", "--reason", "办错了", "--who", "李强")
    assert code == 1
    assert "免报" in out
    assert "D04（2026-11）" in out
    assert "--yes" in out
    assert waived("history", "--json")[1][1]["undone_by"] is None


@pytest.mark.parametrize(("answer", "undone_by"), [("y\n", 3), ("n\n", None), ("\n", None), ("", None)])
def test_at_a_terminal_it_asks(waived, monkeypatch, answer, undone_by):
    at_a_terminal(monkeypatch, answer)
    code, _ = waived("undo", "2", "--reason", "办错了", "--who", "李强")
    assert code == (0 if undone_by else 1)
    assert waived("history", "--json")[1][1]["undone_by"] == undone_by


def test_undone_and_done_again(waived):
    code, out = waived("undo", "2", "--reason", "办错了", "--who", "李强", "--yes")
    assert code == 0
    assert "记为第 3 号办理" in out
    code, found = waived("undo", "3", "--reason", "没有办错", "--who", "王芳", "--yes", "--json")
    assert (code, found["undoing"]["number"], found["undone"]["kind"]) == (0, 4, "undo")
    (changed,) = found["obligations"]
    assert changed["key"] == "D04/市人社局/2026-11"
    assert (changed["before"]["waived"], changed["after"]["waived"]) == (False, True)
    # What undoes an act of a kind is listed with the kind.
    assert [each["number"] for each in waived("history", "--kind", "免报", "--json")[1]] == [2, 3, 4]


def test_json_without_yes_changes_nothing(waived):
    code, found = waived("undo", "2", "--reason", "办错了", "--json")
    assert (code, found["undoing"]["number"], found["undoing"]["changes"][0]["after"]) == (1, 0, "")
    assert len(waived("history", "--json")[1]) == 2


def test_it_wants_a_reason_and_a_name(waived, desk, capsys, monkeypatch):
    assert run(["undo", "2", "-w", str(desk.root)]) == 2
    assert "--reason" in capsys.readouterr().err
    monkeypatch.delenv(VARIABLE)
    assert run(["undo", "2", "--reason", "办错了", "-w", str(desk.root)]) == 2
    assert "--who" in capsys.readouterr().err


@pytest.mark.parametrize(
    "command",
    [
        ("extend", "2026-11", "--unit", "市财政局", "--until", "2026-12-20"),
        ("waive", "2026-11", "--unit", "市财政局"),
        ("merge", "2026-11", "--unit", "市财政局"),
        ("close", "2026-11", "--as-of", "2026-12-02"),
        ("rectify", "raise", "2026-11"),
        ("rectify", "close", "1", "--reason", "已改"),
        ("receive", "x.xlsx", "--set-aside"),
    ],
)
def test_a_decision_without_a_name_says_how_to_give_one_once(waived, desk, capsys, monkeypatch, command):
    monkeypatch.delenv(VARIABLE)
    before = waived("history", "--json")[1]
    assert run([*command, "-w", str(desk.root)]) == 2
    told = capsys.readouterr().err.replace("\n", "")
    assert "--who" in told
    assert "person" in told
    assert waived("history", "--json")[1] == before


def test_the_name_in_the_settings_is_enough(waived, desk, monkeypatch):
    monkeypatch.delenv(VARIABLE)
    settings = desk.root / "zwgk.toml"
    text = settings.read_text(encoding="utf-8")
    settings.write_text(text.replace('# person = "姓名"', 'person = "科长"'), encoding="utf-8")
    assert waived("waive", "2026-11", "--unit", "市财政局", "--duty", "D02")[0] == 0
    assert waived("history", "--json")[1][-1]["who"] == "科长"


def test_what_need_not_be_signed_goes_on_without_a_name(waived, desk, monkeypatch):
    monkeypatch.delenv(VARIABLE)
    path = desk.reply("市财政局", "财政.xlsx")
    assert waived("receive", str(path), "--json")[0] in {0, 1}
    assert waived("consolidate", "--json")[0] in {0, 1}
    assert waived("history", "--json")[1][-1]["who"] == "未署名"


def test_a_scheduled_run_says_so(waived, monkeypatch):
    monkeypatch.setenv("ZWGK_SCHEDULED", "1")
    assert waived("waive", "2026-11", "--unit", "市财政局", "--duty", "D02")[0] == 0
    assert waived("history", "--json")[1][-1]["source"] == "scheduled"


def test_the_first_of_many_tasks_are_listed_and_those_of_a_closing_counted(desk, zwgk, monkeypatch):
    set_clock(monkeypatch, datetime(2026, 12, 5, 9))
    desk.set_duties([*DUTIES, *({"id": f"D{n}", "column": f"栏目{n}", "owners": "市政府办"} for n in range(60, 72))])
    assert zwgk("generate", "2026-11", "--as-of", "2026-11-02")[0] == 0
    assert zwgk("extend", "2026-11", "--unit", "市政府办", "--until", "2026-12-20")[0] == 0
    number = zwgk("history", "--json")[1][-1]["number"]
    code, text = zwgk("undo", str(number), "--reason", "有误")
    rows = [line for line in text.splitlines() if "市政府办 D" in line]
    assert (code, len(rows)) == (1, 10)
    assert "列出前 10 项，其余见 --json" in text
    assert zwgk("undo", str(number), "--reason", "有误", "--yes")[0] == 0
    assert zwgk("close", "2026-11", "--as-of", "2026-12-01", "--yes")[0] == 0
    number = zwgk("history", "--json")[1][-1]["number"]
    code, text = zwgk("undo", str(number), "--reason", "有误")
    assert "各任务的报送结果和及时性没有变化" in text
    code, told = zwgk("undo", str(number), "--reason", "有误", "--json")
    assert (code, told["undoing"]["number"]) == (1, 0)
    assert len(told["obligations"]) > 10
    settled = sum(each["before"]["closed"] for each in told["obligations"])
    assert f"不再结账的任务共 {settled} 项" in text


def test_previews_that_wait_for_consent_have_one_exit_code(desk, zwgk):
    assert zwgk("generate", "2026-11")[0] == 0
    assert zwgk("extend", "2026-11", "--unit", "各部门", "--until", "2026-12-10")[0] == 1
    assert zwgk("extend", "2026-11", "--unit", "市财政局", "--until", "2026-12-10")[0] == 0
    number = zwgk("history", "--json")[1][-1]["number"]
    assert zwgk("undo", str(number), "--reason", "有误")[0] == 1
    assert zwgk("undo", str(number), "--reason", "有误", "--yes")[0] == 0


def test_a_number_that_is_none(desk, capsys):
    assert run(["undo", "第三", "--reason", "有误", "-w", str(desk.root)]) == 2
    assert capsys.readouterr().err.strip() == "号数（办理编号，见 zwgk history）应为数字；用法见 --help。"
