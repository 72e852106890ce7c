"""``assess``, ``escalate`` and ``rectify`` as people and other programs use them."""

from datetime import datetime

import pytest

from tests.clock import set_clock
from tests.workflow.desk import issue, item, nil
from zwgk_excel.cli.main import run
from zwgk_excel.cli.rectify import COMMANDS

AS_OF = ("--as-of", "2026-12-03")


@pytest.fixture
def month(desk, zwgk, december):
    """November, for which 市财政局 was late with one of its tasks and 市政府办 sent nothing."""
    issue(desk)
    file = desk.reply("市财政局", "表.xlsx", answers={("D04", "2026-11"): nil()}, items=[item("D02 政府采购")])
    zwgk("receive", str(file), "--received-at", "2026-12-02T09:00")
    return zwgk


def test_scores_for_other_programs(month):
    code, found = month("assess", "2026-11", *AS_OF, "--json")
    assert (code, found["cycle"], found["as_of"], found["confirmed"], found["closed"]) == (
        0,
        "2026-11",
        "2026-12-03",
        False,
        False,
    )
    units = {each["unit"]: each for each in found["units"]}
    assert {name: (each["score"], each["rank"], each["kind"]) for name, each in units.items()} == {
        "市财政局": (98.0, 1, "department"),
        "市政府办": (95.0, 2, "department"),
        "市人社局": (95.0, 2, "department"),
        "金湖街道": (None, None, "township"),
    }
    assert {name: each["ranked"] for name, each in units.items() if not each["band"]} == {"金湖街道": False}
    assert units["市财政局"]["deductions"][0] == {
        "rule": "late",
        "points": -1.0,
        "held": 0.0,
        "month": None,
        "obligation": "D02/市财政局/2026-11",
        "reason": "D02 政府采购（2026-11）：最迟 2026-11-30，2026-12-02 收到，迟报 2 天",
        "receipt": "收件箱/表.xlsx",
        "on": "2026-12-02",
    }
    assert units["金湖街道"]["bonuses"] == []


def test_scores_for_people_say_that_they_are_a_sample(month, desk):
    shown = month("assess", "2026-11", *AS_OF)[1]
    assert "样例，待确认" in shown
    assert shown.index("市财政局") < shown.index("市人社局") < shown.index("金湖街道")
    (desk.root / "zwgk.toml").write_text("[scoring]\nconfirmed = true\n", encoding="utf-8")
    assert "样例" not in month("assess", "2026-11", *AS_OF)[1]


def test_one_unit_line_by_line(month):
    shown = month("assess", "2026q4", *AS_OF, "--unit", "市财政局")[1]
    assert "第 1 名" in shown
    assert "迟报 2 天" in shown.replace("\n", "")
    only = month("assess", "2026", *AS_OF, "--unit", "市财政局", "--json")[1]
    assert [(each["unit"], each["score"]) for each in only["units"]] == [("市财政局", 98.0)]
    assert [each["cycle"] for each in only["months"]] == ["2026-11"]


def test_a_unit_that_owed_nothing_stands_apart(month):
    assert "不参与排名的 1 个单位（没有应报任务）：金湖街道。" in month("assess", "2026-11", *AS_OF)[1]
    alone = month("assess", "2026-11", *AS_OF, "--unit", "金湖街道")[1]
    assert "不参与排名：2026-11 没有应报任务" in alone
    assert "得分" not in alone.partition("试算")[0]


def test_what_was_reported_in_time_and_corrected_in_time_is_not_late_anywhere(desk, zwgk, december):
    zwgk("generate", "2026-11", "--as-of", "2026-11-02")
    for day, url in (("2026-11-24", "不是网址"), ("2026-12-01", "http://www.example.gov.cn/1")):
        items = [item("D02 政府采购", url=url)]
        file = desk.reply("市财政局", f"{day}.xlsx", answers={("D04", "2026-11"): nil()}, items=items)
        zwgk("receive", str(file), "--received-at", f"{day}T09:00")
    status = zwgk("status", "2026-11", *AS_OF, "--json")[1]
    (task,) = (each for each in status["obligations"] if each["key"] == "D02/市财政局/2026-11")
    assert (task["timeliness"], task["days_late"], task["received_at"]) == ("on_time", 0, "2026-11-24T09:00:00")
    (score,) = zwgk("assess", "2026-11", *AS_OF, "--unit", "市财政局", "--json")[1]["units"]
    assert (score["score"], score["deductions"]) == (100.0, [])
    (desk.root / "zwgk.toml").write_text("scoring.returned.in_time = false\n", encoding="utf-8")
    (score,) = zwgk("assess", "2026-11", *AS_OF, "--unit", "市财政局", "--json")[1]["units"]
    assert [each["rule"] for each in score["deductions"]] == ["late"]


