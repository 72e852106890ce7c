"""``zwgk check``: every rule, its code and its cell."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pytest

from zwgk_excel.domain.companions import Companion
from zwgk_excel.domain.duties import Cadence, Duty, UnitKind
from zwgk_excel.domain.lint.cells import joint_cell_ref, parse_month
from zwgk_excel.domain.lint.duties import expected_cadence
from zwgk_excel.domain.lint.interpret import lint_tables
from zwgk_excel.domain.lint.tables import LintLabels, ReferenceTables, TableRow
from zwgk_excel.domain.periods import Month, MonthDay
from zwgk_excel.domain.problems import CellRef, Problem

DUTY_COLUMNS = (
    *("id", "column_text", "content", "owners_text", "requirement", "category", "column", "content_filled"),
    *("cadence", "owners", "advisory", "policy", "companions", "valid_from", "valid_to", "due", "final", "remark"),
)
UNIT_COLUMNS = (
    *("name", "kind", "aliases", "groups", "officers", "phones", "mails", "copies", "predecessors"),
    *("valid_from", "valid_to", "remark"),
)
WORDS = LintLabels(
    cadences={
        "monthly": "每月",
        "quarterly": "每季度",
        "yearly": "每年",
        "annual_report": "年度报告",
        "on_demand": "实时更新",
    },
    categories={"open_government": "政务信息公开", "consultation": "调查征集"},
    kinds={"department": "部门", "township": "乡镇（街道）"},
    yes_no={"yes": "是", "no": "否"},
    companions={
        "draft_note": "起草说明",
        "reading": "解读材料",
        "decision_note": "决策草案说明",
        "consultation": "意见征集情况",
    },
    duty_headings={key: f"列{key}" for key in DUTY_COLUMNS},
    roster_headings={key: f"列{key}" for key in UNIT_COLUMNS},
    shipped_companions={"D01": ("政策文件", "起草说明、解读材料")},
)
SOUND_DUTY = {
    "column_text": "政府采购",
    "content": "采购目录、标准及实施情况",
    "category": "政务信息公开",
    "cadence": "每月",
    "owners": "市财政局",
}
MAIL = {"mails": "a@example.gov.cn"}
UNITS: list[Mapping[str, str]] = [
    {"name": "市财政局", "kind": "部门", **MAIL},
    {"name": "市发改委", "kind": "部门", "aliases": "市发改局", "groups": "有规划的部门", **MAIL},
    {"name": "市民政局", "kind": "部门", **MAIL},
    {"name": "金牛镇", "kind": "乡镇（街道）", **MAIL},
]


def rows(columns: Sequence[str], cells: Sequence[Mapping[str, str]], file: str) -> list[TableRow]:
    """Rows of a sheet that starts in A4, as readers give them."""
    letters = {key: chr(ord("A") + position) for position, key in enumerate(columns)}
    return [
        TableRow(
            CellRef(file, "表", f"A{number}"),
            {key: each.get(key, "") for key in columns},
            {key: f"{letter}{number}" for key, letter in letters.items()},
        )
        for number, each in enumerate(cells, start=4)
    ]


def check(
    *duties: Mapping[str, str], units: Sequence[Mapping[str, str]] = UNITS, due_day: int | None = 25
) -> ReferenceTables:
    """The tables of these cells; a duty's missing cells are sound ones, ids run on from D01."""
    numbered = [{"id": f"D{number:02}", **SOUND_DUTY, **each} for number, each in enumerate(duties, start=1)]
    return lint_tables(
        rows(DUTY_COLUMNS, numbered, "责任表"),
        rows(UNIT_COLUMNS, units, "通讯录"),
        kind_groups={"各部门": UnitKind.DEPARTMENT, "各乡镇(街道)": UnitKind.TOWNSHIP},
        office_groups=["有规划的部门", "有惠农职能的部门"],
        labels=WORDS,
        due_day=due_day,
    )


