"""The bulletin as a document: its words, its tables, its template, and what cannot get into it."""

from __future__ import annotations

import io
import re
import subprocess
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal

import docx
import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from docs import make_bulletin
from tests.domain.make import duty, obligation, unit
from tests.examples import examples
from tests.ooxml import validate_all
from tests.tools import require
from tests.workbooks.sheets import book
from tests.workbooks.tracker_sample import realistic
from zwgk_excel.domain.counts import Incomplete
from zwgk_excel.domain.decisions import ActiveDecisions
from zwgk_excel.domain.duties import UnitKind
from zwgk_excel.domain.periods import Month, Period
from zwgk_excel.domain.problem_catalogue import CATALOGUE, Severity
from zwgk_excel.domain.problems import CellRef, problem
from zwgk_excel.domain.scoring import Assessment, Correction, Score, ScoreLine, ranked
from zwgk_excel.domain.tracking import ObligationStatus, Outcome, Timeliness, TrackerRow
from zwgk_excel.workbooks.bulletin.content import Bulletin, incomplete_words, tags_of
from zwgk_excel.workbooks.bulletin.document import bulletin_document, values_of
from zwgk_excel.workbooks.bulletin.pdf import to_pdf
from zwgk_excel.workbooks.bulletin.words import format_period, format_rate, problem_kind
from zwgk_excel.workbooks.bulletin.words import settings as bulletin_toml
from zwgk_excel.workbooks.ooxml.edit_fingerprint import is_unedited
from zwgk_excel.workbooks.ooxml.package import OoxmlPackage, parse
from zwgk_excel.workbooks.opening.rejected import RejectedFileError
from zwgk_excel.workbooks.tracker.rows.view import TrackerView

NOVEMBER, DAY = Month(2026, 11), date(2026, 12, 3)
SHIPPED = make_bulletin.TEMPLATE.read_bytes()


def row(unit_, outcome=Outcome.REPORTED, timeliness=Timeliness.ON_TIME, *, column="政府采购", late=0, on=None, **dates):
    owed = obligation(duty(column=column), unit_, **dates)
    at = on and datetime(2026, on[0], on[1], 9)
    return TrackerRow(ObligationStatus(owed, outcome, timeliness, at, days_late=late))


ON_TIME = row("市财政局", on=(11, 20))
NIL = row("市教育局", Outcome.NIL, on=(11, 21))
LATE = row("市民政局", timeliness=Timeliness.LATE, late=2, on=(12, 2))
OVERDUE = row("金湖街道", Outcome.MISSING, Timeliness.OVERDUE, late=3)
UNITS = tuple(
    unit(name, UnitKind.TOWNSHIP if name.endswith("街道") else UnitKind.DEPARTMENT)
    for name in ("市财政局", "市教育局", "市民政局", "金湖街道")
)


def bulletin(*rows, units=UNITS, period=None, closed=False, problems=(), assessment=None, office="某市政务公开办"):
    view = TrackerView(office, DAY, False, 5, rows, units, (), (), (), item_count=0)
    return Bulletin(period or Period.month(NOVEMBER), closed, view, rows, tuple(problems), assessment)


def written(found, template=SHIPPED):
    """The document's paragraphs and tables, as text."""
    document = docx.Document(io.BytesIO(bulletin_document(template, "通报.docx", values_of(found))))
    paragraphs = [each.text for each in document.paragraphs]
    tables = [[[cell.text for cell in line.cells] for line in table.rows] for table in document.tables]
    return paragraphs, tables


@pytest.mark.parametrize(
    ("months", "told"),
    [
        ([1], "2026年1月"),
        ([1, 2], "2026年1月、2026年2月"),
        ([1, 2, 3, 12], "2026年1月至2026年3月、2026年12月"),
    ],
)
def test_of_a_run_of_months_the_first_and_the_last_are_told(months, told):
    found = replace(bulletin(), incomplete=Incomplete(unissued=tuple(Month(2026, month) for month in months)))
    assert incomplete_words(found) == f"{told}未下发报送表，不计入统计"


