from datetime import date, datetime

import openpyxl
import pytest

from tests.workflow.desk import CYCLE, item, nil
from zwgk_excel.domain.decisions import DecisionKind
from zwgk_excel.layout.columns import layout
from zwgk_excel.workflow.assessment.closing import close
from zwgk_excel.workflow.consolidation.consolidating import consolidate
from zwgk_excel.workflow.decisions.extend_and_waive import extend, waive
from zwgk_excel.workflow.errors import UserError
from zwgk_excel.workflow.intake.receiving import receive
from zwgk_excel.workflow.issuing.generation import generate
from zwgk_excel.workflow.tracking.statuses import cycle_status

pytestmark = pytest.mark.slow

TRACKING = layout("tracker")["tracking"]
PURCHASES = "D02/市财政局/2026-11"


@pytest.fixture(autouse=True)
def _end_of_november(sent):
    sent.now = datetime(2026, 12, 3, 9)


def run(desk, as_of=date(2026, 12, 3)):
    with desk.open() as office:
        return consolidate(office, as_of=as_of, who="科员")


def rows_of(desk):
    """The tracking sheet as it lies on the disk: key → (row number, heading → value)."""
    sheet = openpyxl.load_workbook(desk.root / "总台账.xlsx", data_only=True)[TRACKING.name]
    found, headings = {}, None
    for number, row in enumerate(sheet.iter_rows(values_only=True), 1):
        if headings is None:
            headings = row if TRACKING.heading("unit") in row and TRACKING.heading("outcome") in row else None
            continue
        cells = dict(zip(headings, row, strict=True))
        if cells[TRACKING.heading("unit")]:
            key = "/".join(str(cells[TRACKING.heading(name)]) for name in ("duty", "unit", "reference"))
            found[key] = number, cells
    return found


def type_in(desk, key, **typed):
    """The office types into its own columns and saves."""
    path = desk.root / "总台账.xlsx"
    number = rows_of(desk)[key][0]
    book = openpyxl.load_workbook(path)
    sheet = book[TRACKING.name]
    header = next(row for row in sheet.iter_rows() if any(cell.value == TRACKING.heading("outcome") for cell in row))
    columns = {cell.value: cell.column for cell in header}
    for name, value in typed.items():
        sheet.cell(number, columns[TRACKING.heading(name)]).value = value
    book.save(path)


def cell(desk, key, name):
    return rows_of(desk)[key][1][TRACKING.heading(name)]


def decisions(desk):
    with desk.open() as office:
        return [(d.obligation, d.kind, d.value, d.who) for d in office.ledger.decisions()]


def test_new_files_are_taken_in_and_shown(sent):
    path = sent.reply("市财政局", "回复.xlsx", answers={("D04", "2026-11"): nil()}, items=[item("D02 政府采购")])
    (sent.root / "收件箱" / "回复.xlsx").write_bytes(path.read_bytes())
    done = run(sent)
    assert [receipt.unit for receipt in done.taken] == ["市财政局"]
    assert cell(sent, PURCHASES, "outcome") == "已报"
    assert cell(sent, "D01/市政府办/2026-11", "timeliness") == "逾期"


def test_a_second_run_with_nothing_new_changes_no_byte(sent):
    run(sent)
    before = (sent.root / "总台账.xlsx").read_bytes()
    assert not run(sent).written
    assert (sent.root / "总台账.xlsx").read_bytes() == before


def test_what_the_office_types_becomes_a_decision_with_who_and_when(sent):
    run(sent)
    type_in(sent, PURCHASES, extended_to=date(2026, 12, 10), opinion="等待批复")
    type_in(sent, "D01/市政府办/2026-11", waived="是")
    done = run(sent)
    assert sorted(decisions(sent)) == sorted(
        [
            (PURCHASES, DecisionKind.EXTENSION, "2026-12-10", "科员"),
            (PURCHASES, DecisionKind.OPINION, "等待批复", "科员"),
            ("D01/市政府办/2026-11", DecisionKind.WAIVER, "yes", "科员"),
        ]
    )
    assert len(done.decisions) == 3
    assert cell(sent, PURCHASES, "timeliness") == "未到期"
    assert cell(sent, PURCHASES, "opinion") == "等待批复"
    assert cell(sent, "D01/市政府办/2026-11", "outcome") == "免报"
    assert run(sent).decisions == ()


def test_clearing_a_cell_takes_the_decision_back(sent):
    run(sent)
    type_in(sent, PURCHASES, extended_to=date(2026, 12, 10))
    run(sent)
    type_in(sent, PURCHASES, extended_to=None)
    run(sent)
    assert cell(sent, PURCHASES, "timeliness") == "逾期"


def test_a_decision_by_command_is_not_undone_by_the_old_sheet(sent):
    run(sent)
    with sent.open() as office:
        extend(office, CYCLE, "市财政局", ["D02"], date(2026, 12, 20), who="科长", reason="")
        waive(office, CYCLE, "市政府办", ["D01"], cancel=False, who="科长", reason="")
    assert run(sent).decisions == ()
    assert cell(sent, PURCHASES, "extended_to").date() == date(2026, 12, 20)
    assert cell(sent, "D01/市政府办/2026-11", "waived") == "是"


