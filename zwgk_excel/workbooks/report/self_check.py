"""The rules of 自查, each once: text, Excel condition, Python predicate.

In the sheets formulas show the result (:mod:`zwgk_excel.workbooks.report.formulas` builds them); the Python side gives
exactly the same text, for cached values and for tests. The rules agree with :mod:`zwgk_excel.domain.validation`; the
formulas are stricter only where Excel cannot accept what the reader accepts (a date typed as text).

In ``words`` a ``{column_key}`` becomes the column's heading. In ``excel`` it becomes a cell reference, with the
attributes of :class:`ExcelValue` as Excel expressions of the same meaning: ``{title.blank}``.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any

from zwgk_excel.domain.companions import ABOUT, END, NAMED, NUMBERED, TITLED, UNDISGUISED, Companion, CompanionColumn
from zwgk_excel.domain.obligations import ReportTask
from zwgk_excel.domain.returns import AnswerStatus
from zwgk_excel.layout.columns import Column, ColumnKind, SheetLayout, common_columns, companion_columns, layout
from zwgk_excel.layout.words import meanings, words
from zwgk_excel.workbooks.contract import defined_names
from zwgk_excel.workbooks.contract.aside_rows import (
    CENTURY,
    DAY,
    IN_ALL,
    LINK_SIGN,
    LONGEST_DAY,
    SENTENCE,
    STOPS,
    may_be_aside,
)
from zwgk_excel.workbooks.contract.cover_texts import ALL_DONE, TO_DO
from zwgk_excel.workbooks.contract.defined_names import (
    ASKS,
    PUBLISHED_FROM,
    TASK_IDS,
    TASK_WORDS,
    TASKS,
    needs,
)
from zwgk_excel.workbooks.contract.excel_value import DIGITS, ERROR, FIRST_DAY, LAST_DAY, MOST_DIGITS, ExcelValue
from zwgk_excel.workbooks.excel import serial
from zwgk_excel.workbooks.writing.style import BAD, GOOD, OPTIONAL, WATCH, cell_text

__all__ = [
    "ALL_DONE",
    "COMPLETE",
    "ERROR",
    "FIRST_DAY",
    "LAST_DAY",
    "TO_DO",
    "UNREADABLE",
    "CheckRule",
    "CheckedRow",
    "ItemCounts",
    "TaskFlags",
    "item_check",
    "item_rules",
    "overall_check",
    "required",
    "tally",
    "task_check",
    "task_rules",
    "vocabulary",
]

LEFT_TO_INTAKE = f"{OPTIONAL} 不像信息，由系统核对"
"""Of a row that may be a sign-off, a remark or a total, which only intake can tell."""
COMPLETE, UNREADABLE = f"{GOOD} 完整", f"{BAD} 有无法识别的内容，请清除后重填"
LACKS = "缺"
"""Before the headings of what a row lacks."""

_CONCATENATION_LIMIT = 32767


@dataclass(frozen=True, slots=True)
class TaskFlags:
    """The flags of a task that the self-check uses."""

    expected: bool = False
    """It must be answered in this workbook: mandatory, due by the end of its month, not waived."""
    policy: bool = False
    companions: tuple[Companion, ...] = ()
    published_from: date | None = None
    """The first day of publication of items that count; None for any."""
    nil: bool = True
    """It may be answered with a nil report."""
    other_names: tuple[str, str] = ("", "")
    """Its 栏目 and its 编号 alone, which are understood as it; empty texts where they may mean another task."""
    unfit: tuple[str, ...] = ()
    """Of a policy column the words of the types that alone do not satisfy it, in the order of the list."""

    @classmethod
    def of(cls, listed: ReportTask) -> TaskFlags:
        """The flags of a report task."""
        duty = listed.obligation.duty
        companions, first = duty.companions, listed.obligation.published_from
        unfit = tuple(word for code, word in words("item_type").items() if duty.policy and code in duty.unfit_types)
        plain = listed.label == f"{duty.id} {duty.column}"
        names = (cell_text(duty.column), cell_text(duty.id)) if plain else ("", "")
        return cls(listed.expected, duty.policy, companions, first, duty.nil, names, unfit)


@dataclass(frozen=True, slots=True)
class ItemCounts:
    """The counts of one task's items."""

    total: int = 0
    bad: int = 0
    """The number of these with × in their own check."""
    useful: int = 0
    """Of these, items that are not bad and of a type that satisfies a policy column."""