def found(tables: ReferenceTables, file: str = "责任表") -> list[tuple[str, str]]:
    return [(each.code, each.place.cell) for each in tables.problems if each.place.file == file]


def only(tables: ReferenceTables, code: str) -> Problem:
    (problem,) = [each for each in tables.problems if each.code == code]
    return problem


def with_unit(**cells: str) -> list[Mapping[str, str]]:
    """The sound units and one more, in row 8."""
    return [*UNITS, {"kind": "部门", **MAIL, **cells}]


USED = {"owners": "市财政局、有规划的部门"}
"""Owners that leave no group of the roster unused."""


@pytest.mark.parametrize(
    ("cells", "told"),
    [
        ({}, True),
        ({"companions": "解读材料"}, False),
        ({"companions": "否"}, False),
        ({"column_text": "政府采购"}, False),  # the office's own row of that number
        ({"id": "D07"}, False),
    ],
)
def test_what_the_notice_asks_for_and_a_row_left_out_is_a_note(cells: dict[str, str], told: bool) -> None:
    tables = check({**USED, "column_text": "政策文件", **cells})
    assert found(tables) == ([("duty_companion_left", f"{letter('companions')}4")] if told else [])
    if told:
        assert only(tables, "duty_companion_left").severity == "note"
        assert "起草说明、解读材料" in str(only(tables, "duty_companion_left"))


def letter(key: str) -> str:
    return chr(ord("A") + DUTY_COLUMNS.index(key))


def test_sound_tables_have_no_problems() -> None:
    tables = check({**USED, "advisory": "各乡镇（街道）", "policy": "是", "valid_from": "2026-03", "remark": "x"})
    assert tables.problems == ()
    assert tables.duties == (
        Duty(
            id="D01",
            column="政府采购",
            category="政务信息公开",
            content="采购目录、标准及实施情况",
            requirement="",
            cadence=Cadence.MONTHLY,
            owners=("市财政局", "有规划的部门"),
            advisory=("各乡镇(街道)",),
            policy=True,
            valid_from=Month(2026, 3),
        ),
    )
    assert [unit.name for unit in tables.roster] == ["市财政局", "市发改委", "市民政局", "金牛镇"]
    assert tables.roster.members("有规划的部门", Month(2026, 11)) == ("市发改委",)


def test_a_duty_of_consultations_asks_for_their_columns() -> None:
    tables = check({"category": "调查征集"}, {"id": "D03", "column_text": "养老", "content": "机构", **USED})
    assert [each.companions for each in tables.duties] == [(Companion.CONSULTATION,), ()]


@pytest.mark.parametrize(
    ("cells", "code", "cell"),
    [
        ({"id": ""}, "duty_id_missing", "A4"),
        ({"id": "42"}, "duty_id_form", "A4"),
        ({"column_text": ""}, "duty_column_missing", "G4"),
        ({"category": "其他"}, "duty_category_unknown", "F4"),
        ({"category": ""}, "duty_category_unknown", "F4"),
        ({"cadence": "每周"}, "duty_cadence_unknown", "I4"),
        ({"policy": "对"}, "duty_flag_unknown", "L4"),
        ({"companions": "1"}, "duty_companion_unknown", "M4"),
        ({"companions": "解读材料、别的"}, "duty_companion_unknown", "M4"),
        ({"owners": ""}, "duty_owner_missing", "J4"),
        ({"owners": "市财正局"}, "owner_unknown", "J4"),
        ({"advisory": "市水利局"}, "owner_unknown", "K4"),
        ({"valid_from": "今年"}, "month_form", "N4"),
        ({"valid_to": "2026-13"}, "month_form", "O4"),
        ({"valid_from": "2026-05", "valid_to": "2026-04"}, "month_order", "O4"),
        ({"due": "月中"}, "duty_due_form", "P4"),
        ({"final": "次年2月20日"}, "duty_due_form", "Q4"),
        ({"due": "每月20日", "final": "每月15日"}, "duty_due_order", "Q4"),
        ({"cadence": "实时更新", "due": "每月20日"}, "duty_due_form", "P4"),
    ],
)
def test_errors_of_a_duty(cells: dict[str, str], code: str, cell: str) -> None:
    tables = check({**USED, **cells}, {**USED, "column_text": "别的", "content": "别的内容"})
    assert found(tables) == [(code, cell)]
    assert only(tables, code).is_error
    assert [duty.column for duty in tables.duties] == ["别的"], "a row with an error gives no duty, and hides no other"