def test_a_date_that_is_none_is_told_and_decides_nothing(sent):
    run(sent)
    type_in(sent, PURCHASES, extended_to=date(2026, 12, 10))
    run(sent)
    type_in(sent, PURCHASES, extended_to="下个月吧")
    done = run(sent)
    assert [(p.code, p.place.sheet) for p in done.problems] == [("office_cell_form", TRACKING.name)]
    assert "下个月吧" in done.problems[0].found
    assert cell(sent, PURCHASES, "extended_to") == "下个月吧"
    assert cell(sent, PURCHASES, "timeliness") == "未到期"


def test_sheets_and_columns_the_office_added_stay(sent):
    run(sent)
    path = sent.root / "总台账.xlsx"
    book = openpyxl.load_workbook(path)
    book.create_sheet("我的笔记")["B2"] = "别删"
    book.save(path)
    run(sent)
    run(sent)
    assert openpyxl.load_workbook(path)["我的笔记"]["B2"].value == "别删"


@pytest.mark.parametrize("owner", ["~$总台账.xlsx", ".~lock.总台账.xlsx#"])
def test_an_open_tracker_is_refused_before_anything_happens(sent, owner):
    run(sent)
    path = sent.reply("市财政局", "回复.xlsx", items=[item("D02 政府采购")])
    (sent.root / "收件箱" / "回复.xlsx").write_bytes(path.read_bytes())
    (sent.root / owner).write_bytes(b"owner")
    before = (sent.root / "总台账.xlsx").read_bytes()
    with pytest.raises(UserError, match="关闭后再汇总"):
        run(sent)
    assert (sent.root / "总台账.xlsx").read_bytes() == before
    (sent.root / owner).unlink()
    assert len(run(sent).taken) == 1


def test_a_damaged_tracker_is_not_overwritten(sent):
    run(sent)
    path = sent.root / "总台账.xlsx"
    path.write_bytes(path.read_bytes()[:2000])
    with pytest.raises(UserError, match=r"总台账\.xlsx"):
        run(sent)
    assert path.stat().st_size == 2000


def test_a_closed_cycle_keeps_its_figures_and_shows_what_changed(sent):
    with sent.open() as office:
        close(office, CYCLE, as_of=date(2026, 12, 1), who="科长")
    run(sent)
    assert cell(sent, PURCHASES, "days_late") == 1
    with sent.open() as office:
        generate(office, CYCLE + 1, as_of=sent.now.date())
    late = sent.reply("市财政局", "补报.xlsx", items=[item("D02 政府采购（2026-11）")], cycle=CYCLE + 1)
    with sent.on(datetime(2026, 12, 3, 8)) as office:
        receive(office, [late], received_at=datetime(2026, 12, 3, 8))
    run(sent)
    assert (cell(sent, PURCHASES, "outcome"), cell(sent, PURCHASES, "days_late")) == ("未报", 1)
    assert cell(sent, PURCHASES, "correction") == "结账后为已报，迟报，2026-12-03 收件"
    with sent.open() as office:
        rows = cycle_status(office, CYCLE, date(2026, 12, 31)).rows
    assert {row.status.timeliness for row in rows if row.status.obligation.key == PURCHASES} == {"overdue"}


def test_closing_has_its_rules(sent):
    def closing(cycle, as_of):
        with sent.open() as office:
            close(office, cycle, as_of=as_of, who="科长")

    with pytest.raises(UserError, match="尚未结束"):
        closing(CYCLE, date(2026, 11, 29))
    with pytest.raises(UserError, match="还没有生成"):
        closing(CYCLE + 1, date(2027, 1, 5))
    closing(CYCLE, date(2026, 12, 1))
    with pytest.raises(UserError, match="不能重复结账"):
        closing(CYCLE, date(2026, 12, 2))
    with sent.open() as office, pytest.raises(UserError, match="已结账"):
        generate(office, CYCLE, as_of=sent.now.date())


def test_the_offices_severities_reach_what_is_found_across_returns_and_in_the_tracker(sent):
    with (sent.root / "zwgk.toml").open("a", encoding="utf-8") as settings:
        settings.write('\n[severities]\nitems_vanished = "error"\noffice_cell_form = "warning"\n')
    run(sent)
    type_in(sent, PURCHASES, extended_to="下个月吧")
    for day, count in ((20, 2), (21, 1)):
        items = [item("D02 政府采购", number) for number in range(count)]
        reply = sent.reply("市财政局", f"{day}.xlsx", items=items)
        with sent.on(datetime(2026, 11, day, 9)) as office:
            receive(office, [reply], received_at=datetime(2026, 11, day, 9))
    done = run(sent)
    weights = {each.code: each.severity for each in (*done.problems, *done.statuses.problems)}
    assert weights["office_cell_form"] == "warning"
    assert weights["items_vanished"] == "error"