def own_template(*paragraphs):
    """A template as an office might write one."""
    document = docx.Document()
    for each in paragraphs:
        document.add_paragraph(each)
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()


def test_a_month_in_words():
    paragraphs, (units, late, problems) = written(bulletin(ON_TIME, NIL, LATE, OVERDUE))
    said = "\n".join(paragraphs)
    assert "某市政务公开办\n关于2026年11月政务公开\n信息报送情况的通报" in said
    assert "数据截至2026年12月3日，该期尚未结账" in said
    assert "全市4个单位有规定时限的报送任务共4项。其中，已报2项，零报告1项" in said
    assert "未报1项，免报0项，报送率75%；按时报送2项，宽限期内报送0项，迟报1项，逾期未报1项，按时率50%" in said
    assert "部门3个，应报3项，报送率100%，按时率66.7%。" in said
    assert "乡镇（街道）1个，应报1项，报送率0%，按时率0%。" in said
    assert "全部按时报送的单位有2个：市财政局、市教育局。" in said
    assert "共有2个单位2项任务迟报或逾期未报：市民政局（1项）、金湖街道（1项）。" in said
    assert "报送件未发现需要改正的问题" in said
    assert "考核评分" not in said
    assert units[1] == ["市财政局", "1", "1", "", "", "", "", "1", "", "", "", "100%", ""]
    assert late[1:] == [
        ["1", "市民政局", "政府采购", "2026-11", "2026-11-30", "2026-12-02", "迟报2天"],
        ["2", "金湖街道", "政府采购", "2026-11", "2026-11-30", "—", "逾期3天未报"],
    ]
    assert problems[1] == ["（无）"] * 4


def test_nobody_late():
    paragraphs, (_, late, _) = written(bulletin(ON_TIME, NIL))
    assert any("没有单位迟报或逾期未报" in each for each in paragraphs)
    assert late[1] == ["（无）"] * 7


def test_a_closed_month_has_no_as_of_day_in_its_text():
    paragraphs, _ = written(bulletin(ON_TIME, closed=True))
    assert not any("数据截至" in each for each in paragraphs)
    assert paragraphs.count("2026年12月3日") == 1  # only below the signature


def test_what_is_not_due_waived_extended_returned_or_without_a_date():
    on_demand = row("市财政局", timeliness=Timeliness.ON_DEMAND, due=None, final=None)
    waived = TrackerRow(
        ObligationStatus(obligation(unit_="市教育局"), Outcome.WAIVED, None, decisions=ActiveDecisions(waived=True))
    )
    until = ActiveDecisions(extended_to=date(2026, 12, 1))
    returned = ObligationStatus(
        obligation(unit_="市民政局"), Outcome.RETURNED, Timeliness.OVERDUE, days_late=2, decisions=until
    )
    waiting = row("金湖街道", Outcome.MISSING, Timeliness.DUE_SOON)
    paragraphs, (units, late, _) = written(bulletin(on_demand, waived, TrackerRow(returned), waiting))
    said = "\n".join(paragraphs)
    assert "另有1项尚未到报送时限。实时更新类任务报送1项。" in said
    assert "免报1项，报送率0%" in said
    assert late[1] == ["1", "市民政局", "政府采购", "2026-11", "2026-12-01", "—", "退回待改，逾期2天"]
    assert ["市教育局", "1", "", "", "", "", "1", "", "", "", "", "—", ""] in units


def test_a_year_has_its_months():
    earlier = TrackerRow(
        ObligationStatus(obligation(unit_="市财政局", cycle=Month(2026, 3)), Outcome.REPORTED, Timeliness.GRACE)
    )
    paragraphs, (_, _, _, months) = written(bulletin(OVERDUE, earlier, period=Period.year(2026)))
    assert any("4．各月报送情况" in each for each in paragraphs)
    assert [line[0] for line in months[1:]] == ["2026年3月", "2026年11月"]
    assert [line[11] for line in months[1:]] == ["0%", "0%"]


