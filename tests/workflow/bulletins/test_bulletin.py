"""The bulletin out of a workspace: whose figures, which day, and what it never overwrites."""

from __future__ import annotations

import io
from datetime import date, datetime, time

import docx
import pytest

from tests.tools import require
from tests.workflow.desk import CYCLE, item, nil
from zwgk_excel.domain.periods import Month, Period
from zwgk_excel.workbooks.bulletin.pdf import PdfError
from zwgk_excel.workflow.assessment.closing import close
from zwgk_excel.workflow.bulletins import bulletin
from zwgk_excel.workflow.bulletins.bulletin import export_template, publish
from zwgk_excel.workflow.bulletins.unit_sheets import write_unit_sheets
from zwgk_excel.workflow.decisions.extend_and_waive import extend
from zwgk_excel.workflow.errors import UserError
from zwgk_excel.workflow.intake.receiving import receive
from zwgk_excel.workflow.issuing.generation import generate

NOVEMBER, DAY = Period.month(CYCLE), date(2026, 12, 3)


@pytest.fixture
def reported(sent):
    """市财政局 reported in time; the others have not."""
    good = sent.reply("市财政局", "好.xlsx", answers={("D04", "2026-11"): nil()}, items=[item("D02 政府采购")])
    take(sent, good, datetime(2026, 11, 20, 9))
    return sent


def take(desk, path, at):
    with desk.on(at) as office:
        receive(office, [path], received_at=at)


def published(desk, period=NOVEMBER, as_of=DAY):
    with desk.on(datetime.combine(as_of, time(9))) as office:
        return publish(office, period, as_of=as_of)


def test_nothing_is_published_of_a_day_to_come(reported):
    with reported.on(datetime(2026, 12, 3, 9)) as office:
        for write, period in ((publish, NOVEMBER), (write_unit_sheets, Period.year(2026))):
            with pytest.raises(UserError, match="2026-12-04 还没有到（今天 2026-12-03）"):
                write(office, period, as_of=date(2026, 12, 4))


def text_of(path):
    document = docx.Document(path)
    cells = (cell.text for table in document.tables for row in table.rows for cell in row.cells)
    return "\n".join([*(paragraph.text for paragraph in document.paragraphs), *cells])


def test_a_month_is_written_once(reported):
    first = published(reported)
    assert first.path == reported.root / "通报/2026-11/2026年11月政务公开信息报送情况通报.docx"
    assert (first.written, first.kept, first.bulletin.closed) == (True, (), False)
    said = text_of(first.path)
    assert "数据截至2026年12月3日" in said
    assert "市政府办（1项）、市人社局（1项）" in said
    before = first.path.read_bytes()
    again = published(reported)
    assert (again.path, again.written) == (first.path, False)
    assert again.path.read_bytes() == before


def test_nothing_of_a_person_or_of_an_item_gets_in(reported):
    said = text_of(published(reported).path)
    for kept_out in ("报送员", "甲", "信息1", "http", "本期无应公开信息"):
        assert kept_out not in said


ENDLESS = "{% for 甲 in range(99999) %}{% for 乙 in range(99999) %}{% endfor %}{% endfor %}"


@pytest.mark.parametrize("text", [ENDLESS, "{{ 'x' * 9999999999 }}", "{{ '%9999999999d' % 1 }}"])
def test_a_template_without_end_is_one_sentence_and_writes_nothing(reported, monkeypatch, text):
    document = docx.Document()
    document.add_paragraph(text)
    with reported.open() as office:
        path, _ = export_template(office)
    document.save(str(path))
    with monkeypatch.context() as hurried:
        hurried.setattr(bulletin, "SECONDS", 4.0)
        with pytest.raises(UserError, match="超过 4 秒，或占用内存过多"):
            published(reported)
    assert not list((reported.root / "通报").rglob("*.docx"))
    path.unlink()
    assert published(reported).written


def test_a_bulletin_worked_on_by_hand_stays_and_the_new_one_gets_a_number(reported):
    first = published(reported).path
    document = docx.Document(first)
    document.paragraphs[1].text = "政公办〔2026〕7号"
    document.save(first)
    edited = first.read_bytes()
    second = published(reported)
    assert second.path.name == "2026年11月政务公开信息报送情况通报（2）.docx"
    assert second.kept == (first,)
    assert first.read_bytes() == edited
    third = published(reported, as_of=date(2026, 12, 4))  # our own second one is written anew
    assert (third.path, third.written) == (second.path, True)


def test_a_closed_month_keeps_its_figures_and_its_day(reported):
    reported.now = datetime(2026, 12, 3, 9)
    with reported.open() as office:
        close(office, CYCLE, as_of=date(2026, 12, 2), who="办公室")
    before = published(reported)
    assert before.bulletin.closed
    assert before.bulletin.view.as_of == date(2026, 12, 2)
    late = reported.reply("市人社局", "迟.xlsx", items=[item("D04 稳岗就业", type="政策解读")])
    take(reported, late, datetime(2026, 12, 3, 9))
    after = published(reported, as_of=date(2026, 12, 20))
    assert (after.path, after.written) == (before.path, False)


