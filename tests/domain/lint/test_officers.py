"""栏目报送员: who is named for which duty, and what ``zwgk check`` says of the sheet."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from tests.domain.lint.test_lint import DUTY_COLUMNS, SOUND_DUTY, UNIT_COLUMNS, UNITS, WORDS, rows
from zwgk_excel.domain.duties import DutyOfficer, UnitKind
from zwgk_excel.domain.lint.interpret import lint_tables
from zwgk_excel.domain.lint.tables import LintLabels, ReferenceTables
from zwgk_excel.domain.problem_catalogue import Severity

COLUMNS = ("name", "duty", "officers", "phones", "mails", "remark")
DUTIES = (
    {"id": "D02"},
    {"id": "D18", "column_text": "重大项目建设", "owners": "市发改委", "content": "项目清单"},
    {"id": "D24", "column_text": "基层信息公开", "owners": "各部门、各乡镇(街道)", "content": "标准目录"},
    {"id": "D27", "column_text": "招考录用、就业创业", "owners": "市民政局", "content": "职位、名额"},
    {"id": "D36", "column_text": "重大项目建设", "owners": "有规划的部门", "content": "审批、核准"},
    {"id": "D40", "column_text": "住房保障", "owners": "市民政局", "content": "房源"},
    {"id": "D41", "column_text": "住房保障", "owners": "市财政局", "content": "贷款"},
)
GOOD = {"name": "市财政局", "duty": "D02", "officers": "报送员甲", "phones": "8712345", "mails": "jia@example.gov.cn"}


def check(*officers: Mapping[str, str], duties: tuple[Mapping[str, str], ...] = DUTIES) -> ReferenceTables:
    """The tables with these rows of officers, the first in row 4."""
    words = {field: getattr(WORDS, field) for field in WORDS.__dataclass_fields__}
    return lint_tables(
        rows(DUTY_COLUMNS, [{**SOUND_DUTY, **each} for each in duties], "责任表"),
        rows(UNIT_COLUMNS, UNITS, "通讯录"),
        kind_groups={"各部门": UnitKind.DEPARTMENT, "各乡镇(街道)": UnitKind.TOWNSHIP},
        office_groups=["有规划的部门"],
        labels=LintLabels(**words | {"officer_headings": {key: f"列{key}" for key in COLUMNS}}),
        officer_rows=rows(COLUMNS, [{**GOOD, **each} for each in officers], "报送员"),
    )


def found(tables: ReferenceTables) -> list[tuple[str, str]]:
    return [(each.code, each.place.cell) for each in tables.problems if each.place.file == "报送员"]


def duties_of(tables: ReferenceTables) -> list[tuple[str, str]]:
    return [(each.unit, each.duty) for each in tables.roster.duty_officers]


def test_an_officer_of_a_duty() -> None:
    tables = check({})
    assert found(tables) == []
    assert tables.roster.duty_officers == (
        DutyOfficer("市财政局", "D02", ("报送员甲",), ("8712345",), ("jia@example.gov.cn",)),
    )


@pytest.mark.parametrize(
    ("name", "typed", "duties"),
    [
        ("市财政局", "d02", ["D02"]),
        ("市财政局", "D2", ["D02"]),
        ("市财政局", "Ｄ０２　政府采购", ["D02"]),
        ("市财政局", "政府采购", ["D02"]),
        ("市财政局", "D02、D24", ["D02", "D24"]),
        ("市民政局", "招考录用、就业创业", ["D27"]),  # a column's own name with a mark in it
        ("市民政局", "D27 招考录用、就业创业", ["D27"]),
        ("市发改局", "重大项目建设", ["D18", "D36"]),  # an alias; it reports both of the same name
        ("市民政局", "住房保障", ["D40"]),  # only the one that it reports
        ("金牛镇", "基层信息公开", ["D24"]),
    ],
)
def test_what_can_be_typed_for_a_duty(name: str, typed: str, duties: list[str]) -> None:
    tables = check({"name": name, "duty": typed})
    assert found(tables) == []
    assert [each.duty for each in tables.roster.duty_officers] == duties


@pytest.mark.parametrize(
    ("cells", "code", "cell", "kept"),
    [
        ({"name": "市水利局"}, "officer_unit_unknown", "A4", []),
        ({"name": ""}, "officer_unit_unknown", "A4", []),
        ({"name": "各部门"}, "officer_unit_unknown", "A4", []),
        ({"duty": "D99"}, "officer_duty_unknown", "B4", []),
        ({"duty": "D02 教育"}, "officer_duty_unknown", "B4", []),
        ({"duty": ""}, "officer_duty_unknown", "B4", []),
        ({"duty": "D02、养老"}, "officer_duty_unknown", "B4", [("市财政局", "D02")]),
        ({"duty": "D27"}, "officer_duty_foreign", "B4", [("市财政局", "D27")]),
        ({"officers": ""}, "officer_missing", "C4", [("市财政局", "D02")]),
        ({"mails": "jia@"}, "officer_mail_form", "E4", [("市财政局", "D02")]),
    ],
)
def test_what_is_wrong_is_told_with_its_cell(
    cells: dict[str, str], code: str, cell: str, kept: list[tuple[str, str]]
) -> None:
    tables = check(cells)
    assert found(tables) == [(code, cell)]
    assert duties_of(tables) == kept
    assert {each.severity for each in tables.problems} == {Severity.WARNING}, "the month goes on without it"


def test_a_duty_named_twice_has_both() -> None:
    tables = check({}, {"officers": "报送员乙"}, {"name": "市民政局", "duty": "D24"})
    assert found(tables) == [("officer_repeated", "B5")]
    assert duties_of(tables) == [("市财政局", "D02"), ("市财政局", "D02"), ("市民政局", "D24")]


def test_a_duty_with_an_error_of_its_own_is_not_unknown_too() -> None:
    assert found(check({"duty": "D03"}, duties=(*DUTIES, {"id": "D03", "cadence": "每周"}))) == []