def test_scores_by_kind_and_corrections_without_what_stood_in_the_cells():
    lost = ScoreLine("formal", Decimal("-2.5"), LATE.status.obligation.key, "甲.xlsx!L4：初审人是“张某某”")
    scores = ranked(
        [
            Score("市财政局", UnitKind.DEPARTMENT, Decimal(100), Decimal("100.0"), 0, "excellent"),
            Score("市民政局", UnitKind.DEPARTMENT, Decimal(100), Decimal("97.50"), 0, "good", (lost,)),
            Score("金湖街道", UnitKind.TOWNSHIP, Decimal(100), Decimal(50), 0, "fail", (lost, lost)),
        ]
    )
    told = "2026-10 市教育局：结账得分 95，按结账后的情况应为 97。原计：“张某某”的条目。"
    corrections = (Correction(Month(2026, 10), "市教育局", Decimal(95), Decimal(97), told),)
    month = Assessment(Period.month(NOVEMBER), DAY, scores, corrections=corrections, notes=("某局按部门计",))
    paragraphs, tables = written(bulletin(ON_TIME, LATE, assessment=month))
    said = "\n".join(paragraphs)
    assert "评分办法为样例，待确认" in said
    assert "部门得分靠前的是市财政局（100分），靠后的是市民政局（97.5分）。" in said
    assert "乡镇（街道）只有金湖街道参与排名，得50分。" in said
    assert "五、更正\n2026-10 市教育局：结账得分 95，按结账后的情况应为 97。" in said
    assert "4．考核评分排名" in said
    assert "注：某局按部门计。" in said
    assert tables[3][1:] == [
        ["部门", "1", "市财政局", "100", "优秀", ""],
        ["部门", "2", "市民政局", "97.5", "良好", "形式差错扣2.5分"],
        ["乡镇（街道）", "1", "金湖街道", "50", "不合格", "形式差错扣5分"],
    ]
    assert "张某某" not in said + str(tables)
    year = Assessment(Period.year(2026), DAY, (*scores[:1], replace(scores[1], lines=())), months=(month, month))
    _, tables = written(bulletin(ON_TIME, assessment=year, period=Period.year(2026)))
    assert tables[4][2] == ["部门", "2", "市民政局", "97.5", "良好", "形式差错扣5分"]


def test_units_of_equal_points_are_named_together_and_nobody_without_fault_as_last():
    points = {"甲": 103, "乙": 102, "丙": 102, "丁": 102, "戊": 100, "己": 100, "庚": 95, "辛": 90, "壬": 90, "癸": 80}
    scores = [Score(name, UnitKind.DEPARTMENT, Decimal(100), Decimal(n), 0, "good") for name, n in points.items()]
    paragraphs, _ = written(bulletin(ON_TIME, assessment=Assessment(Period.month(NOVEMBER), DAY, ranked(scores))))
    best, worst = "甲（103分）、乙（102分）、丙（102分）、丁（102分）", "癸（80分）、辛（90分）、壬（90分）"
    assert f"部门得分靠前的是{best}，靠后的是{worst}。" in paragraphs
    assert any("样例" in each for each in paragraphs)


def places(points: dict[str, int], *rows, kind=UnitKind.TOWNSHIP, unranked="", pending="") -> list[str]:
    """The paragraphs of a bulletin about units of a kind with these points."""
    scores = [Score(name, kind, Decimal(100), Decimal(n), 0, "good") for name, n in points.items()]
    scores += [Score(name, kind, Decimal(100), Decimal(100), None, "") for name in unranked]
    scores += [Score(name, kind, Decimal(100), Decimal(100), None, "", pending=True) for name in pending]
    month = Assessment(Period.month(NOVEMBER), DAY, ranked(scores))
    return written(bulletin(*(rows or [ON_TIME]), assessment=month))[0]