@dataclass(frozen=True, slots=True)
class CheckedRow:
    """One row as the rules see it."""

    cells: Mapping[str, ExcelValue]
    flags: TaskFlags = TaskFlags()
    known: bool = True
    """An item's task is on the unit's list."""
    label: str = ""
    """The label of an item's task; what was typed where it is none."""
    tally: ItemCounts = ItemCounts()
    above: Sequence[Mapping[str, object]] = ()
    """The raw values of the item rows above an item."""

    def __getitem__(self, key: str) -> ExcelValue:
        return self.cells[key]

    def status(self, code: AnswerStatus | None = None) -> bool:
        """Whether a task's status is this one; for None, whether none is chosen."""
        chosen = self["status"].plain.casefold()
        return chosen in map(str.casefold, meanings("answer", code)) if code else not chosen


@dataclass(frozen=True, slots=True)
class CheckRule:
    """One rule of 自查."""

    words: str
    excel: str
    holds: Callable[[CheckedRow], bool]
    marks: tuple[str, ...] = ()
    """Keys of the columns to colour."""
    warning: bool = False


REVIEWS = ("first_review", "second_review", "final_review")


def says(answer: AnswerStatus) -> str:
    """The condition that a task's status is an answer, in its word or in one that units type in its place."""
    return f"SUMPRODUCT(--({defined_names.said(answer)}={{status.plain}}))>0"


OF_TASK = f"(({TASKS}={{task}})+({TASK_WORDS}={{task}})+({TASK_IDS}={{task}}))"
"""Of the tasks, whether what was typed is the name of one: its label, or its 栏目 or 编号 alone."""
_NOTHING = "{total}=0,{statement.blank},{expected}"
_NIL_REFUSED = f"{says(AnswerStatus.NIL)},NOT({{nil}}),{{total}}=0"
_STATED = f"NOT({{statement.blank}}),NOT({says(AnswerStatus.NIL)})"


_REFUSED = frozenset({Companion.DRAFT_NOTE, Companion.DECISION_NOTE})
"""Companions without which an item is not accepted, as in the catalogue of problems."""


def _is_one_of(types: Iterable[str]) -> str:
    """The condition that an item is of one of some types."""
    return f"OR({','.join(f'{{type.plain}}={{types[{each}]}}' for each in types)})"


def _companion_rules() -> Iterator[CheckRule]:
    """A rule for each column of a companion: what is missing where the task asks for it and the type needs it."""
    sheet = layout("report")["items"]
    for column in companion_columns():
        written = sheet[column.key].kind in {ColumnKind.TEXT, ColumnKind.PARAGRAPH}
        asked = f"SUMPRODUCT({OF_TASK}*{needs(column.companion)})>0"
        missing = f"{{{column.key}.{'absent' if written else 'blank'}}}"
        if written:
            own = defined_names.link_of("url")
            missing = f'OR({missing},AND({own}<>"",{{{column.key}.link}}={own}))'
        if column.unless_none:
            missing += f",OR({{{column.unless_none}.blank}},NOT({_zero(column.unless_none)}))"
        yield CheckRule(
            f"缺{{{column.key}}}",
            f"AND({_is_one_of(column.types)},{asked},{missing})",
            partial(_lacks, column, written=written),
            (column.key,),
            column.companion not in _REFUSED,
        )


def _lacks(column: CompanionColumn, row: CheckedRow, *, written: bool) -> bool:
    cell = row[column.key]
    if column.companion not in row.flags.companions or not any(_is_type(row, each) for each in column.types):
        return False
    if column.unless_none and not row[column.unless_none].blank and row[column.unless_none].is_zero:
        return False
    return cell.absent or cell.link == row["url"].link != "" if written else cell.blank


def _counted(key: str) -> str:
    """The condition that a cell holds a whole number as people write it: ``3条``."""
    left, ref = defined_names.rest(key), f"{{{key}.plain}}"
    digits = f"LEN({ref})-LEN({left})"
    known = f"SUMPRODUCT(--({defined_names.COUNTERS}=TRIM({left})))>0"
    return f"AND({digits}>0,{digits}<={MOST_DIGITS},RIGHT({ref},LEN({left}))={left},{known})"


