"""Units and owners change from a month on: recorded, written into the tables, taken back; killed at any point."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from tests.workflow.desk import DUTIES, UNITS, Desk, with_duty
from zwgk_excel.domain.acts import Act, ActKind
from zwgk_excel.domain.periods import Month
from zwgk_excel.ledger.store import Ledger
from zwgk_excel.workflow.acts import undo
from zwgk_excel.workflow.errors import UserError
from zwgk_excel.workflow.issuing import generate, table_problems
from zwgk_excel.workflow.office import table_files
from zwgk_excel.workflow.office.context import Office, open_records
from zwgk_excel.workflow.responsibilities import (
    TablePlan,
    carry_out,
    plan_end,
    plan_merger,
    plan_reassignment,
    plan_renaming,
)

DECEMBER = Month(2026, 12)
Planned = Callable[[Office], TablePlan]
ACTS: dict[str, Planned] = {
    "rename": lambda office: plan_renaming(office, "市财政局", "市财金局", DECEMBER),
    "merge": lambda office: plan_merger(office, ["市财政局"], "市人社局", DECEMBER),
    "merge into a new one": lambda office: plan_merger(office, ["市财政局", "市人社局"], "市财社局", DECEMBER),
    "end": lambda office: plan_end(office, "金湖街道", DECEMBER),
    "reassign": lambda office: plan_reassignment(office, "D02", ["市人社局"], DECEMBER),
}


def done(desk: Desk, plan: Planned) -> Act:
    with desk.open() as office:
        return carry_out(office, plan(office), who="王主任", reason="机构改革")


def tables(desk: Desk) -> tuple[dict[str, dict[str, str]], ...]:
    """What the two tables say, row by row, without what is empty."""
    with open_records(desk.root, now=lambda: desk.now) as office:
        assert office.tables is not None
        rows = office.tables.rows
    said = {name: {key: text for key, text in row.cells.items() if text} for name, row in rows.items()}
    return (said,)


def planned(desk: Desk, month: Month = DECEMBER) -> set[str]:
    with desk.open() as office:
        return {each.key for each in office.plan(month)}


def test_a_renamed_unit_keeps_its_people_and_its_duties(sent):
    sent.set_units(
        [{**UNITS[1], "officers": "李四", "mails": "a@example.cn", "copies": "b@example.cn"}, *UNITS[::2], UNITS[3]]
    )
    before = planned(sent)
    act = done(sent, ACTS["rename"])
    assert (act.kind, act.cycle, act.units) == (ActKind.RENAME_UNIT, DECEMBER, ("市财政局", "市财金局"))
    with sent.open() as office:
        old, new = office.roster.unit("市财政局"), office.roster.unit("市财金局")
        assert (old.valid_to, new.valid_from, new.predecessors) == (Month(2026, 11), DECEMBER, ("市财政局",))
        assert (new.officers, new.mails, new.copies) == (("李四",), ("a@example.cn",), ("b@example.cn",))
        assert [each.code for each in table_problems(office) if each.code.startswith(("issued", "owner"))] == []
    assert planned(sent) == {key.replace("市财政局", "市财金局") for key in before}
    assert "D02/市财政局/2026-11" in planned(sent, Month(2026, 11))


def test_a_merged_unit_owes_once_and_nobody_edits_the_duty_table(sent):
    done(sent, ACTS["merge"])
    assert {key for key in planned(sent) if key.startswith(("D02", "D04"))} == {
        "D02/市人社局/2026-12",
        "D04/市人社局/2026-12",  # of both before
    }


def test_merged_into_a_new_unit(sent):
    done(sent, ACTS["merge into a new one"])
    assert {key for key in planned(sent) if key.startswith(("D02", "D04"))} == {
        "D02/市财社局/2026-12",
        "D04/市财社局/2026-12",
    }
    with sent.open() as office:
        assert office.issues.issue(DECEMBER).successor("市财政局") == "市财社局"


def test_a_group_of_the_roster_passes_to_the_successor(sent):
    group = "有惠民惠农惠企职能的部门"
    sent.set_units([{**each, "groups": group} if each["name"] == "市财政局" else each for each in UNITS])
    sent.set_duties(with_duty("D02", owners=group))
    done(sent, ACTS["merge"])
    assert [key for key in planned(sent) if key.startswith("D02")] == ["D02/市人社局/2026-12"]


def test_a_unit_that_ended_owes_nothing_more(sent):
    done(sent, ACTS["end"])
    assert not any("金湖街道" in key for key in planned(sent))


def test_a_duty_is_reassigned(sent):
    act = done(sent, ACTS["reassign"])
    (change,) = act.changes
    assert (change.before, change.after) == ("市财政局", "市人社局（2026-12起）、市财政局（至2026-11）")
    assert "D02/市人社局/2026-12" in planned(sent)
    with sent.open() as office:
        assert not any(each.code.startswith("issued") for each in table_problems(office))
    done(sent, lambda office: plan_reassignment(office, "d02", ["各部门"], Month(2027, 2)))
    assert {key for key in planned(sent, Month(2027, 1)) if key.startswith("D02")} == {"D02/市人社局/2027-01"}
    assert len([key for key in planned(sent, Month(2027, 2)) if key.startswith("D02")]) == 3


@pytest.mark.parametrize("name", ACTS)
def test_undone_the_tables_say_what_they_said_and_done_again_what_they_were_to_say(sent, name):
    before, tasks = tables(sent), planned(sent)
    act = done(sent, ACTS[name])
    after, changed = tables(sent), planned(sent)
    assert (after == before, changed == tasks) == (False, False)
    with sent.open() as office:
        undoing = undo(office, act.number, who="李科长", reason="办错了").undoing
        assert {each.key for each in office.plan(DECEMBER)} == tasks
    assert tables(sent) == before
    with sent.open() as office:
        undo(office, undoing.number, who="李科长", reason="没有办错")
    assert (tables(sent), planned(sent)) == (after, changed)


class KilledError(BaseException):
    """The power went."""


def _killed(*_: object, **__: object) -> None:
    raise KilledError


@pytest.mark.parametrize("name", ACTS)
@pytest.mark.parametrize("point", ["before the act", "before the file", "before the end"])
def test_killed_in_between_the_next_run_ends_where_an_undisturbed_one_does(sent, monkeypatch, name, point):
    before = tables(sent)
    with monkeypatch.context() as patch:
        if point == "before the act":
            patch.setattr(Ledger, "record_table_edit", _killed)
        elif point == "before the file":
            patch.setattr(table_files, "write_atomic", _killed)
        else:
            patch.setattr(Ledger, "end_table_edit", _killed)
        with pytest.raises(KilledError), sent.open() as office:
            carry_out(office, ACTS[name](office), who="王主任", reason="机构改革")
    with sent.open() as office:
        kinds = [each.kind for each in office.ledger.acts()]
        assert office.ledger.table_edit() is None
    if point == "before the act":
        assert (kinds, tables(sent)) == ([ActKind.ISSUE], before)
        done(sent, ACTS[name])
        return
    found = tables(sent)
    assert len(kinds) == 2
    with sent.open() as office:
        undo(office, 2, who="王主任", reason="重来")
    assert tables(sent) == before
    done(sent, ACTS[name])
    assert tables(sent) == found


@contextmanager
def killed_before_the_file(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """What is done inside ends when its table is to be written."""
    with monkeypatch.context() as patch:
        patch.setattr(table_files, "write_atomic", _killed)
        with pytest.raises(KilledError):
            yield


def test_killed_while_undoing(sent, monkeypatch):
    before = tables(sent)
    done(sent, ACTS["rename"])
    with killed_before_the_file(monkeypatch), sent.open() as office:
        undo(office, 2, who="王主任", reason="办错了")
    assert tables(sent) == before


def test_what_somebody_typed_after_a_kill_is_told_and_stops_only_what_needs_the_tables(sent, monkeypatch, caplog):
    with killed_before_the_file(monkeypatch):
        done(sent, ACTS["reassign"])
    sent.set_duties(with_duty("D02", owners="市政府办"))
    with pytest.raises(UserError, match=r"第 2 号办理还没有写进“责任分工表.xlsx”.*J3.*现在是“市政府办”"):
        sent.open().__enter__()
    with open_records(sent.root, now=lambda: sent.now) as office:
        assert office.issued() == (Month(2026, 11),)
    assert "第 2 号办理还没有写进" in caplog.text
    sent.set_duties(with_duty("D02", owners="市人社局（2026-12起）、市财政局（至2026-11）"))  # as the act wants it
    with sent.open() as office:
        assert office.ledger.table_edit() is None


def test_an_act_that_never_reached_the_table_is_taken_back(sent, monkeypatch):
    with killed_before_the_file(monkeypatch):
        done(sent, ACTS["reassign"])
    (sent.root / "~$责任分工表.xlsx").touch()  # somebody has the table open
    with open_records(sent.root, now=lambda: sent.now) as office:
        undo(office, 2, who="王主任", reason="不办了")
        assert office.ledger.table_edit() is None
    assert DUTIES[1]["owners"] == "市财政局"
    (sent.root / "~$责任分工表.xlsx").unlink()
    assert "D02/市财政局/2026-12" in planned(sent)


def test_a_cell_that_was_changed_since_is_not_put_back(sent):
    act = done(sent, ACTS["reassign"])
    sent.set_duties(with_duty("D02", owners="市政府办"))
    with sent.open() as office, pytest.raises(UserError, match=r"J3：“D02”的责任单位现在是“市政府办”"):
        undo(office, act.number, who="王主任", reason="办错了")
    with sent.open() as office:
        assert len(office.ledger.acts()) == 2


def test_a_new_row_that_was_filled_in_since_is_not_deleted(sent):
    act = done(sent, ACTS["rename"])
    with sent.open() as office:
        rows = [{**row.cells} for name, row in office.tables.rows.items() if not name.startswith("D")]
    sent.set_units([{**row, "mails": "new@example.cn"} if row["name"] == "市财金局" else row for row in rows])
    with sent.open() as office, pytest.raises(UserError, match=r"“市财金局”的邮箱现在是“new@example.cn”"):
        undo(office, act.number, who="王主任", reason="办错了")


def test_once_a_month_was_issued_by_it_an_act_stands(sent):
    act = done(sent, ACTS["rename"])
    with sent.open() as office:
        generate(office, DECEMBER, as_of=sent.now.date())
    with sent.open() as office, pytest.raises(UserError, match="2026-12 已按现在的表下发"):
        undo(office, act.number, who="王主任", reason="办错了")


@pytest.mark.parametrize(
    ("plan", "told"),
    [
        (lambda o: plan_renaming(o, "市财政局", "市财金局", Month(2026, 11)), "请从 2026-12 起.*--amend"),
        (lambda o: plan_renaming(o, "市财政局", "市人社局", DECEMBER), "已有“市人社局”.*unit merge"),
        (lambda o: plan_renaming(o, "市财局", "市财金局", DECEMBER), "没有“市财局”，是不是“市财政局”"),
        (lambda o: plan_renaming(o, "市财政局", "甲、乙", DECEMBER), "不能作单位名称"),
        (lambda o: plan_renaming(o, "市财政局", " ", DECEMBER), "不能作单位名称"),
        (lambda o: plan_merger(o, ["市财政局"], "市财政局", DECEMBER), "请写明并入的是哪几个单位"),
        (lambda o: plan_reassignment(o, "D99", ["市财政局"], DECEMBER), "责任分工表中没有“D99”"),
        (lambda o: plan_reassignment(o, "D02", ["市财政局"], DECEMBER), "本来就由“市财政局”负责"),
        (lambda o: plan_reassignment(o, "D02", [], DECEMBER), "请用 --to"),
    ],
)
def test_what_is_refused(sent, plan, told):
    before = tables(sent)
    with sent.open() as office, pytest.raises(UserError, match=told):
        plan(office)
    assert tables(sent) == before


def test_an_ended_unit_is_neither_renamed_nor_given_a_duty(sent):
    done(sent, ACTS["end"])
    with sent.open() as office, pytest.raises(UserError, match="“金湖街道”只用到 2026-11"):
        plan_renaming(office, "金湖街道", "新湖街道", DECEMBER)
    with sent.open() as office, pytest.raises(UserError, match="“金湖街道”在 2027-01 不在用"):
        plan_reassignment(office, "D02", ["金湖街道"], Month(2027, 1))


@pytest.mark.parametrize(("name", "file"), [("rename", "单位通讯录.xlsx"), ("reassign", "责任分工表.xlsx")])
def test_a_table_that_is_open_in_excel_is_one_sentence(sent, name, file):
    (sent.root / f"~${file}").touch()
    with sent.open() as office, pytest.raises(UserError, match=f"“{file}”正在 Excel、WPS 或其他程序中打开"):
        ACTS[name](office)
    with sent.open() as office:
        assert len(office.ledger.acts()) == 1


def test_a_reason_is_asked_for(sent):
    with sent.open() as office, pytest.raises(UserError, match="--reason"):
        carry_out(office, ACTS["end"](office), who="王主任", reason=" ")


def test_the_month_was_issued_between_the_preview_and_the_act(sent):
    with sent.open() as office:
        plan = ACTS["rename"](office)
        with sent.open() as other:
            generate(other, DECEMBER, as_of=sent.now.date())
        with pytest.raises(UserError, match="2026-12 刚刚下发了"):
            carry_out(office, plan, who="王主任", reason="机构改革")