def test_a_tie_is_told_as_one_and_is_no_ranking():
    townships = dict.fromkeys("甲乙丙丁", 100)
    assert "4个乡镇（街道）均为100分。" in places(townships)
    said = "乡镇（街道）得分靠前的是4个单位（均为100分），靠后的是戊（95分）。"
    assert said in places(townships | {"戊": 95})


def test_who_owed_nothing_is_neither_first_nor_in_the_table_but_named_apart():
    said = places({"甲": 98, "乙": 97}, unranked="丙丁")
    assert "乡镇（街道）得分靠前的是甲（98分），靠后的是乙（97分）。" in said
    assert "没有应报任务、不参与排名的单位有丙、丁。" in said
    assert not any("不参与排名" in each or "暂未评定" in each for each in places({"甲": 98, "乙": 97}))


def test_who_cannot_be_judged_yet_is_named_apart():
    said = places({"甲": 98, "乙": 97}, pending="丙丁")
    assert "乡镇（街道）得分靠前的是甲（98分），靠后的是乙（97分）。" in said
    assert "尚未报送、最迟时限未到、暂未评定的单位有丙、丁。" in said
    assert not any("不参与排名" in each for each in said)


def test_whose_tasks_are_left_to_a_later_month_is_named_apart():
    scores = [Score("甲", UnitKind.TOWNSHIP, Decimal(100), Decimal(98), 0, "good")]
    scores.append(Score("乙", UnitKind.TOWNSHIP, Decimal(100), Decimal(100), None, "", deferred=True))
    month = Assessment(Period.month(NOVEMBER), DAY, ranked(scores))
    said = written(bulletin(ON_TIME, assessment=month))[0]
    assert "任务未到期、留待以后月份评定、本月暂不评定的单位有乙。" in said
    assert not any("没有应报任务" in each for each in said)


def test_where_nobody_is_ranked_the_bulletin_says_so_and_counts_its_sections_on():
    said = places({}, unranked="甲", pending="乙")
    at = said.index("2026年11月没有单位参与排名。")
    assert said[at - 1] == "三、考核评分"
    named = "没有应报任务、不参与排名的单位有甲。", "尚未报送、最迟时限未到、暂未评定的单位有乙。"
    assert (*said[at + 1 : at + 3],) == named
    assert "四、工作要求" in said
    assert not any("附件4" in each or "得分和名次" in each for each in said)


def test_who_sent_nothing_is_never_named_as_one_of_the_first():
    silent = row("甲", Outcome.MISSING, Timeliness.OVERDUE, late=3)
    said = places({"甲": 95, "乙": 90, "丙": 85, "丁": 80}, silent, row("乙", on=(11, 20)))
    assert "乡镇（街道）得分靠前的是乙（90分），靠后的是丁（80分）、丙（85分）。" in said


def test_who_may_lose_points_yet_is_not_named_as_one_of_the_first():
    points = {"甲": 98, "乙": 97, "丙": 97}
    scores = [
        Score(name, UnitKind.TOWNSHIP, Decimal(100), Decimal(n), 0, "good", may_fall=name == "甲")
        for name, n in points.items()
    ]
    month = Assessment(Period.month(NOVEMBER), DAY, ranked(scores))
    assert not any("靠前的是甲" in each for each in written(bulletin(ON_TIME, assessment=month))[0])


def test_nor_is_a_tie_of_those_who_sent_nothing_told_as_the_first():
    silent = [row(name, Outcome.MISSING, Timeliness.OVERDUE, late=3) for name in "甲乙丙丁"]
    points = dict.fromkeys("甲乙丙丁", 95)
    assert "乡镇（街道）得分靠后的是戊（94分）。" in places(points | {"戊": 94}, *silent, row("戊", on=(11, 20)))
    reported = [row(name, on=(11, 20)) for name in "戊己庚"]
    said = places(points | dict.fromkeys("戊己庚", 95) | {"辛": 90}, *silent, *reported)
    best = "、".join(f"{name}（95分）" for name in "戊己庚")
    assert f"乡镇（街道）得分靠前的是{best}，靠后的是辛（90分）。" in said


