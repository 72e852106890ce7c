"""Acts in words, as 办理记录 and the terminal show them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from zwgk_excel.domain.acts import OF_TABLES, UNDOINGS, Act, ActKind, Change
from zwgk_excel.domain.periods import Month
from zwgk_excel.layout.act_words import ActWords, act_words

AT, NOVEMBER = datetime(2026, 11, 26, 9), Month(2026, 11)
KEY = "D02/市财政局/2026-11"


def act(kind: ActKind, *changes: tuple[str, str, str], **values: Any) -> Act:
    given: dict[str, Any] = {"cycle": NOVEMBER, "units": ("市财政局",), "number": 1} | values
    return Act(kind, AT, "王芳", changes=tuple(Change(*each) for each in changes), **given)


def told(*acts: Act) -> ActWords:
    """The last of some acts in words."""
    return act_words(acts[-1], {each.number: each for each in acts})


@pytest.mark.parametrize(
    ("kind", "change", "expected"),
    [
        (ActKind.EXTEND, (KEY, "", "2026-12-05"), ("D02", "延期至 2026-12-05")),
        (ActKind.EXTEND, (KEY, "2026-12-05", "2026-12-12"), ("D02", "延期由 2026-12-05 改为 2026-12-12")),
        (ActKind.CANCEL_EXTENSION, (KEY, "2026-12-05", ""), ("D02", "不再延期（原为 2026-12-05）")),
        (ActKind.WAIVE, (KEY, "", "yes"), ("D02", "免报")),
        (ActKind.CANCEL_WAIVER, (KEY, "yes", ""), ("D02", "不再免报")),
        (ActKind.OPINION, (KEY, "", "请核实"), ("D02", "请核实")),
        (ActKind.CANCEL_OPINION, (KEY, "请核实", ""), ("D02", "清除（原为“请核实”）")),
        (ActKind.IGNORE, ("file/收件 12", "", "ab12"), ("待核实的文件（收件 12）", "不再列入待处理，情况有变时再列")),
        (ActKind.IMPORT_PUBLISHED, ("一.csv、二.xlsx", "", "新增 3 条"), ("一.csv、二.xlsx", "新增 3 条")),
        (ActKind.IMPORT_PUBLISHED, ("一.csv", "新增 3 条", ""), ("一.csv", "不再采用（原为 新增 3 条）")),
        (ActKind.IMPORT_CATALOGUE, ("目录.docx", "", "新增 3 个事项"), ("目录.docx", "新增 3 个事项")),
        (ActKind.IGNORE, ("closing/2026-11", "ab12", ""), ("可以结账（2026-11）", "重新列入待处理")),
        (ActKind.RECEIVE, ("收件箱/甲.xlsx", "", "accepted/市财政局/2026-11"), ("甲.xlsx", "合格 市财政局 2026-11")),
        (
            ActKind.ASSIGN,
            ("收件箱/甲.xlsx", "quarantined", "accepted/市财政局/2026-11"),
            ("甲.xlsx", "待核实 → 合格 市财政局 2026-11"),
        ),
        (ActKind.SET_ASIDE, ("收件箱/甲.xlsx", "quarantined", "set_aside"), ("甲.xlsx", "待核实 → 作废")),
        (ActKind.MERGE, ("市财政局", "", "yes"), ("", "几份合并计算")),
        (ActKind.CANCEL_MERGE, ("市财政局", "yes", ""), ("", "只算最新一份")),
        (ActKind.RECTIFY, ("3", "", "supervise"), ("第 3 号整改", "督办")),
        (ActKind.CLOSE_RECTIFICATION, ("3", "", "2026-12-08"), ("第 3 号整改", "2026-12-08")),
        (ActKind.CLOSE, ("2026-11", "", "2026-11-30"), ("", "按 2026-11-30 的数字")),
        (ActKind.AMEND, (KEY, "2026-11-25/2026-11-30", ""), ("", "取消 1 项")),
        (ActKind.AMEND, (KEY, "", "2026-11-25/2026-11-30"), ("", "增加 1 项")),
        (ActKind.AMEND, (KEY, "2026-11-25/2026-11-30", "2026-11-20/2026-11-30"), ("", "改动 1 项")),
        (ActKind.CANCEL_ISSUE, ("2026-11", "2026-11-02", ""), ("", "不再报送（原于 2026-11-02 下发）")),
        (ActKind.ISSUE, ("2026-11", "", "2026-11-02"), ("", "")),
        (ActKind.ADJUST, ("市财政局", "", "2.5"), ("", "得分 +2.5")),
        (ActKind.ADJUST, ("市财政局", "", "-1"), ("", "得分 -1")),
        (ActKind.CHANGE_RULES, ("scoring.missing.points", "5", "4"), ("", "逾期未报 每项扣分：5 → 4")),
    ],
)
def test_an_act(kind: ActKind, change: tuple[str, str, str], expected: tuple[str, str]) -> None:
    assert told(act(kind, change)) == ActWords(*expected)


def test_every_kind_has_words() -> None:
    for kind in ActKind:
        if kind not in UNDOINGS:
            subject = "roster/市教育局/valid_to" if kind in OF_TABLES else "1"
            assert isinstance(told(act(kind, (subject, "", ""))), ActWords)


def test_an_edit_of_a_table_says_cell_by_cell_what_it_was() -> None:
    done = act(
        ActKind.RENAME_UNIT,
        ("roster/市财政局/valid_to", "", "2026-12"),
        ("roster/市财金局/name", "", "市财金局"),
        ("roster/市财金局/valid_from", "", "2027-01"),
    )
    assert told(done) == ActWords("", "市财政局 停用月份 （空） → 2026-12；新增“市财金局”")
    back = tuple((each.subject, each.after, each.before) for each in done.changes)
    undoing = act(ActKind.UNDO, *back, number=2, undoes=1)
    assert told(done, undoing).change == "市财政局 停用月份 2026-12 → （空）；删去“市财金局”"


def test_unit_and_period_are_said_where_the_act_does_not_say_them_for_all() -> None:
    several = act(
        ActKind.WAIVE, (KEY, "", "yes"), ("D16/市政府办/2026Q4", "", "yes"), units=("市财政局", "市政府办")
    )
    assert told(several) == ActWords("市财政局D02、市政府办D16（2026Q4）", "免报")
    assert told(act(ActKind.WAIVE, (KEY, "", "yes"), cycle=Month(2026, 12))).subject == "D02（2026-11）"


def test_an_undoing_says_what_it_undoes_and_what_came_of_it() -> None:
    waiver = act(ActKind.WAIVE, (KEY, "", "yes"))
    undoing = act(ActKind.UNDO, (KEY, "yes", ""), undoes=1, number=2)
    again = act(ActKind.UNDO, (KEY, "", "yes"), undoes=2, number=3)
    assert told(waiver, undoing) == ActWords("撤销第 1 号（免报）：D02", "不再免报")
    assert told(waiver, undoing, again) == ActWords("撤销第 2 号（撤销）：D02", "免报")
    assert told(waiver, act(ActKind.UNDO, undoes=1, number=2)).change == "没有变化，以后来的办理为准"
    closing = act(ActKind.CLOSE, ("2026-11", "", "2026-11-30"))
    reopened = act(ActKind.UNDO, ("2026-11", "2026-11-30", ""), undoes=1, number=2)
    assert told(closing, reopened) == ActWords("撤销第 1 号（结账）", "不再结账（原按 2026-11-30）")
    raised = act(ActKind.RECTIFY, ("3", "", "supervise"))
    withdrawn = act(ActKind.UNDO, ("3", "open", "withdrawn"), undoes=1, number=2)
    assert told(raised, withdrawn) == ActWords("撤销第 1 号（整改立项）：第 3 号整改", "整改中 → 已撤销")