def _zero(key: str) -> str:
    """The condition that a cell holds no number from 1 on, as a number or as text."""
    return f'AND(N({{{key}}})=0,ISERROR(FIND(LEFT({{{key}.plain}}&"x"),"{DIGITS[1:]}")))'


def _is_type(row: CheckedRow, type_: str) -> bool:
    return row["type"].plain.casefold() == words("item_type")[type_].casefold()


def _column_rules(column: Column) -> Iterator[CheckRule]:
    key, ref = column.key, "{" + column.key
    if column.max_length < _CONCATENATION_LIMIT:
        too_long = f"{ref}}}超过{column.max_length}字"
        yield CheckRule(too_long, f"{ref}.length}}>{column.max_length}", _longer(key, column.max_length), (key,))
    match column.kind, column.list:
        case ColumnKind.CHOICE, "tasks":
            unknown = f"AND(NOT({ref}.blank}}),SUMPRODUCT({OF_TASK})=0)"
            yield CheckRule(f"{ref}}}不在清单中", unknown, lambda row: not row[key].blank and not row.known, (key,))
        case ColumnKind.CHOICE, "answer":
            known = ",".join(says(each) for each in AnswerStatus)
            unknown = f"AND(NOT({ref}.blank}}),NOT(OR({known})))"
            yield CheckRule(f"{ref}}}请从列表选择", unknown, _unlisted(key, column.list), (key,))
        case ColumnKind.CHOICE, _:
            unknown = f"AND(NOT({ref}.blank}}),SUMPRODUCT(--(zwgk_{column.list}={ref}.plain}}))=0)"
            yield CheckRule(f"{ref}}}请从列表选择", unknown, _unlisted(key, column.list), (key,))
        case ColumnKind.DATE, _:
            no_date = f"AND(NOT({ref}.blank}}),NOT({ref}.is_day}}))"
            yield CheckRule(f"{ref}}}不是日期", no_date, lambda row: not row[key].blank and not row[key].is_day, (key,))
        case ColumnKind.INTEGER, _:
            no_number = f"AND(NOT({ref}.blank}}),NOT({ref}.is_whole}}),NOT({_counted(key)}))"
            yield CheckRule(f"{ref}}}不是整数", no_number, partial(_is_no_number, key), (key,))
        # LibreOffice takes some 15,000 tokens in one cell, and this rule is many of them: one column has it. The form
        # of numbers in a column that an office adds is looked at when the workbook comes in.
        case ColumnKind.PHONE, _ if column.common:
            condition = f"AND(NOT({ref}.blank}}),{defined_names.no_telephones(key)})"
            told = f"请核对{ref}}}，应为手机号或固定电话"
            yield CheckRule(
                told, condition, lambda row: not row[key].blank and not row[key].are_telephones, (key,), warning=True
            )
        case ColumnKind.URL, _:
            no_link = f"AND(NOT({ref}.blank}}),NOT({ref}.is_link}}))"
            yield CheckRule(
                f"{ref}}}不是网址", no_link, lambda row: not row[key].blank and not row[key].is_link, (key,)
            )


def _is_no_number(key: str, row: CheckedRow) -> bool:
    return not row[key].blank and not row[key].is_whole and not row[key].is_counted


def _longer(key: str, limit: int) -> Callable[[CheckedRow], bool]:
    return lambda row: row[key].length > limit


def _unlisted(key: str, name: str) -> Callable[[CheckedRow], bool]:
    known = {text.casefold() for code in words(name) for text in meanings(name, code)}
    return lambda row: not row[key].blank and row[key].plain.casefold() not in known


def _same(one: str, other: str) -> CheckRule:
    """The rule for two reviews signed by one person.

    Of three equal names the first is named twice, as in ``validation``.
    """
    again = (one, other) == REVIEWS[1:]
    twice = defined_names.alike(one, other)
    condition = f"AND({twice},NOT({defined_names.alike(*REVIEWS[:2])}))" if again else twice
    return CheckRule(
        f"{{{one}}}与{{{other}}}相同",
        condition,
        lambda row: (
            row[one].is_same_person(row[other]) and not (again and row[REVIEWS[0]].is_same_person(row[one]))
        ),
        (one, other),
    )


def _holds_any(cell: str, name: str) -> str:
    """The condition that a cell's text holds one of the texts that a defined name stands for."""
    return f"SUMPRODUCT(--ISNUMBER(FIND({name},{cell})))>0"