def test_problems_by_kind_without_what_stood_in_the_cells():
    place = CellRef("甲.xlsx", "信息明细", "L4")
    named = problem("item_reviewer_repeated", place, first="初审人", second="复审人", value="张某某")
    vanished = problem("items_vanished", place, title="一条信息", task="D02 政府采购")
    found = [("市财政局", named), ("市教育局", named), ("市财政局", vanished)]
    data = bulletin_document(SHIPPED, "通报.docx", values_of(bulletin(ON_TIME, problems=found)))
    _, (_, _, problems) = written(bulletin(ON_TIME, problems=found))
    assert problems[1:] == [
        ["1", "三审签发不规范", "2", "市财政局、市教育局"],
        ["2", "重新报送时漏列原已报信息", "1", "市财政局"],
    ]
    everything = b"".join(OoxmlPackage(data).parts.values()).decode("utf-8", "replace")
    assert "张某某" not in everything
    assert "一条信息" not in everything


def test_kinds_of_problems_name_codes_of_the_catalogue_once():
    codes = [code for kind in bulletin_toml()["problem_kinds"] for code in kind["codes"]]
    assert len(codes) == len(set(codes))
    assert set(codes) <= set(CATALOGUE)
    assert problem_kind("file_duplicate") == "其他"


FOR_THE_OFFICE = ("sender_", "mail_bounced", "mail_too_large", "mail_unread", "mail_parts_left", "clock_behind")
"""What of a unit's files and mails is the office's to settle, and no fault of what was reported."""


def test_every_fault_of_a_return_has_a_name_there():
    codes = list(CATALOGUE)
    returns = codes[codes.index("file_unreadable") : codes.index("nil_repeated")]
    faults = {code for code in returns if CATALOGUE[code].severity is not Severity.NOTE}
    others = {"file_locked", "file_withdrawn", "file_unfetched"}
    named = {code for kind in bulletin_toml()["problem_kinds"] for code in kind["codes"]}
    assert {code for code in faults - named - others if not code.startswith(FOR_THE_OFFICE)} == set()


# --- hostile text ------------------------------------------------------------------------------

HOSTILE = [
    "<w:p>局</w:p>&amp;&",
    "{{ 7*7 }}{% for x in y %}",
    "=HYPERLINK(1)",
    "a\x00\x07\x0c\x1f局",
    "第一行\n第二行\t尾",
    "\ud800局\ufffe",
    "长" * 400,
]


@pytest.mark.parametrize("name", HOSTILE)
def test_a_name_is_text_whatever_is_in_it(name):
    late = row(name, Outcome.MISSING, Timeliness.OVERDUE, column=name, late=3)
    found = bulletin(late, units=(unit(name),), office=name)
    shown = re.sub("[\x00-\x1f\ud800-\udfff\ufffe]+", lambda gap: " " if gap[0] in "\n\t" else "", name)
    paragraphs, (_, table, _) = written(found)
    assert table[1][1:3] == [shown, shown]
    assert any(f"{shown}（1项）" in each for each in paragraphs)


@settings(max_examples=examples(25))
@given(st.text(max_size=30))
def test_any_office_name_gives_a_document(name):
    parts = OoxmlPackage(bulletin_document(SHIPPED, "通报.docx", values_of(bulletin(ON_TIME, office=name)))).parts
    assert all(parse(parts[part]) is not None for part in parts if part.endswith(".xml"))


# --- the template ------------------------------------------------------------------------------


def test_the_shipped_template_is_what_its_script_makes():
    assert OoxmlPackage(SHIPPED).parts == OoxmlPackage(make_bulletin.template()).parts, f"run {make_bulletin.COMMAND}"


def test_every_tag_of_the_list_has_a_value():
    assert set(bulletin_toml()["tags"].values()) <= set(tags_of(bulletin(ON_TIME)))


