"""The tables compared with what was issued: the right question, at the cell."""

from __future__ import annotations

import pytest

from tests.workflow.desk import DUTIES, UNITS, with_duty
from zwgk_excel.workflow.issuing import table_problems


def compared(desk) -> list[tuple[str, str]]:
    """(Code, cell) of what differs from the last month issued."""
    with desk.open() as office:
        return [(p.code, p.place.cell) for p in table_problems(office) if p.code.startswith("issued_")]


def sentence(desk) -> str:
    with desk.open() as office:
        return next(str(p) for p in table_problems(office) if p.code.startswith("issued_"))


def renamed(old: str, new: str, **values: str):
    return [{**unit, "name": new, **values} if unit["name"] == old else unit for unit in UNITS]


def test_tables_as_they_were_issued_ask_nothing(sent):
    assert compared(sent) == []


def test_nothing_is_asked_before_the_first_issue(desk):
    desk.set_duties(with_duty("D02", owners="市人社局"))
    assert compared(desk) == []


def test_a_new_owner_is_asked_from_when(sent):
    sent.set_duties(with_duty("D02", owners="市人社局"))
    (found,) = compared(sent)
    assert found[0] == "issued_owner_changed"
    told = sentence(sent)
    assert "责任分工表.xlsx!责任分工表!J3：D02 政府采购 在已下发的 2026-11 由“市财政局”报送，表中现为“市人社局”" in told
    assert "改动从 2026-12 起生效" in told
    assert "zwgk generate 2026-11 --amend" in told


def test_an_added_owner_is_named(sent):
    sent.set_duties(with_duty("D02", owners="市财政局、市人社局"))
    assert "由“（无）”报送，表中现为“市人社局”" in sentence(sent)


def test_a_deleted_duty_is_asked_about(sent):
    sent.set_duties([duty for duty in DUTIES if duty["id"] != "D02"])
    assert compared(sent) == [("issued_duty_missing", "")]
    assert "填停用月份" in sentence(sent)


def test_a_new_name_where_an_old_one_vanished(sent):
    sent.set_units(renamed("市财政局", "市财金局"))
    sent.set_duties([{**d, "owners": d["owners"].replace("市财政局", "市财金局")} for d in DUTIES])
    codes = dict(compared(sent))
    assert codes["issued_unit_renamed"] == "A3"
    assert "“市财政局”在已下发的 2026-11 中，通讯录里没有了；“市财金局”是新出现的" in " ".join(all_sentences(sent))


def all_sentences(desk) -> list[str]:
    with desk.open() as office:
        return [str(p) for p in table_problems(office)]


def test_a_unit_that_vanished_without_another(sent):
    sent.set_units([unit for unit in UNITS if unit["name"] != "金湖街道"])
    assert ("issued_unit_missing", "") in compared(sent)


def test_a_rename_by_the_book_asks_nothing_about_the_unit(sent):
    sent.set_units(
        [
            *renamed("市财政局", "市财政局", valid_to="2026-11"),
            {"name": "市财金局", "kind": "部门", "valid_from": "2026-12", "predecessors": "市财政局"},
        ]
    )
    sent.set_duties([{**d, "owners": d["owners"].replace("市财政局", "市财政局、市财金局")} for d in DUTIES])
    assert compared(sent) == []


@pytest.mark.parametrize("cadence", ["每季度", "实时更新"])
def test_a_changed_cadence_is_a_question_about_the_month(sent, cadence):
    sent.set_duties(with_duty("D02", cadence=cadence))
    assert [code for code, _ in compared(sent)] == ["issued_cadence_changed"]
    assert [cell for _, cell in compared(sent)] == ["I3"]
    assert f"是“每月”报送，表中现为“{cadence}”" in sentence(sent)