def _is_same(row: CheckedRow, above: Mapping[str, object]) -> bool:
    """Whether a row above is the same item for another task: by its link, or by title and day of publication."""

    def same(key: str) -> bool:
        return not row[key].blank and _equal(row[key].value, above.get(key))

    titled = same("title") and row["published_on"].is_day and same("published_on")
    if not titled and not _is_same_link(row["url"], above.get("url")):
        return False
    broken = any(above.get(key) is ERROR for key in ("task", "title", "url", "published_on"))
    if broken or above.get("task") in {None, ""}:
        return False
    return not any(_equal(name, above["task"]) for name in (row["task"].value, row.label, *row.flags.other_names))


_LINK = defined_names.link_of("url")
_SAME_LINK = f"({{url.column_link}}={_LINK})"
_HOLDS_LINK = f'IFERROR(COUNTIF({{url.column}},"*"&SUBSTITUTE(SUBSTITUTE({_LINK},"~","?"),"*","?")&"*"),2)'
"""How often the link stands in the column, or one much like it: a function that is fast, and takes 255 characters."""
_PLACE = f"1/(1/SUMPRODUCT({OF_TASK}*(ROW({TASKS})-1)))"
"""The place of the task among the tasks; an error where it is none of them."""
_NAMES = [f"IFERROR(INDEX({each},{_PLACE}),{{task}})" for each in (TASKS, TASK_WORDS, TASK_IDS)]
_OTHER_TASK = "".join(f"*({{task.column}}<>{each})" for each in _NAMES)
"""Of the rows of the column, that their task is another one, by whichever of its names."""


def _is_same_link(cell: ExcelValue, other: object) -> bool:
    return not cell.blank and other is not ERROR and ExcelValue(other).link == cell.link


def _equal(one: object, other: object) -> bool:
    """As Excel's operator ``=``: texts without case, numbers as numbers, a text and a number never."""
    if isinstance(one, str) and isinstance(other, str):
        return one.casefold() == other.casefold()
    if other is None or ERROR in {one, other} or isinstance(one, str) or isinstance(other, str):
        return False
    return isinstance(one, bool) == isinstance(other, bool) and ExcelValue(one).number == ExcelValue(other).number


_ASKS = f"SUMPRODUCT({OF_TASK}*{ASKS})>0"
_OTHER_TYPE = ",".join(f"{{type.plain}}<>{{types[{each}]}}" for each in sorted(UNDISGUISED))
_SUSPECT = f"{_ASKS},{_OTHER_TYPE},NOT({_holds_any('{title}', defined_names.ABOUT)})"
"""Of an item of another type, that it may be a 规范性文件 where the task asks for companions."""


_TITLE_ENDED = f'{{title.plain}}&"{END}"'


def _is_suspect(row: CheckedRow) -> bool:
    if not row.flags.companions or any(_is_type(row, each) for each in UNDISGUISED):
        return False
    return not any(each in row["title"].text for each in ABOUT)


def _is_earlier(one: str, other: str, row: CheckedRow) -> bool:
    return row[one].is_day and row[other].is_day and row[one].day < row[other].day


_CALL_TYPES = layout("report")["items"]["opinions_until"].types