def test_an_office_template_of_its_own():
    rows = ("{%p for 行 in 单位情况 %}", "{{ 行.单位 }}：{{ 行.按时率 }}", "{%p endfor %}")
    template = own_template("{{ 期间 }}", *rows)
    assert written(bulletin(ON_TIME, OVERDUE), template)[0] == ["2026年11月", "市财政局：100%", "金湖街道：0%"]


@pytest.mark.parametrize(
    ("template", "code", "named"),
    [
        (b"", "template_unreadable", ""),
        (b"not a document", "template_unreadable", ""),
        (own_template("{{ 应暴 }}"), "template_tag_unknown", "应暴"),
        (own_template("{%p for 行 in 单位情况 %}", "{{ 行.电话 }}", "{%p endfor %}"), "template_tag_unknown", "电话"),
        (own_template("{{ 应报 + }}"), "template_tag_wrong", "{{ 应报 + }}"),
        (own_template("{% if 应报 %}没有结尾"), "template_tag_wrong", "if"),
        (own_template("{{ 应报 + 报送率 }}"), "template_tag_wrong", "算式"),
        (own_template("{{ 应报 / 0 }}"), "template_tag_wrong", "算式"),
        (own_template("{{ ''.__class__.__mro__ }}"), "template_tag_wrong", "__class__"),
        (own_template("{{ 标题|不存在 }}"), "template_tag_wrong", "不存在"),
        (own_template("{% 循环 %}"), "template_tag_wrong", "循环"),
        (own_template("{% if 应报 %}", "{% for 行 in 单位情况 %}"), "template_tag_wrong", "for"),
    ],
)
def test_a_template_that_cannot_be_used_is_told_with_its_tag(template, code, named):
    with pytest.raises(RejectedFileError) as rejected:
        bulletin_document(template, "通报.docx", values_of(bulletin(ON_TIME)))
    assert rejected.value.problem.code == code
    assert named in rejected.value.problem.found
    assert not re.search("[a-z]{3,} [a-z]{3,}", rejected.value.problem.found)  # no English sentence
    assert rejected.value.problem.place.file == "通报.docx"


