"""The tables compared with what was issued: the right question, at the cell."""

from __future__ import annotations

import pytest

from tests.workflow.desk import DUTIES, UNITS, with_duty
from zwgk_excel.domain.periods import Month
from zwgk_excel.workflow.issuing import generate, table_problems
from zwgk_excel.workflow.office.context import open_office
from zwgk_excel.workflow.responsibilities import carry_out, plan_reassignment


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
    assert "从 2026-12 起的，请把这一格写成“市人社局（2026-12起）、市财政局（至2026-11）”" in told
    assert "zwgk generate 2026-11 --amend" in told


@pytest.mark.parametrize(
    ("owners", "answer"),
    [
        ("市人社局", "市人社局（2026-12起）、市财政局（至2026-11）"),
        ("市财政局、市人社局", "市财政局、市人社局（2026-12起）"),
        ("各部门", "各部门（2026-12起）、市财政局（至2026-11）"),
        ("市人社局（2026-10起）、市财政局（至2026-09）", "市人社局（2026-12起）、市财政局（至2026-11）"),
    ],
)
def test_the_answer_as_it_is_told_ends_the_question(sent, owners, answer):
    sent.set_duties(with_duty("D02", owners=owners))
    if owners != "各部门":  # whose members are no names of the cell
        assert f"“{answer}”" in sentence(sent)
    sent.set_duties(with_duty("D02", owners=answer))
    assert compared(sent) == []


def test_a_month_that_is_issued_already_is_told_as_that(sent):
    sent.set_duties(with_duty("D02", owners="市人社局（2026-10起）、市财政局（至2026-09）"))
    told = sentence(sent)
    assert "写的是从 2026-10 起，而 2026-10 已经下发" in told
    assert "没有写从哪个月起" not in told
    assert "从 2026-12 起的，请把这一格写成“市人社局（2026-12起）、市财政局（至2026-11）”" in told
    assert "zwgk generate 2026-11 --amend" in told
    sent.set_units([*UNITS, {**UNITS[-1], "name": "新港街道", "valid_from": "2026-11"}])
    told = " ".join(all_sentences(sent))
    assert "“新港街道”不在已下发的 2026-11 中，写的是从 2026-11 起，而 2026-11 已经下发" in told


def test_a_unit_that_ends_before_the_last_issue_is_asked_about_in_the_roster_alone(sent):
    heir = {**UNITS[2], "predecessors": "市财政局"}
    for units in (renamed("市财政局", "市财政局", valid_to="2026-09"), [UNITS[0], UNITS[1], heir, UNITS[3]]):
        ended = [{**each, "valid_to": "2026-09"} if each["name"] == "市财政局" else each for each in units]
        sent.set_units(ended)
        assert compared(sent) == [("issued_unit_ended", "K3")]
        assert "请把停用月份改为 2026-11，已下发的不变" in sentence(sent)
        for told in all_sentences(sent):  # no month that a command would refuse
            assert "--from 2026-10" not in told
        sent.set_units([{**each, "valid_to": "2026-11"} if each["name"] == "市财政局" else each for each in units])
        assert compared(sent) == []


def test_the_suggested_command_is_accepted_and_ends_the_warning(sent):
    sent.set_units(renamed("市财政局", "市财政局", valid_to="2026-09"))
    (told,) = {each.partition("zwgk duty reassign")[2] for each in all_sentences(sent) if "只用到" in each} - {""}
    month = Month.parse(told.partition("--from ")[2][:7])
    with sent.open() as office:
        for duty in ("D02", "D04"):
            plan = plan_reassignment(office, duty, ["市人社局"], month)
            carry_out(office, plan, who="王芳", reason="划转")
        assert "owner_ended" not in {each.code for each in table_problems(office)}


def test_an_added_owner_is_named(sent):
    sent.set_duties(with_duty("D02", owners="市财政局、市人社局"))
    assert "由“（无）”报送，表中现为“市人社局”" in sentence(sent)


def test_a_deleted_duty_is_asked_about(sent):
    sent.set_duties([duty for duty in DUTIES if duty["id"] != "D02"])
    assert compared(sent) == [("issued_duty_missing", "A2")]
    assert "没有这一行（原在 D01 之后）" in sentence(sent)
    sent.set_duties(with_duty("D02", valid_to="2026-11"))
    assert compared(sent) == []


def test_a_duty_under_another_number_is_asked_about_where_it_is_now(sent):
    sent.set_duties([{**each, "id": "D42"} if each["id"] == "D02" else each for each in DUTIES])
    assert compared(sent) == [("issued_duty_moved", "A3")]
    assert "改了编号的，请改回 D02" in sentence(sent)
    moved = {**next(each for each in DUTIES if each["id"] == "D02"), "id": "D42", "valid_from": "2026-12"}
    sent.set_duties([*with_duty("D02", valid_to="2026-11"), moved])
    assert compared(sent) == []