def test_a_year_takes_in_its_months_and_is_open_until_the_last_is_closed(reported):
    reported.now = datetime(2026, 12, 3, 9)
    with reported.open() as office:
        generate(office, Month(2026, 12), as_of=date(2026, 12, 1))
        close(office, CYCLE, as_of=date(2026, 12, 2), who="办公室")
    found = published(reported, Period.year(2026)).bulletin
    assert not found.closed
    assert {row.status.obligation.cycle for row in found.view.rows} == {Month(2026, 11), Month(2026, 12)}


def test_a_period_that_was_never_sent_out(reported):
    with pytest.raises(UserError, match=r"2026年10月.*zwgk generate"):
        published(reported, Period.month(Month(2026, 10)))
    assert not (reported.root / "通报").exists()


def test_the_office_restyles_a_template_of_its_own(reported):
    with reported.open() as office:
        path, new = export_template(office)
        assert (path.name, new) == ("通报.docx", True)
        own = docx.Document()
        own.add_paragraph("本局格式：{{ 期间 }}应报{{ 应报 }}项")
        own.save(str(path))
        assert export_template(office) == (path, False)
    assert text_of(published(reported).path) == "本局格式：2026年11月应报4项"


def test_a_broken_template_is_told_and_nothing_is_written(reported):
    stream = io.BytesIO()
    broken = docx.Document()
    broken.add_paragraph("{{ 应暴 }}")
    broken.save(stream)
    (reported.root / "模板").mkdir()
    (reported.root / "模板/通报.docx").write_bytes(stream.getvalue())
    with pytest.raises(UserError, match=r"通报\.docx.*“应暴”"):
        published(reported)
    assert not (reported.root / "通报").exists()


def unit_sheets(desk, **options):
    with desk.on(datetime.combine(DAY, time(9))) as office:
        return write_unit_sheets(office, Period.year(2026), as_of=DAY, **options)


def test_sheets_of_units_with_pdf_are_made_once(reported):
    require("soffice")
    first = unit_sheets(reported, units=["市财政局", "市人社局"])
    assert first.no_pdf == ""
    assert [sheet.path.name for sheet in first.sheets] == [
        "市财政局_2026年度政务公开信息报送情况.xlsx",
        "市人社局_2026年度政务公开信息报送情况.xlsx",
    ]
    assert all(sheet.pdf and sheet.pdf.read_bytes().startswith(b"%PDF") for sheet in first.sheets)
    made = [sheet.pdf.stat().st_mtime_ns for sheet in first.sheets]
    again = unit_sheets(reported, units=["市财政局", "市人社局"])
    assert not any(sheet.written for sheet in again.sheets)
    assert [sheet.pdf.stat().st_mtime_ns for sheet in again.sheets] == made


def test_a_conversion_that_fails_leaves_no_old_pdf_behind(reported, monkeypatch):
    def fail(soffice, files):
        raise PdfError("LibreOffice 在 1 秒内没有完成")

    monkeypatch.setattr("zwgk_excel.workflow.bulletins.unit_sheets.find_soffice", lambda: "soffice")
    monkeypatch.setattr(
        "zwgk_excel.workflow.bulletins.unit_sheets.to_pdf", lambda soffice, files: dict.fromkeys(files, b"%PDF")
    )
    (before,) = unit_sheets(reported, units=["市财政局"]).sheets
    assert before.pdf
    monkeypatch.setattr("zwgk_excel.workflow.bulletins.unit_sheets.to_pdf", fail)
    with reported.on(datetime(2026, 12, 9, 9)) as office:
        later = write_unit_sheets(office, Period.year(2026), units=["市财政局"], as_of=date(2026, 12, 9))
    assert (later.pdf_failed, later.sheets[0].pdf, later.sheets[0].written) == (True, None, True)
    assert not before.pdf.exists()


def test_a_task_listed_early_of_a_month_never_issued_is_in_no_figure(desk):
    desk.set_duties([{"id": "D02", "column": "政府采购", "owners": "市财政局"},
                     {"id": "D20", "column": "年度报告", "owners": "市政府办", "cadence": "每年"}])  # fmt: skip
    january = Month(2027, 1)
    with desk.on(datetime(2027, 1, 4, 9)) as office:
        generate(office, january, as_of=date(2027, 1, 4))
    found = published(desk, Period.quarter(january), date(2027, 3, 20))
    assert {row.status.obligation.duty.id for row in found.bulletin.view.rows} == {"D02"}, "D20 is February's"
    said = text_of(found.path)
    assert "2027年2月、2027年3月未下发报送表，不计入统计" in said
    assert "宽限期内。" not in said


def test_a_month_with_an_extended_task_says_that_it_is_not_done(reported):
    with reported.on(datetime(2026, 12, 1, 9)) as office:
        extend(office, CYCLE, "市人社局", (), date(2026, 12, 8), who="王敏", reason="系统迁移")
    assert "2026年11月尚有任务未到最迟时限" in text_of(published(reported).path)
    assert "尚有任务未到最迟时限" not in text_of(published(reported, as_of=date(2026, 12, 9)).path)