_ITEM_RULES = (
    CheckRule(
        "{published_on}早于{formed_on}",
        "AND({formed_on.is_day},{published_on.is_day},{published_on.day}<{formed_on.day})",
        partial(_is_earlier, "published_on", "formed_on"),
        ("formed_on", "published_on"),
    ),
    CheckRule(
        "{opinions_until}早于{published_on}",
        f"AND({_is_one_of(_CALL_TYPES)},{{opinions_until.is_day}},{{published_on.is_day}},"
        "{opinions_until.day}<{published_on.day})",
        lambda row: (
            any(_is_type(row, each) for each in _CALL_TYPES) and _is_earlier("opinions_until", "published_on", row)
        ),
        ("opinions_until", "published_on"),
    ),
    CheckRule(
        "{published_on}早于该任务的起算日期 {first_day}",
        f"AND({{published_on.is_day}},{{published_on.day}}<SUMPRODUCT({OF_TASK}*{PUBLISHED_FROM}))",
        lambda row: (
            row.flags.published_from is not None
            and row["published_on"].is_day
            and row["published_on"].day < serial(row.flags.published_from)
        ),
        ("published_on",),
    ),
    CheckRule(
        "与上面报给其他任务的一条相同",
        # Most rows have a link and a title of their own: two columns to look through, not seven.
        f'IF(OR(AND({_LINK}<>"",{_HOLDS_LINK}>1),'
        "SUMPRODUCT(IFERROR(--({title.column}={title}),0))>1),"
        "AND(NOT({task.blank}),SUMPRODUCT(IFERROR((ROW({url.column})<ROW({url}))*({task.column}<>\"\")"
        f"{_OTHER_TASK}*(("
        f"{_SAME_LINK}*NOT({{url.blank}})+"
        "({title.column}={title})*NOT({title.blank})"
        "*({published_on.column}={published_on})*{published_on.is_day})>0),0))>0),0>1)",
        lambda row: not row["task"].blank and any(_is_same(row, each) for each in row.above),
        ("title", "url"),
    ),
    CheckRule(
        "{doc_no}是规范性文件的，{type}请改选{types[normative]}",
        f"AND({_SUSPECT},{_holds_any('{doc_no.name}', defined_names.NUMBERED)})",
        lambda row: _is_suspect(row) and any(each in row["doc_no"].name for each in NUMBERED),
        ("type", "doc_no"),
    ),
    CheckRule(
        "看{title}像{types[normative]}，请核对{type}",
        f"AND({_SUSPECT},NOT({_holds_any('{doc_no.name}', defined_names.NUMBERED)}),"
        f"OR({_holds_any(_TITLE_ENDED, defined_names.TITLED)},{_holds_any('{title.name}', defined_names.NUMBERED)}))",
        lambda row: (
            _is_suspect(row)
            and not any(each in row["doc_no"].name for each in NUMBERED)
            and (
                any(each in row["title"].plain + END for each in TITLED)
                or any(each in row["title"].name for each in NUMBERED)
            )
        ),
        ("type",),
        warning=True,
    ),
    _same("first_review", "second_review"),
    _same("first_review", "final_review"),
    _same("second_review", "final_review"),
)

def _is_nil_refused(row: CheckedRow) -> bool:
    return row.status(AnswerStatus.NIL) and not row.flags.nil and row.tally.total == 0


_ALL = defined_names.ITEM_TEXT
ASIDE_CONDITION = (
    f'AND(ISERROR(FIND("{LINK_SIGN}",{{url}})),'
    f"SUMPRODUCT({OF_TASK})=0,OR("
    f'{_holds_any(_ALL, defined_names.ASIDE)},LEFT({_ALL})="{IN_ALL}",'
    f'AND({_holds_any(_ALL, defined_names.ASIDE_TITLED)},ISNUMBER(FIND("：",SUBSTITUTE({_ALL},":","：")))),'
    f'AND(LEFT({_ALL})="{CENTURY}",RIGHT({_ALL})="{DAY}",LEN({_ALL})<={LONGEST_DAY}),'
    f'AND(LEN({_ALL})>={SENTENCE},ISNUMBER(FIND(RIGHT({_ALL}),"{STOPS}")))))'
)
"""The condition that a row may be no item, which only intake can tell: no task, no link, and the words of a sign-off,
a remark or a total."""