@pytest.mark.parametrize(
    ("cells", "code", "cell"),
    [
        ({"column_text": "", "column": "环境保护"}, "duty_column_filled", "B4"),
        ({"content": ""}, "duty_content_empty", "C4"),
        ({"requirement": "每季度报送一次"}, "duty_cadence_contradicts", "I4"),
        ({"owners": "市发改局、有规划的部门"}, "owner_alias", "J4"),
        ({"content": "就业信息（和上面的是不是有重复）"}, "duty_questioned", "C4"),
        ({"content": "", "content_filled": "是不是都要报？"}, "duty_questioned", "H4"),
        ({"owners": "有惠农职能的部门、有规划的部门"}, "group_empty", "J4"),
    ],
)
def test_warnings_of_a_duty(cells: dict[str, str], code: str, cell: str) -> None:
    tables = check({**USED, **cells})
    assert found(tables) == [(code, cell)]
    assert not only(tables, code).is_error
    assert len(tables.duties) == 1


def test_a_duty_with_dates_of_its_own() -> None:
    tables = check({**USED, "requirement": "每月月底前集中报送一次", "due": "每月20日前", "final": "次月5日"})
    assert tables.problems == (), "nor is it asked about the notice's 25th"
    (duty,) = tables.duties
    assert (duty.due, duty.final) == (MonthDay(0, 20), MonthDay(1, 5))


def test_all_errors_of_a_row_are_told() -> None:
    tables = check({"id": "X", "category": "?", "cadence": "?", "owners": "没有局", "valid_to": "x"})
    codes = {"duty_id_form", "duty_category_unknown", "duty_cadence_unknown", "owner_unknown", "month_form"}
    assert {code for code, _ in found(tables)} == codes


@pytest.mark.parametrize("second", ["D01", "d1", "D 01", "Ｄ０１"])
def test_repeated_id(second: str) -> None:
    tables = check({**USED}, {"id": second, "column_text": "别的", "content": "别的内容"})
    assert found(tables) == [("duty_id_repeated", "A5")]
    assert "第 4 行" in str(only(tables, "duty_id_repeated"))
    assert len(tables.duties) == 1


@pytest.mark.parametrize(
    ("typed", "nearest"),
    [
        ("市财正局", "（最接近的是“市财政局”）"),
        ("财政局", "（最接近的是“市财政局”）"),
        ("发改局", "（最接近的是“市发改委”）"),
        ("完全不同", ""),
    ],
)
def test_unknown_owner_with_the_nearest_name(typed: str, nearest: str) -> None:
    assert only(check({"owners": typed}), "owner_unknown").found == f"单位通讯录中没有“{typed}”{nearest}"


@pytest.mark.parametrize(
    ("typed", "owners"),
    [
        ("市民政局 市财政局", ("市民政局", "市财政局")),
        ("市民政局，市财政局；各部门", ("市民政局", "市财政局", "各部门")),
        ("市民政局/市财政局\n金牛镇", ("市民政局", "市财政局", "金牛镇")),
        ("市 民政局、 市财政局 、", ("市民政局", "市财政局")),
        ("各乡镇（街道）,各乡镇(街道)", ("各乡镇(街道)",)),
        ("市发改局、市发改委", ("市发改委",)),
    ],
)
def test_owner_lists_as_people_write_them(typed: str, owners: tuple[str, ...]) -> None:
    (duty,) = check({"owners": typed}).duties
    assert duty.owners == owners


def test_unknown_name_beside_a_known_one_after_a_space() -> None:
    assert only(check({"owners": "市财政局 市民政"}), "owner_unknown").found.startswith("单位通讯录中没有“市民政”")


