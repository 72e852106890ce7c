"""``zwgk adjust`` as the office runs it, and where an adjustment and a trial are seen."""

from __future__ import annotations

import pytest
from openpyxl import load_workbook

from tests.cli.test_assess import AS_OF, month
from zwgk_excel.cli.main import run

__all__ = ["month"]
ADJUST = ("adjust", "2026-11", "--unit", "市政府办", "--points", "-2.5", "--reason", "链接失效", "--who", "王芳")
TRIAL = "试算：未结账，得分按现行规则和日历计算，结账时确定。"


def scores(zwgk) -> dict[str, tuple[float, int]]:
    found = zwgk("assess", "2026-11", *AS_OF, "--json")[1]["units"]
    return {each["unit"]: (each["score"], each["rank"]) for each in found}


def test_first_shown_then_done_then_undone(month):
    month("close", "2026-11", *AS_OF, "--who", "王芳")
    before = scores(month)
    code, out = month(*ADJUST)
    assert code == 1
    assert "2026-11（已经结账） 市政府办 复核调整 -2.5 分" in out
    for told in ("95 分，第 2/3 名", "92.5 分，第 3/3 名", "理由：链接失效", "什么也没有改动"):
        assert told in out
    assert scores(month) == before
    code, done = month(*ADJUST, "--yes", "--json")
    assert code == 0
    assert (done["unit"], done["points"], done["closed"]) == ("市政府办", -2.5, True)
    assert done["units"][0]["after"] == {"score": 92.5, "rank": 3, "band": "good"}
    assert scores(month) == before | {"市政府办": (92.5, 3)}
    found = month("assess", "2026-11", "--unit", "市政府办", "--json")[1]["units"][0]
    assert [(each["points"], each["reason"]) for each in found["adjustments"]] == [
        (-2.5, f"链接失效（第 {done['act']} 号办理，王芳）")
    ]
    assert [each["rule"] for each in found["deductions"]] == ["missing"]
    listed = month("history", "--kind", "复核调整", "--json")[1]
    assert [(each["number"], each["changes"][0]["after"]) for each in listed] == [(done["act"], "-2.5")]
    undo = ("undo", str(done["act"]), "--reason", "弄错了", "--who", "王芳")
    shown = month(*undo)[1]
    for told in ("2026-11（已经结账） 市政府办", "92.5 分，第 3/3 名", "95 分，第 2/3 名", "撤销后"):
        assert told in shown
    assert "没有变化" not in shown
    code, undone = month(*undo, "--yes", "--json")
    assert (code, undone["units"][0]["before"]["score"], undone["units"][0]["after"]["score"]) == (0, 92.5, 95)
    assert scores(month) == before


def test_only_what_changes_is_listed_and_a_cut_is_said(month):
    month("close", "2026-11", *AS_OF, "--who", "王芳")
    out = month("adjust", "2026-11", "--unit", "市政府办", "--points", "+3", "--reason", "属实", "--who", "王芳")[1]
    assert "名次随之变动的 1 个单位：市人社局 2→3。" in out
    out = month("adjust", "2026-11", "--unit", "市财政局", "--points", "+50", "--reason", "属实", "--who", "王芳")[1]
    assert "受保底分、封顶分限制，实际只变动 12 分" in out


@pytest.mark.parametrize("left_out", ["--unit", "--points", "--who", "--reason"])
def test_what_is_left_out_is_asked_for(month, desk, capsys, monkeypatch, left_out):
    monkeypatch.delenv("ZWGK_WHO", raising=False)
    position = ADJUST.index(left_out)
    assert run([*ADJUST[:position], *ADJUST[position + 2 :], "--yes", "-w", str(desk.root)]) == 2
    assert left_out in capsys.readouterr().err


def test_it_is_a_line_of_its_own_for_people(month):
    month(*ADJUST, "--yes")
    out = month("assess", "2026-11", *AS_OF, "--unit", "市政府办")[1]
    assert "复核调整" in out
    assert "-2.5" in out
    assert TRIAL in out
    quarter = month("assess", "2026Q4", *AS_OF, "--unit", "市政府办")[1]
    assert "2026-11 复核调整 -2.5" in quarter.replace("\n", "")


def test_an_open_month_is_called_a_trial_once_and_a_closed_one_is_not(month):
    for command in ("assess", "status"):
        assert month(command, "2026-11", *AS_OF)[1].count("试算") == 1
    month("close", "2026-11", *AS_OF, "--who", "王芳")
    for command in ("assess", "status"):
        assert "试算" not in month(command, "2026-11", *AS_OF)[1]


def test_on_the_score_sheet_of_the_tracker(month, desk):
    month(*ADJUST, "--yes")
    month("consolidate", *AS_OF)
    sheet = load_workbook(desk.root / "总台账.xlsx")["考核评分"]
    cells = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert any(str(value or "").count("未结账的月份为试算") == 1 for row in cells for value in row)
    lines = [row for row in cells if "复核调整" in row]
    assert [-2.5 in row for row in lines] == [True]
    month("close", "2026-11", *AS_OF, "--who", "王芳")
    month("consolidate", *AS_OF)
    sheet = load_workbook(desk.root / "总台账.xlsx")["考核评分"]
    assert not any("试算，" in str(cell.value or "") for row in sheet.iter_rows() for cell in row)


def test_a_change_of_rules_is_in_the_list_of_acts(month, desk):
    (desk.root / "zwgk.toml").write_text("[scoring.missing]\npoints = 4\n", encoding="utf-8")
    assert "逾期未报 每项扣分：5 → 4" in month("consolidate", *AS_OF)[1].replace("\n", "")
    (act,) = month("history", "--kind", "规则变更", "--json")[1]
    assert act["changes"] == [{"subject": "scoring.missing.points", "before": "5", "after": "4"}]
    assert run(["undo", str(act["number"]), "--reason", "错", "--who", "王芳", "-w", str(desk.root)]) == 2