_TASK_RULES = (
    CheckRule(
        "请选择{status}",
        f"AND({{status.blank}},{_NOTHING})",
        lambda row: row.status() and _nothing_said(row),
        ("status",),
    ),
    CheckRule(
        "{answers[pending]}",
        f"AND({says(AnswerStatus.PENDING)},{_NOTHING})",
        lambda row: row.status(AnswerStatus.PENDING) and _nothing_said(row),
        ("status",),
    ),
    CheckRule(
        "选了{answers[reported]}，但{items}无条目",
        f"AND({says(AnswerStatus.REPORTED)},{{total}}=0)",
        lambda row: row.status(AnswerStatus.REPORTED) and row.tally.total == 0,
        ("status",),
    ),
    CheckRule(
        "不能选{answers[nil]}，请报送信息",
        f"AND({_NIL_REFUSED})",
        _is_nil_refused,
        ("status",),
    ),
    CheckRule(
        "请填写{statement}",
        f"AND({says(AnswerStatus.NIL)},{{statement.absent}},NOT(AND({_NIL_REFUSED})))",
        lambda row: row.status(AnswerStatus.NIL) and row["statement"].absent and not _is_nil_refused(row),
        ("statement",),
    ),
    CheckRule(
        "有{statement}，请选{answers[nil]}",
        f"AND({_STATED},NOT({says(AnswerStatus.REPORTED)}),{{expected}},{{total}}=0)",
        lambda row: (
            _is_stated_only(row)
            and not row.status(AnswerStatus.REPORTED)
            and row.flags.expected
            and row.tally.total == 0
        ),
        ("status",),
    ),
    CheckRule(
        "政策性栏目只有{unfit}",
        "AND({policy},{total}>{bad},{useful}=0)",
        lambda row: row.flags.policy and row.tally.total > row.tally.bad and row.tally.useful == 0,
        ("count",),
    ),
    CheckRule(
        "其中 {bad} 条不完整",
        "{bad}>0",
        lambda row: row.tally.bad > 0,
        ("count",),
        warning=True,
    ),
    CheckRule(
        "选了{answers[nil]}，但有 {total} 条",
        f"AND({says(AnswerStatus.NIL)},{{total}}>0)",
        lambda row: row.status(AnswerStatus.NIL) and row.tally.total > 0,
        ("status",),
        warning=True,
    ),
    CheckRule(
        "选了{answers[pending]}，但有 {total} 条",
        f"AND({says(AnswerStatus.PENDING)},{{total}}>0)",
        lambda row: row.status(AnswerStatus.PENDING) and row.tally.total > 0,
        ("status",),
        warning=True,
    ),
    CheckRule(
        "有{statement}，但没有选{answers[nil]}",
        f"AND({_STATED},OR({{total}}>0,NOT({{expected}})))",
        lambda row: _is_stated_only(row) and (row.tally.total > 0 or not row.flags.expected),
        ("statement",),
        warning=True,
    ),
)


def _nothing_said(row: CheckedRow) -> bool:
    return row.tally.total == 0 and row["statement"].blank and row.flags.expected


def _is_stated_only(row: CheckedRow) -> bool:
    return not row["statement"].blank and not row.status(AnswerStatus.NIL)


def item_rules(sheet: SheetLayout) -> tuple[CheckRule, ...]:
    """The rules of 信息明细, errors first; missing cells are separate (see :func:`required`)."""
    columns = (rule for column in sheet.inputs for rule in _column_rules(column))
    return _errors_first([*columns, *_ITEM_RULES, *_companion_rules()])


def task_rules(sheet: SheetLayout) -> tuple[CheckRule, ...]:
    """The rules of 任务清单, errors first."""
    return _errors_first([*(rule for column in sheet.inputs for rule in _column_rules(column)), *_TASK_RULES])


def _errors_first(rules: Iterable[CheckRule]) -> tuple[CheckRule, ...]:
    return tuple(sorted(rules, key=lambda rule: rule.warning))


def required(sheet: SheetLayout) -> tuple[Column, ...]:
    """The required columns."""
    return tuple(column for column in sheet.inputs if column.required)


def is_missing(key: str, cell: ExcelValue) -> bool:
    """Whether a required cell has no value, as :func:`lacks` has it in Excel."""
    return cell.absent if key in NAMED else cell.blank


def lacks(key: str) -> str:
    """The condition that a required cell lacks its value: it is blank, or names nobody and nothing."""
    return f"{{{key}.{'absent' if key in NAMED else 'blank'}}}"


def vocabulary(sheet: SheetLayout) -> dict[str, Any]:
    """The values for a rule's ``words``: headings by column key, the labels of lists, and the items' sheet."""
    headings = {column.key: column.heading for column in sheet}
    return {
        "answers": words("answer"),
        "types": words("item_type"),
        "items": layout("report")["items"].name,
        **headings,
    }


# --- the Python side ---------------------------------------------------------------------------