def test_duty_that_ended_needs_no_owner_and_doubles_nothing() -> None:
    tables = check({**USED}, {"owners": "", "valid_to": "2026-03"})
    assert tables.problems == ()
    assert [duty.valid_to for duty in tables.duties] == [None, Month(2026, 3)]


@pytest.mark.parametrize(
    ("requirement", "cadence"),
    [
        ("每月月底前集中报送一次，解读文件同步报送", Cadence.MONTHLY),
        ("每季度集中更新一次", Cadence.QUARTERLY),
        ("每年集中报送一次", Cadence.YEARLY),
        ("部门/乡镇每年 1 月 31 日前更新，市本级 2 月 20 日前更新", Cadence.ANNUAL_REPORT),
        ("实时更新", Cadence.ON_DEMAND),
        ("根据领导变动情况及时报送", Cadence.ON_DEMAND),
        ("按照各类数据公开周期报送", Cadence.ON_DEMAND),
        ("正式文件发布后，同步报送", Cadence.ON_DEMAND),
        ("", None),
        ("每半年一次", None),
    ],
)
def test_cadence_that_a_requirement_asks_for(requirement: str, cadence: Cadence | None) -> None:
    assert expected_cadence(requirement) is cadence


def test_the_notices_25th_against_the_months_end() -> None:
    end = {"requirement": "每月月底前集中报送一次"}
    cells = [{**end, **USED}, {**end, "column_text": "乙"}, {"column_text": "丙"}, {**end, "column_text": "丁"}]
    cells = [{**each, "content": f"{number}号内容"} for number, each in enumerate(cells)]
    conflict = only(check(*cells), "duty_due_conflict")
    assert conflict.place.cell == "E4:E5、E7"
    assert "25 日" in conflict.found
    assert "共 3 项" in conflict.found
    assert conflict.action.startswith("现按 25 日为时限、月底为最迟时限")
    assert "duty_due_conflict" not in dict(found(check(*cells, due_day=31)))
    assert "duty_due_conflict" not in dict(found(check(*cells, due_day=None)))


def test_repeated_column() -> None:
    cells = {"column_text": "住房保障", "content": "公积金贷款指南"}
    tables = check({**cells, **USED}, {**cells, "content": "农村危房改造"}, {"column": "住房保障", "content": "不动产"})
    assert found(tables) == [("duty_column_repeated", "B5"), ("duty_column_repeated", "G6")]
    assert "D01、D02" in tables.problems[1].found


LIKE = "行政执法信息，“双随机一公开”监管信息，建设高标准市场体系行动方案的落实举措"


@pytest.mark.parametrize(
    ("first", "second", "cell"),
    [
        ({"content": LIKE}, {"content": f"{LIKE} 需结合 2 化目录要求公开"}, "C5"),
        ({"content": "社会保险、医疗保障、社会救助"}, {"column_text": "医疗保障", "content": "慢性病管理"}, "C4"),
        ({"column_text": "稳岗就业", "content": "就业"}, {"content": "与稳岗就业同"}, "C5"),
        (
            {"column_text": "稳岗就业", "content": "就业政策；就业供求"},
            {"column_text": "就业创业", "content": "毕业生就业、农民工就业"},
            "C5",
        ),
    ],
)
def test_likely_duplicates(first: dict[str, str], second: dict[str, str], cell: str) -> None:
    tables = check({"column_text": "甲", **first, **USED}, {"column_text": "乙", **second})
    assert found(tables) == [("duty_likely_duplicate", cell)]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ({"content": LIKE, "owners": "市民政局、有规划的部门"}, {"content": LIKE}),
        ({"content": "需结合2化目录要求公开"}, {"content": "需结合 2 化目录要求公开"}),
        ({"column_text": "土地出让", "content": "出让公告"}, {"column_text": "矿权出让", "content": "出让审批"}),
        ({"content": "土地供应计划、出让公告、成交公示、供应结果"}, {"content": "出让公告公示、审批结果、项目信息"}),
    ],
)
def test_what_only_sounds_alike_is_no_duplicate(first: dict[str, str], second: dict[str, str]) -> None:
    assert check({"column_text": "甲", **USED, **first}, {"column_text": "乙", **second}).problems == ()