def test_a_yearly_duty_is_compared_with_the_month_in_which_it_was_owed(desk):
    yearly = {"id": "D20", "column": "财政决算", "owners": "市财政局", "cadence": "每年"}
    desk.set_duties([*DUTIES, yearly])
    for number in (2, 3, 4):
        desk.now = desk.now.replace(year=2027, month=number)
        with desk.open() as office:
            generate(office, Month(2027, number), as_of=desk.now.date())
    desk.set_duties([*DUTIES, {**yearly, "owners": "市人社局"}])
    assert "在已下发的 2027-02 由“市财政局”报送" in sentence(desk)
    desk.set_duties([*DUTIES, {**yearly, "owners": "市人社局（2027-05起）、市财政局（至2027-04）"}])
    assert compared(desk) == []


def test_other_deadlines_are_told_once_for_a_cadence(sent):
    assert compared(sent) == []
    (sent.root / "zwgk.toml").write_text("[deadlines]\nmonthly = { due = { day = 20 } }\n", encoding="utf-8")
    with sent.open() as office:
        (found,) = (p for p in table_problems(office) if p.code.startswith("issued_"))
    assert (found.code, found.place.file, found.severity) == ("issued_deadline_changed", "zwgk.toml", "note")
    assert "“每月”的时限与下发时不同" in str(found)
    assert "2026-11-25 / 2026-11-30，按现在的 [deadlines] 和工作日历是 2026-11-20 / 2026-11-30" in str(found)


@pytest.mark.parametrize("due", ["次月5日", "次月底"])
def test_a_date_in_the_next_month_is_compared_with_that_of_the_same_task(sent, due):
    """The task of November is due in December then: it is no other task, and nobody has lost it."""
    sent.set_duties(with_duty("D02", due=due))
    assert compared(sent) == [("issued_due_changed", "P3")]
    after = {"次月5日": "2026-12-05 / 2026-12-05", "次月底": "2026-12-31 / 2026-12-31"}[due]
    assert f"下发 2026-11 时是 2026-11-25 / 2026-11-30，按现在的表是 {after}" in sentence(sent)


SHIFT = 'shift = "next_workday"\n'


def test_a_date_that_the_announced_calendar_moves_is_told_as_that(desk):
    """Issued while the holidays of 2027 were not announced; then 25 February is a day off."""
    (desk.root / "zwgk.toml").write_text(SHIFT, encoding="utf-8")
    with desk.open() as office:
        made = generate(office, Month(2027, 2), as_of=desk.now.date(), sure=True)
    assert made.provisional == (2027,)
    assert compared(desk) == []
    calendar = "[calendar]\noff = [2027-02-25]\nannounced = [2027]\n"
    (desk.root / "zwgk.toml").write_text(SHIFT + calendar, encoding="utf-8")
    assert {code for code, _ in compared(desk)} == {"issued_calendar_changed"}
    told = sentence(desk)
    assert "放假安排公布或改动以后" in told
    assert "下发 2027-02 时是 2027-02-25 / 2027-03-01，按现在的工作日历是 2027-02-26 / 2027-03-01" in told
    (desk.root / "zwgk.toml").write_text(f"{SHIFT}[deadlines]\nmonthly = {{ due = {{ day = 20 }} }}\n", "utf-8")
    assert {code for code, _ in compared(desk)} == {"issued_deadline_changed"}


def test_an_owner_that_changes_together_with_the_date_is_still_asked_about(sent):
    sent.set_duties(with_duty("D02", owners="市人社局", due="次月5日"))
    assert ("issued_owner_changed", "J3") in compared(sent)
    assert "在已下发的 2026-11 由“市财政局”报送，表中现为“市人社局”" in sentence(sent)


@pytest.mark.parametrize(("never", "told"), [("D99", ["D99"]), ("D02", []), ("D41", [])])
def test_a_duty_that_never_has_a_nil_report_and_does_not_exist_is_told(desk, never, told):
    settings = f'[nil_reports]\nnever = ["{never}", "D41"]\n'
    (desk.root / "zwgk.toml").write_text(settings, encoding="utf-8")
    with desk.open() as office:
        found = [p for p in table_problems(office) if p.code == "nil_never_unknown"]
    assert [p.found.split("“")[1].split("”")[0] for p in found] == told
    assert {p.place.file for p in found} <= {"zwgk.toml"}


def test_a_date_of_its_own_is_told_at_its_cell_and_counts_from_the_next_month(sent):
    sent.set_duties(with_duty("D02", due="每月10日", final="每月12日"))
    assert compared(sent) == [("issued_due_changed", "P3")]
    with sent.open() as office:
        november, december = (
            {o.duty.id: (o.due.day, o.final.day) for o in office.plan(Month(2026, month)) if o.due}
            for month in (11, 12)
        )
    assert (november["D02"], december["D02"]) == ((25, 30), (10, 12))
    assert december["D01"] == (25, 31)