def item_check(
    values: Mapping[str, object],
    tasks: Mapping[str, TaskFlags],
    above: Sequence[Mapping[str, object]] = (),
    common: Mapping[str, object] | None = None,
) -> str:
    """自查 of a row of 信息明细: ``values`` by column key, ``tasks`` the unit's task labels with their flags.

    ``above`` are the rows above it, ``common`` the values filled once on the cover, by column key.
    """
    sheet = layout("report")["items"]
    if any(value is ERROR for value in values.values()):
        return UNREADABLE
    cells = {column.key: ExcelValue(values.get(column.key)) for column in sheet.inputs}
    together = ExcelValue("".join(cell.text for cell in cells.values()))
    if together.length > _CONCATENATION_LIMIT:
        return UNREADABLE
    if together.blank:
        return ""
    given = common or {}
    taken = {column.key: given.get(column.key) for column in common_columns() if cells[column.key].blank}
    if any(value is ERROR for value in taken.values()):
        return UNREADABLE
    cells |= {key: ExcelValue(ExcelValue(value).text) for key, value in taken.items()}
    flags = {label.casefold(): (label, each) for label, each in tasks.items()}
    for label, each in tasks.items():
        flags |= {name.casefold(): (label, each) for name in each.other_names if name and name.casefold() not in flags}
    task = cells["task"].text
    label, own = flags.get(task.casefold(), (task, TaskFlags()))
    row = CheckedRow(cells, own, known=task.casefold() in flags, label=label, above=above)
    if not row.known and LINK_SIGN not in cells["url"].text and may_be_aside(together.text):
        return LEFT_TO_INTAKE
    named = vocabulary(sheet) | {"first_day": str(row.flags.published_from)}
    missing = "、".join(column.heading for column in required(sheet) if is_missing(column.key, cells[column.key]))
    return _shown(COMPLETE, [f"{LACKS} {missing}"] if missing else [], row, item_rules(sheet), named)


def task_check(values: Mapping[str, object], flags: TaskFlags, tally: ItemCounts) -> str:
    """自查 of a row of 任务清单, from its input cells by column key and the counts of its items."""
    sheet = layout("report")["tasks"]
    if any(value is ERROR for value in values.values()):
        return UNREADABLE
    cells = {column.key: ExcelValue(values.get(column.key)) for column in sheet.inputs}
    row = CheckedRow(cells, flags, tally=tally)
    named = vocabulary(sheet) | {"total": tally.total, "bad": tally.bad, "unfit": "、".join(flags.unfit)}
    return _shown(_task_state(row), [], row, task_rules(sheet), named)


def _task_state(row: CheckedRow) -> str:
    if row.tally.total:
        return f"{GOOD} 已填 {row.tally.total} 条"
    return f"{GOOD} {words('answer')[AnswerStatus.NIL]}" if row.status(AnswerStatus.NIL) else f"{OPTIONAL} 可选"


def tally(
    label: str, items: Sequence[Mapping[str, object]], checks: Sequence[str], flags: TaskFlags = TaskFlags()
) -> ItemCounts:
    """The counts of the items of the task called ``label``, as the formulas count them; ``checks`` are those of all."""
    rows = zip(items, checks, strict=True)
    names = {name.casefold() for name in (label, *flags.other_names) if name}
    own = [(item, check) for item, check in rows if _is_of(item, names)]
    good = [item for item, check in own if not check.startswith(BAD)]
    useless = {each.casefold() for each in flags.unfit}
    return ItemCounts(len(own), len(own) - len(good), sum(_folded(item.get("type")) not in useless for item in good))


def _is_of(item: Mapping[str, object], names: Collection[str]) -> bool:
    return isinstance(item.get("task"), str) and _folded(item["task"]) in names


def _folded(value: object) -> str:
    return "" if value is ERROR else ExcelValue(value).text.casefold()


def overall_check(texts: Iterable[str]) -> str:
    """The overall state, from every 自查 text of both sheets."""
    count = sum(text.startswith(BAD) for text in texts)
    return TO_DO.format(count=count) if count else ALL_DONE


def _shown(state: str, errors: list[str], row: CheckedRow, rules: Iterable[CheckRule], named: Mapping[str, Any]) -> str:
    found = [rule for rule in rules if rule.holds(row)]
    errors = errors + [rule.words.format_map(named) for rule in found if not rule.warning]
    warnings = [rule.words.format_map(named) for rule in found if rule.warning]
    if errors:
        return "；".join([f"{BAD} {errors[0]}", *errors[1:], *(WATCH + each for each in warnings)])
    if warnings:
        return "；".join([f"{WATCH}{state[1:]}", warnings[0], *(WATCH + each for each in warnings[1:])])
    return state