def test_closing_keeps_the_scores(month, monkeypatch):
    set_clock(monkeypatch, datetime(2026, 12, 20, 9))
    before = month("assess", "2026-11", *AS_OF, "--json")[1]
    assert month("close", "2026-11", *AS_OF)[0] == 0
    after = month("assess", "2026-11", "--as-of", "2027-02-01", "--json")[1]
    assert after == before | {"closed": True}


def test_a_period_with_months_never_issued_is_not_closed(month, monkeypatch):
    assert "（尚未结账，截至 2026-12-03）" in month("assess", "2026-11", *AS_OF)[1]
    month("close", "2026-11", *AS_OF, "--yes", "--who", "王芳")
    assert "（已结账，截至 2026-12-03）" in month("assess", "2026-11", *AS_OF)[1]
    for period in ("2026Q4", "2026"):
        shown = month("assess", period, *AS_OF)[1]
        assert "（尚未结账，有月份没有下发，截至 2026-12-03）" in shown
        assert "没有下发报送表、不计入的月份" in shown
    found = month("assess", "2026Q4", *AS_OF, "--json")[1]
    assert (found["closed"], found["unissued"]) == (False, ["2026-10", "2026-12"])


def test_from_the_list_to_the_closed_rectification(month, desk):
    code, found = month("escalate", "2026-11", *AS_OF, "--export", "--json")
    assert code == 0
    assert [(each["unit"], each["step"], each["evidence"]) for each in found["due"]] == [
        ("市政府办", "urge", ["D01 政策文件（2026-11）：最迟 2026-11-30，未报"]),
        ("市人社局", "urge", ["D04 稳岗就业（2026-11）：最迟 2026-11-30，未报"]),
    ]
    assert (desk.root / "通报/2026-11/督促措施建议名单.xlsx").is_file()
    assert "催报" in month("escalate", "2026-11", *AS_OF)[1]
    none = month("escalate", "2026-11", *AS_OF, "--step", "约谈")[1]
    assert "没有应约谈的单位" in none
    assert "名单上有 2 条其他措施" in none
    none = month("rectify", "raise", "2026-11", *AS_OF)[1]
    assert "没有应督办、约谈而尚未立项的单位" in none
    assert "市政府办（催报）、市人社局（催报）" in none
    told = month("rectify", "raise", "2026-11", *AS_OF, "--step", "催报", "--mend-by", "2026-12-10")[1]
    assert "已立项 2 件" in told
    assert month("escalate", "2026-11", *AS_OF, "--json")[1]["due"] == []
    assert month("rectify", "mend", "1", "--reason", "已补报", "--on", "2026-12-05")[0] == 0
    assert month("rectify", "close", "1", "--reason", "同意", "--on", "2026-12-06")[0] == 0
    code, listed = month("rectify", "list", "--as-of", "2026-12-11", "--json")
    assert (code, [each["state"] for each in listed]) == (1, ["closed", "overdue"])
    assert month("rectify", "withdraw", "2", "--reason", "立错", "--on", "2026-12-06")[0] == 0
    assert month("rectify", "list", "--open")[1].strip() == "整改台账中没有记录。"


@pytest.mark.parametrize("command", [name for name, _, _ in COMMANDS])
def test_every_command_explains_itself(command, capsys):
    assert run(["rectify", command, "--help"]) == 0
    assert "用法：zwgk rectify" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (["assess", "2026-13"], "2026Q4"),
        (["assess", "2026-10"], "zwgk generate 2026-10"),
        (["assess", "2026-11", "--unit", "市渔业局"], "市渔业局"),
        (["escalate", "2026-11", "--step", "批评"], "催报、通报、督办、约谈"),
        (["rectify", "close", "3"], "--reason"),
        (["rectify", "close", "3", "--reason", "好"], "没有第 3 号"),
    ],
)
def test_wrong_usage(desk, capsys, arguments, named):
    assert run([*arguments, "-w", str(desk.root)]) == 2
    said = capsys.readouterr().err
    assert named in said
    assert "Traceback" not in said