def test_an_own_deadline_that_is_about_nobody_is_told(desk):
    (desk.root / "zwgk.toml").write_text(
        '[[own_deadlines]]\nduty = "D2"\ndue.months = 0\ndue.day = 20\n'
        '[[own_deadlines]]\ncadence = "monthly"\nunit = "市财正局"\ndue.months = 0\ndue.day = 20\n'
        '[[own_deadlines]]\nduty = "D24"\ndue.months = 0\ndue.day = 20\n'
        '[[own_deadlines]]\nduty = "D02"\ndue.months = 0\ndue.day = 20\n',
        encoding="utf-8",
    )
    with desk.open() as office:
        told = [p.found for p in table_problems(office) if p.code == "own_deadline_idle"]
    assert [each.partition("写的“")[2].partition("”")[0] for each in told] == ["D2", "市财正局", "D24"]


def test_an_own_deadline_of_a_unit_that_does_not_owe_the_duty_is_told(desk):
    entry = '[[own_deadlines]]\nduty = "{duty}"\nunit = "{unit}"\ndue.months = 0\ndue.day = 20\n'
    owners = [("D02", "市财政局"), ("D02", "金湖街道"), ("D01", "金湖街道")]
    (desk.root / "zwgk.toml").write_text("".join(entry.format(duty=d, unit=u) for d, u in owners), encoding="utf-8")
    with desk.open() as office:
        told = [p.found for p in table_problems(office) if p.code == "own_deadline_foreign"]
        assert not any("市本级" in each or "extra_subjects" in each for each in told)  # shipped, of a duty they lack
        owing = {(each.duty.id, each.unit) for each in office.plan(Month(2026, 11)) if each.mandatory}
    assert len(told) == sum(each not in owing for each in owners) > 0


def test_a_new_unit_is_asked_from_when(sent):
    new = {**UNITS[-1], "name": "新港街道"}
    sent.set_units([*UNITS, new])
    assert [code for code, _ in compared(sent)] == ["issued_unit_new"]
    sent.set_units([*UNITS, {**new, "valid_from": "2026-12"}])
    assert compared(sent) == []


def test_another_kind_is_told(sent):
    sent.set_units([{**each, "kind": "部门"} if each["name"] == "金湖街道" else each for each in UNITS])
    assert "issued_kind_changed" in {code for code, _ in compared(sent)}


def test_a_new_name_where_an_old_one_vanished(sent):
    sent.set_units(renamed("市财政局", "市财金局"))
    sent.set_duties([{**d, "owners": d["owners"].replace("市财政局", "市财金局")} for d in DUTIES])
    codes = dict(compared(sent))
    assert codes["issued_unit_renamed"] == "A3"
    assert "“市财政局”在已下发的 2026-11 中，通讯录里没有了；“市财金局”是新出现的" in " ".join(all_sentences(sent))


def all_sentences(desk) -> list[str]:
    with open_office(desk.root, now=lambda: desk.now, strict=False) as office:
        return [str(p) for p in table_problems(office)]


def test_a_name_typed_over_is_asked_about_though_the_duty_table_does_not_know_it(sent):
    sent.set_units(renamed("市人社局", "市人力资源和社会保障局"))
    question, *errors = (each for each in all_sentences(sent) if "邮箱" not in each)
    assert question.startswith("单位通讯录.xlsx!单位通讯录!A4：“市人社局”在已下发的 2026-11 中，通讯录里没有了")
    assert "是更名，还是新设" in question
    assert "zwgk unit rename 市人社局 市人力资源和社会保障局 --from 2026-12 --reason 理由" in question
    assert [each for each in errors if "J4" in each and "单位通讯录中没有“市人社局”" in each]
    sent.set_units(UNITS)
    assert compared(sent) == []


def test_a_name_that_a_shell_would_not_take_is_not_in_a_command(sent):
    sent.set_units(renamed("市人社局", "市人社局(新)"))
    assert "zwgk unit rename 市人社局 新名 --from 2026-12" in all_sentences(sent)[0]


def test_a_unit_that_vanished_without_another(sent):
    sent.set_units([unit for unit in UNITS if unit["name"] != "金湖街道"])
    above = next(number for number, unit in enumerate(UNITS, 1) if unit["name"] == "金湖街道")
    assert ("issued_unit_missing", f"A{above}") in compared(sent)


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


def test_an_empty_mailbox_is_told_until_it_is_filled_in(sent):
    def told() -> list[str]:
        with open_office(sent.root, now=lambda: sent.now) as office:
            return [str(each.place) for each in table_problems(office) if each.code == "mailbox_missing"]

    assert told() == ["zwgk.toml"]
    (sent.root / "zwgk.toml").write_text('[office]\nmailbox = "zwgk@example.gov.cn"\n', encoding="utf-8")
    assert told() == []