@pytest.mark.parametrize(
    "data", [SHIPPED[: len(SHIPPED) // 2], book({"表": [["{{ 应报 }}"]]})], ids=["half a file", "a workbook"]
)
def test_a_workbook_or_half_a_file_is_no_template(data):
    with pytest.raises(RejectedFileError) as rejected:
        bulletin_document(data, "通报.docx", values_of(bulletin(ON_TIME)))
    assert rejected.value.problem.code == "template_unreadable"


# --- bytes, chart, seal ------------------------------------------------------------------------


def test_the_same_figures_give_the_same_bytes_and_a_seal_that_any_change_breaks():
    first, second = (bulletin_document(SHIPPED, "通报.docx", values_of(bulletin(ON_TIME, LATE))) for _ in range(2))
    assert first == second
    assert is_unedited(first)
    edited = docx.Document(io.BytesIO(first))
    edited.add_paragraph("补一句")
    stream = io.BytesIO()
    edited.save(stream)
    assert not is_unedited(stream.getvalue())
    assert not is_unedited(SHIPPED)
    assert not is_unedited(b"")


def test_the_chart_and_the_sheet_behind_it_hold_the_rates_of_the_months():
    october = TrackerRow(ObligationStatus(obligation(cycle=Month(2026, 10)), Outcome.REPORTED, Timeliness.LATE))
    package = OoxmlPackage(bulletin_document(SHIPPED, "通报.docx", values_of(bulletin(october, ON_TIME, OVERDUE))))
    chart = parse(package.parts["word/charts/chart1.xml"])
    space = "{http://schemas.openxmlformats.org/drawingml/2006/chart}"
    shown = [[point.findtext(f"{space}v") for point in ser.iter(f"{space}pt")] for ser in chart.iter(f"{space}ser")]
    assert shown == [
        ["报送率", "2026年10月", "2026年11月", "1.0", "0.5"],
        ["按时率", "2026年10月", "2026年11月", "0.0", "0.5"],
    ]
    behind = openpyxl.load_workbook(io.BytesIO(package.parts["word/embeddings/chart1.xlsx"])).active
    assert list(behind.values) == [(None, "报送率", "按时率"), ("2026年10月", 1, 0), ("2026年11月", 0.5, 0.5)]


def test_a_template_without_the_chart_needs_none():
    parts = OoxmlPackage(bulletin_document(own_template("{{ 标题 }}"), "通报.docx", values_of(bulletin(ON_TIME)))).parts
    assert not any("chart" in part for part in parts)


@pytest.mark.parametrize(
    ("text", "words"),
    [("2026-11", "2026年11月"), ("2026Q1", "2026年第一季度"), ("2026Q4", "2026年第四季度"), ("2026", "2026年度")],
)
def test_periods_in_words(text, words):
    assert format_period(Period.parse(text)) == words


@pytest.mark.parametrize(
    ("rate", "words"), [(None, "—"), (0, "0%"), (1, "100%"), (2 / 3, "66.7%"), (0.9999, "99.9%"), (0.875, "87.5%")]
)
def test_rates_in_words(rate, words):
    assert format_rate(rate) == words


# --- in other programs -------------------------------------------------------------------------


def sixty_late():
    names = [f"第{number}号单位" for number in range(1, 61)]
    rows = [row(name, timeliness=Timeliness.LATE, late=2, on=(12, 2)) for name in names]
    return bulletin(*rows, units=tuple(unit(name) for name in names))


def pdf_text(data):
    pdftotext, soffice, _ = require("pdftotext", "soffice", "writer")
    pdf = to_pdf(soffice, {"通报.docx": data})["通报.docx"]
    done = subprocess.run([pdftotext, "-layout", "-", "-"], input=pdf, capture_output=True, check=True)
    return done.stdout.decode("utf-8").split("\f")


def test_pages_as_printed():
    view = realistic()
    period = Period.month(Month(2026, 11))
    rows = tuple(each for each in view.rows if each.status.obligation.cycle == period.first)
    found = bulletin(*rows, units=view.units)
    pages = pdf_text(bulletin_document(SHIPPED, "通报.docx", values_of(found)))
    said = re.sub(r"\s+", "", "".join(pages))
    tags = tags_of(found)
    for tag in ("应报", "已报", "零报告", "退回待改", "未报", "免报"):
        assert f"{tag}{tags[tag.removesuffix('待改')]}项" in said
    assert f"按时率{tags['按时率']}" in said
    assert [re.findall(r"—\s*(\d+)\s*—", page) for page in pages[:-1]] == [[str(n)] for n in range(1, len(pages))]


def test_a_long_table_repeats_its_head_and_keeps_its_rows():
    pages = pdf_text(bulletin_document(SHIPPED, "通报.docx", values_of(sixty_late())))
    listed = [page for page in pages if "迟报2天" in re.sub(r"\s", "", page)]
    assert len(listed) >= 2
    assert all("收件日期" in page for page in listed)
    assert len(re.findall("迟报 ?2 ?天", "".join(listed))) == 60


def test_the_document_is_sound(tmp_path):
    on_demand = row("市财政局", timeliness=Timeliness.ON_DEMAND, due=None, final=None)
    for name, found in {
        "month": bulletin(ON_TIME, NIL, LATE, OVERDUE, on_demand),
        "year": bulletin(OVERDUE, period=Period.year(2026), office=HOSTILE[0]),
        "empty": bulletin(),
    }.items():
        (tmp_path / f"{name}.docx").write_bytes(bulletin_document(SHIPPED, "通报.docx", values_of(found)))
    assert validate_all(tmp_path.glob("*.docx"), ["Microsoft365"]) == {}
    assert validate_all([tmp_path / "month.docx"], ["Office2010"]) == {}