@pytest.mark.parametrize(
    ("cells", "code", "cell"),
    [
        ({"name": ""}, "unit_missing", "A8"),
        ({"name": "市*局"}, "name_wildcard", "A8"),
        ({"name": "=市局"}, "name_wildcard", "A8"),
        ({"name": "１００"}, "name_like_number", "A8"),
        ({"name": "1E2"}, "name_like_number", "A8"),
        ({"name": "𠮷" * 101}, "name_too_long", "A8"),
        ({"name": "市水利局", "kind": ""}, "unit_kind_unknown", "B8"),
        ({"name": "市水利局", "kind": "局"}, "unit_kind_unknown", "B8"),
        ({"name": "市财政局"}, "unit_repeated", "A8"),
        ({"name": "市水利局", "aliases": "市发改局"}, "unit_alias_conflict", "C8"),
        ({"name": "市水利局", "aliases": "市财政局"}, "unit_alias_conflict", "C8"),
        ({"name": "市发改局"}, "unit_alias_conflict", "A8"),
        ({"name": "市水利局", "mails": "没有"}, "unit_mail_form", "G8"),
        ({"name": "市水利局", "mails": "a@b.cn、a@b"}, "unit_mail_form", "G8"),
        ({"name": "市水利局", "mails": "a..b@c.cn"}, "unit_mail_form", "G8"),
        ({"name": "市水利局", "mails": "张三@例子.cn"}, "unit_mail_form", "G8"),
        ({"name": "市水利局", "copies": "a b@c.cn"}, "unit_mail_form", "H8"),
        ({"name": "市水利局", "predecessors": "市水务局"}, "unit_predecessor_unknown", "I8"),
        ({"name": "市水利局", "valid_from": "2026"}, "month_form", "J8"),
        ({"name": "市水利局", "valid_from": "2026-05", "valid_to": "2026-01"}, "month_order", "K8"),
    ],
)
def test_errors_of_a_unit(cells: dict[str, str], code: str, cell: str) -> None:
    tables = check(USED, units=with_unit(**cells))
    assert found(tables, "通讯录") == [(code, cell)]
    assert only(tables, code).is_error
    assert len(tables.roster.units) == len(UNITS)


def test_unit_with_an_error_is_still_known_to_the_duty_table() -> None:
    tables = check({"owners": "市水利局、有规划的部门"}, units=with_unit(name="市水利局", mails="没有"))
    assert [each.code for each in tables.problems] == ["unit_mail_form"]
    assert tables.duties[0].owners == ("市水利局", "有规划的部门")


def test_unit_cells_are_understood() -> None:
    cells = {
        "name": "市水利局",
        "aliases": "水利局、水务局",
        "groups": "有规划的部门",
        "officers": "张 三；李四",
        "phones": "0714-1234567，13800000000",
        "mails": "ａ@x.gov.cn；b＠x.gov.cn",
        "copies": "c@x.gov.cn",
        "valid_from": "2026年3月",
    }
    tables = check(USED, units=with_unit(**cells))
    unit = tables.roster.units[-1]
    assert tables.problems == ()
    assert (unit.aliases, unit.groups) == (("水利局", "水务局"), ("有规划的部门",))
    assert (unit.officers, unit.phones) == (("张三", "李四"), ("0714-1234567", "13800000000"))
    assert (unit.mails, unit.copies) == (("a@x.gov.cn", "b@x.gov.cn"), ("c@x.gov.cn",))
    assert unit.valid_from == Month(2026, 3)


def test_a_name_may_come_again_when_the_months_do_not_meet() -> None:
    old, new = {**UNITS[0], "valid_to": "2026-05"}, {**UNITS[0], "valid_from": "2026-06"}
    assert check(USED, units=[*UNITS[1:], old, new]).problems == ()
    overlapping = check(USED, units=[*UNITS[1:], old, {**new, "valid_from": "2026-05"}])
    assert found(overlapping, "通讯录") == [("unit_repeated", "A8")]


def test_renamed_unit() -> None:
    """The old name may be an alias of the new one; a duty that knows only the old name is pointed out."""
    ended = {**UNITS[0], "valid_to": "2026-10"}
    new = {"name": "市财政金融局", "kind": "部门", "aliases": "市财政局", "predecessors": "市财政局", **MAIL}
    units = [*UNITS[1:], ended, {**new, "valid_from": "2026-11"}]
    tables = check(USED, units=units)
    assert found(tables) == []
    assert tables.roster.members("市财政局", Month(2026, 11)) == ("市财政金融局",)
    alone = check(USED, units=[*UNITS[1:], ended])
    assert found(alone) == [("owner_ended", "J4")]
    assert "--from 2026-11" in only(alone, "owner_ended").action
    assert check({"owners": "市财政局、市财政金融局、有规划的部门"}, units=units).problems == ()
    assert check({**USED, "valid_to": "2026-10"}, units=units).problems == ()


def test_units_without_mail_are_told_once() -> None:
    units = [{key: text for key, text in each.items() if key != "mails"} for each in UNITS]
    problem = only(
        check(USED, units=[*units, {**units[0], "name": "旧局", "valid_to": "2025-01"}]), "unit_mail_missing"
    )
    assert problem.place.cell == "G4:G7"
    assert problem.found == "4 个单位没有邮箱：市财政局、市发改委、市民政局、金牛镇"
    assert not problem.is_error


def test_unconfirmed_townships_are_told_once() -> None:
    units = [*UNITS[:3], {**UNITS[3], "remark": "待确认"}, {**UNITS[3], "name": "灵乡镇", "remark": "名称待确认"}]
    problem = only(check(USED, units=units), "unit_township_unconfirmed")
    assert problem.place.cell == "L7:L8"
    assert problem.found.startswith("2 个")


def test_groups_without_effect() -> None:
    tables = check(USED, units=with_unit(name="市水利局", groups="有规划部门、各部门"))
    assert found(tables, "通讯录") == [("group_by_kind", "D8"), ("group_unused", "D8")]
    assert "“有规划的部门”" in only(tables, "group_unused").found


def test_kind_without_units() -> None:
    tables = check({"owners": "各乡镇（街道）、有规划的部门"}, units=UNITS[:3])
    assert found(tables) == [("group_kind_empty", "J4")]


def test_equal_complaints_are_one_with_every_cell() -> None:
    tables = check(
        {"owners": "没有局、有规划的部门"},
        {"owners": "没有局", "column_text": "乙", "content": "乙的内容"},
    )
    assert found(tables) == [("owner_unknown", "J4:J5")]


def test_empty_roster_leaves_the_owners_unchecked() -> None:
    tables = check({"owners": "没有局"}, units=[])
    assert tables.problems == ()
    assert tables.duties[0].owners == ("没有局",)


@pytest.mark.parametrize(
    "text",
    ["2026-11", "2026.11", "2026/11", "2026年11月", "202611", "２０２６－１１", "2026-11-01", "2026-11-01 00:00:00"],
)
def test_months_as_people_write_them(text: str) -> None:
    assert parse_month(text) == Month(2026, 11)


@pytest.mark.parametrize("text", ["", "2026", "11月", "2026-13", "2026-11-15", "46327", "从2026-11"])
def test_what_is_no_month(text: str) -> None:
    assert parse_month(text) is None


def test_joint_place_names_neighbours_as_a_range() -> None:
    sheet = rows(["id"], [{"id": "x"}] * 7, "f")
    assert joint_cell_ref([sheet[0], sheet[1], sheet[3], sheet[5], sheet[6]], "id").cell == "A4:A5、A7、A9:A10"
