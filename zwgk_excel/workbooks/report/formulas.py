"""Builds the formulas of a report workbook from the rules of :mod:`zwgk_excel.workbooks.report.self_check`.

Only functions that Excel 2010, WPS and LibreOffice all have. The check of an item is stored once, as the defined name
:data:`zwgk_excel.workbooks.contract.defined_names.ITEM_CHECK` with references relative to the row it is used in, so
that 5,000 rows need 5,000 short formulas.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, groupby
from operator import itemgetter
from typing import Any

from zwgk_excel.domain import persons, telephones
from zwgk_excel.domain.returns import AnswerStatus
from zwgk_excel.domain.text import SHORTEST_LINK, WITHIN_LINK
from zwgk_excel.layout.columns import Column, ColumnKind, SheetLayout, common_columns, layout
from zwgk_excel.layout.words import words
from zwgk_excel.workbooks.contract import defined_names, excel_value
from zwgk_excel.workbooks.contract.cover_texts import ALL_DONE, AMONG_AHEAD, AMONG_UNLISTED, TO_DO, WITH_REMARKS
from zwgk_excel.workbooks.contract.defined_names import (
    ITEM_TEXT,
    PUBLISHED_FROM,
)
from zwgk_excel.workbooks.contract.identity_sheet import FIRST_ROW
from zwgk_excel.workbooks.excel import column_letters, serial
from zwgk_excel.workbooks.report import self_check
from zwgk_excel.workbooks.report.self_check import CheckRule
from zwgk_excel.workbooks.writing.style import BAD, GOOD, OPTIONAL, WATCH

NO_TYPE = "-"
"""Stands where a type satisfies a task: no type is called so."""
NO_NAME = "（无此叫法）"
"""Stands where a task has no other name: nobody types it."""
_LONGEST = 3000
"""Characters of a link that are compared."""
_NAME = 60
"""Characters that are kept free for each of several names in a cell: more than all of them together have."""
_WINDOW = 99
"""Characters that are kept free for each of several telephone numbers: more than all before it and it have together."""
_STRANGE = 99
"""Is added for what is no telephone number: more than several that are."""
_NO_DIGITS = {"E": "x", "e": "x", "%": "x"}
"""What VALUE takes for a part of a number."""
_PARTED = "{" + ",".join(f'"{sign}"' for sign in excel_value.DAY_PARTED) + "}"
_EIGHT = "[<20000101]-;[>20991231]-;0000-00-00"
"""The format of a date that is written as a number of eight digits; of others it makes no date."""
_BELOW = 200
"""So many rows below 任务清单 are looked through for tasks that somebody added."""
_COUNTED = 4
"""Items are counted so many times further down than they are checked, for the unit that goes on typing: whole columns
would cost LibreOffice 40 ms for every task at every recalculation, this costs 7."""


def list_name(name: str) -> str:
    """The defined name of a dropdown's labels."""
    return f"zwgk_{name}"


def literal(text: str) -> str:
    """A text as a formula writes it."""
    return '"' + text.replace('"', '""') + '"'


@dataclass(frozen=True, slots=True)
class Ref:
    """A cell reference with the properties of an ``ExcelValue`` as Excel expressions."""

    address: str
    key: str = ""
    """The column of a date, for which defined names hold :attr:`day` and the years of a day without one."""

    def __str__(self) -> str:
        return self.address

    @property
    def plain(self) -> str:
        """The text without control characters and surplus spaces."""
        inner = self.address
        for space in excel_value.WIDE_SPACES:
            inner = f'SUBSTITUTE({inner},"{space}"," ")'
        return f"TRIM(CLEAN({inner}))"

    @property
    def blank(self) -> str:
        """Whether the text is empty but for spaces and control characters."""
        return f'{self.plain}=""'

    @property
    def absent(self) -> str:
        """Whether the text says nothing, as :func:`zwgk_excel.domain.companions.says_nothing`."""
        bare = self.plain
        for left_out in (" ", excel_value.NO_SPACE, *excel_value.FULL_STOPS):
            bare = f'SUBSTITUTE({bare},"{left_out}","")'
        return f"SUMPRODUCT(--({defined_names.NOTHING}={bare}))>0"

    @property
    def nobody(self) -> str:
        """Whether the text names no person, as :func:`zwgk_excel.domain.companions.names_nobody`."""
        among = f"FIND({_between('LOWER(' + _names(self.name) + ')')},{defined_names.NOBODY})"
        return f"SUMPRODUCT(--ISERROR({among}))=0"

    @property
    def name(self) -> str:
        """The text without spaces."""
        inner = self.address
        for space in persons.UNSEEN:
            inner = f'SUBSTITUTE({inner},"{space}","")'
        return inner

    @property
    def tight(self) -> str:
        """The same without control characters."""
        return f"CLEAN({self.name})"

    @property
    def day(self) -> str:
        """The day of a date as a number, also where it is typed as text; 0 outside of the plausible range."""
        return defined_names.day(self.key)

    @property
    def _narrow(self) -> str:
        wide = excel_value.WIDE_SPACES[0]  # LibreOffice leaves it as it is
        return f'ASC(SUBSTITUTE(CLEAN({self.address}),"{wide}"," "))'

    @property
    def _without_time(self) -> str:
        """The text without a time of day and without spaces."""
        bare = f'LEFT({self._narrow},FIND(":",{self._narrow}&"  :")-3)'
        for space in (" ", *excel_value.WIDE_SPACES[1:]):
            bare = f'SUBSTITUTE({bare},"{space}","")'
        return bare

    @property
    def _is_full(self) -> str:
        """1 where the text begins as a date with its year does, else 0."""
        return f"IFERROR((ABS(LEFT({self._without_time},4)-2049.5)<50)*(LEN({self._without_time})>7),0)"

    @property
    def _plain_day(self) -> str:
        """The text with ``-`` between year, month and day."""
        text = f'{self._without_time}&"{excel_value.DAY_END}"'
        for sign, plain in excel_value.DAY_SIGNS.items():
            text = f'SUBSTITUTE({text},"{sign}","{plain}")'
        return text

    @property
    def _compact(self) -> str:
        return f'IFERROR(DATEVALUE(TEXT(INT(VALUE(SUBSTITUTE({self._narrow},",","x"))),"{_EIGHT}")),0)'

    @property
    def found_day(self) -> str:
        """What the name of :attr:`day` holds."""
        first, last = serial(excel_value.FIRST_DAY), serial(excel_value.LAST_DAY)
        # Of 2026-11 DATEVALUE makes the first day of the month, and of 11-3 one of this year. So whatever has no full
        # date's beginning is put behind each of two years, and the later day is taken that is not after the last one.
        years, latest = defined_names.years(self.key), defined_names.latest(self.key)
        limit = f'{latest}+9^6*(LEFT(TRIM({self._narrow}),2)="20")'
        parted = f"(COUNT(FIND({_PARTED},{self._narrow}))>0)"
        dated = f'DATEVALUE(REPT({years}&"-",1-{self._is_full})&{self._plain_day})'
        typed = f"IFERROR(LOOKUP({limit},{dated})*{parted},0)"
        number = f"INT({self.address})*({self.address}>={first})*({self.address}<{last + 1})"
        return f"IF(ISNUMBER({self.address}),{number},{typed})+{self._compact}"

    def typed_from(self, day: str, wanted: str) -> str:
        """How many of its cells hold, as text or as eight digits, a day from ``day`` on, of those that are ``wanted``.

        Of a day without a year only one of the two years can be at once from today on and not after the last day.
        """
        years, latest = defined_names.years(self.key), defined_names.latest(self.key)
        parted = "+".join(f'ISNUMBER(FIND("{sign}",{self._narrow}))' for sign in excel_value.DAY_PARTED)
        dated = (f'DATEVALUE(INDEX({years},{number})&"-"&{self._plain_day})' for number in (1, 2))
        undated = [f"(({each}>={day})*({each}<={latest})*(1-{self._is_full}))" for each in dated]
        found = [f"((DATEVALUE({self._plain_day})>={day})*{self._is_full})", *undated]
        typed = "+".join(f"IFERROR({each},0)" for each in found)
        as_text = f"SUMPRODUCT(({wanted})*ISTEXT({self.address})*(({parted})>0)*({typed}))"
        return f"{as_text}+SUMPRODUCT(({wanted})*({self._compact}>={day}))"

    @property
    def is_day(self) -> str:
        """Whether it is a date in the plausible range."""
        return f"({self.day}>0)"

    @property
    def is_whole(self) -> str:
        """Whether it is a whole number from 0 on."""
        whole = f"N({self.address})=INT(N({self.address}))"
        return f"AND(ISNUMBER({self.address}),{whole},N({self.address})>=0,N({self.address})<{excel_value.WHOLE_LIMIT})"

    @property
    def narrow(self) -> str:
        """The text without control characters and surplus spaces, with its full-width digits as plain ones."""
        return f"ASC({self.plain})"

    @property
    def rest(self) -> str:
        """The same without digits."""
        inner = self.narrow
        for digit in excel_value.DIGITS:
            inner = f'SUBSTITUTE({inner},"{digit}","")'
        return inner

    @property
    def telephones(self) -> str:
        """The bare digits and separators, as :func:`zwgk_excel.domain.telephones.bare_numbers` has them."""
        left_out = [(sign, "") for sign in telephones.LEFT_OUT]
        digits = [(wide, str(value)) for value, wide in enumerate(telephones.FULL_WIDTH)]
        between = [(sign, telephones.SEPARATOR) for sign in telephones.SEPARATORS]
        inner = self.plain
        for sign, plain in (*left_out, *digits, *between, *_NO_DIGITS.items()):
            inner = f'SUBSTITUTE({inner},"{sign}","{plain}")'
        return inner

    def could_be_telephones(self, longest: int) -> str:
        """Whether it has only signs of telephone numbers and digits enough: what a data validation has room for.

        Every place that is looked at has a sign: FIND finds the empty text in Excel, and is an error in LibreOffice.
        """
        filled = f'{self.address}&REPT("0",{longest})'
        sheet, sign, _ = self.address.rpartition("!")  # a defined name takes no rows without their sheet
        places = f"ROW({sheet}{sign}$1:${longest})"
        strange = f'SUMPRODUCT(--ISERROR(FIND(MID({filled},{places},1),"{excel_value.TELEPHONE_SIGNS}")))'
        least = excel_value.SHORTEST_TELEPHONE
        return f"AND(LEN({self.address})>={least},LEN({self.address})<={longest},{strange}=0)"

    @property
    def is_no_telephone(self) -> str:
        """Whether it can be no telephone number, in a column that an office adds."""
        # Of a number of more digits than Excel keeps programs make different texts.
        could_be = self.could_be_telephones(excel_value.MOST_TELEPHONE)
        return f"OR(N({self.address})>={excel_value.WHOLE_LIMIT},NOT({could_be}))"

    @property
    def has_several_links(self) -> str:
        """Whether more than one web address stands in it, as :func:`zwgk_excel.domain.text.has_several_links`."""
        rest = f'SUBSTITUTE(LOWER(SUBSTITUTE({self.plain},"{excel_value.WIDE_SCHEME}","://")),"https","http")'
        for sign in WITHIN_LINK:
            rest = f'SUBSTITUTE({rest},"{sign}http","")'
        return f'ISNUMBER(FIND("http://",{rest},2))'

    @property
    def column_link(self) -> str:
        """The links of its column in all rows that are checked, for comparison."""
        return Ref(self.column).link

    @property
    def column(self) -> str:
        """The cells of its column in all rows that are checked."""
        start = self.address.rstrip("0123456789")
        last = FIRST_ROW + int(layout("report").settings["rows"]) - 1
        return f"{start}${FIRST_ROW}:{start.rpartition('!')[2]}${last}"

    @property
    def length(self) -> str:
        """Characters."""
        return f"LEN({self.address})"

    @property
    def is_link(self) -> str:
        """Whether it is a web address. FIND, because programs differ in whether ``=`` tells a full-width sign."""
        plain = f"ASC({self.plain})"
        bare = f'SUBSTITUTE(LOWER({plain}),"https://","http://")'
        return f'AND(LEN({plain})>={SHORTEST_LINK},IFERROR(FIND("http://",{bare}),0)=1)'

    @property
    def link(self) -> str:
        """A link for comparison: without its scheme, its fragment and a slash at its end."""
        bare = f"LOWER(ASC({self.plain}))"
        for scheme in ("https://", "http://"):
            bare = f'SUBSTITUTE({bare},"{scheme}","")'
        bare = f'TRIM(LEFT(SUBSTITUTE({bare},"#",REPT(" ",{_LONGEST})),{_LONGEST}))'
        return f'SUBSTITUTE(SUBSTITUTE({bare}&"|","/|","|"),"|","")'


def letter(sheet: SheetLayout, key: str) -> str:
    """The letter of a column."""
    return column_letters(sheet.index(key))


def quoted(name: str) -> str:
    """A sheet's name as a formula writes it."""
    return "'" + name.replace("'", "''") + "'"


def area(sheet: SheetLayout, key: str, last: int) -> str:
    """A column of a table, from its first row to ``last``, as an absolute reference from any sheet."""
    column = letter(sheet, key)
    return f"{quoted(sheet.name)}!${column}${FIRST_ROW}:${column}${last}"


def refs(sheet: SheetLayout, row: int, *, outside: bool = False) -> dict[str, Ref]:
    """Column key → reference to the cell of one row; with the sheet's name where used ``outside`` of it."""
    prefix = f"{quoted(sheet.name)}!" if outside else ""
    return {column.key: Ref(f"{prefix}${letter(sheet, column.key)}{row}") for column in sheet}


def item_check_formulas() -> dict[str, str]:
    """The formulas of the defined names that make the check of an item, relative to row 1, as defined names are.

    ITEM_CHECK uses the others: together they would be near the 8,192 characters that Excel takes.
    """
    sheet = layout("report")["items"]
    own = refs(sheet, 1, outside=True)
    counted = [column.key for column in sheet.inputs if column.kind is ColumnKind.INTEGER]
    taken = {column.key: Ref(defined_names.taken(column.key)) for column in common_columns()}
    days = {c.key: Ref(str(own[c.key]), c.key) for c in sheet.inputs if c.kind is ColumnKind.DATE}
    cells = own | taken | days
    everything = Ref("&".join(str(own[column.key]) for column in sheet.inputs))
    missing = "&".join(
        f'IF({self_check.lacks(c.key).format_map(cells)},{literal("、" + c.heading)},"")'
        for c in self_check.required(sheet)
    )
    named = self_check.vocabulary(sheet)
    of_task = self_check.OF_TASK.format_map(cells)
    first_day = f'TEXT(SUMPRODUCT({of_task}*{PUBLISHED_FROM}),"yyyy-mm-dd")'
    figures = {"first_day": first_day, "slow_after": defined_names.SLOW_AFTER}
    parts = {
        name: "=" + "&".join(_parts(rules, cells, named, figures))
        for name, rules in _rules_by_name(sheet).items()
    }
    shown = _shown(literal(self_check.COMPLETE), literal(self_check.DOUBTFUL), [_missing(missing), *parts])
    return {
        **{str(name): _taken(own[key], defined_names.common(key)) for key, name in taken.items()},
        **{name.day: f"={name.found_day}" for name in days.values()},
        **_helpers(own, cells),
        **{defined_names.rest(key): f"={cells[key].rest}" for key in counted},
        defined_names.ITEM_TEXT: f"={everything}",
        **parts,
        defined_names.ITEM_CHECK: (
            f'=IFERROR(IF({Ref(ITEM_TEXT).blank},"",IF({self_check.ASIDE_CONDITION.format_map(cells)},'
            f"{literal(self_check.LEFT_TO_INTAKE)},{shown})),{literal(self_check.UNREADABLE)})"
        ),
    }


def _rules_by_name(sheet: SheetLayout) -> dict[str, list[CheckRule]]:
    """Defined name → the rules that it holds, in their order."""
    rules = self_check.item_rules(sheet)
    single = len([rule for column in sheet.inputs for rule in self_check.column_rules(column) if not rule.warning])
    errors = [rule for rule in rules if not rule.warning]
    return {
        defined_names.ITEM_CELLS: errors[:single],
        defined_names.ITEM_ERRORS: errors[single:],
        defined_names.ITEM_WARNINGS: [rule for rule in rules if rule.warning],
    }


def _taken(own: Ref, common: str) -> str:
    return f'=IF({own.blank},{common}&"",{own})'


def _helpers(own: Mapping[str, Ref], cells: Mapping[str, Ref]) -> dict[str, str]:
    """The names of what several rules compare: who signed, whether twice, and a link."""
    names = {key: defined_names.name_of(key) for key in self_check.REVIEWS}
    found = {name: f"={cells[key].name}" for key, name in names.items()}
    found |= _arrays()
    for one, other in combinations(self_check.REVIEWS, 2):
        typed = "&".join(f"{own[key]}&{defined_names.common(key)}" for key in (one, other))
        several = self_check.holds_any(typed, defined_names.NAME_SIGNS)
        both = (names[one], names[other])
        found[defined_names.alike(one, other)] = f"=IF({several},{_is_same_person(*both)},{_is_same_name(*both)})"
    for column in layout("report")["items"].inputs:
        if column.kind is ColumnKind.PHONE and column.common:
            bare = defined_names.telephones(column.key)
            found[bare] = f"={cells[column.key].telephones}"
            found[defined_names.no_telephones(column.key)] = f"={_no_telephones(bare)}"
    found[defined_names.ENTRY_PLACE] = f"={self_check.ENTRY_PLACE.format_map(cells)}"
    return found | {defined_names.link_of("url"): f"={cells['url'].link}"}


def entry_choices(task: Ref) -> str:
    """The cells with what an item may choose of the catalogue, by its cell of the task; a blank one for nothing.

    For a data validation, where OFFSET costs nothing: in a cell it would be computed anew at every keystroke.
    """
    place = f"MATCH({task},{defined_names.TASKS},0)"
    first, count = (
        f"IFERROR(INDEX({each},{place}),0)" for each in (defined_names.ENTRY_FIRST, defined_names.ENTRY_COUNT)
    )
    return f"OFFSET({defined_names.ENTRIES},{first},0,MAX(1,{count}),1)"


def _no_telephones(bare: str) -> str:
    """The condition that bare numbers are none, as :func:`zwgk_excel.domain.telephones.are_telephones` has it.

    With a 1 before its digits a number lies between two limits exactly where it has a form of
    :data:`zwgk_excel.domain.telephones.FORMS`; so all is told from one look at the cell. What lies there weighs 1, an
    empty part 0, all else so much that the sum is too high.
    """
    between, most = telephones.SEPARATOR, telephones.MOST
    starts = ",".join(str(1 + _WINDOW * number) for number in range(most))
    sizes = ",".join([str(_WINDOW)] * (most - 1) + [str(_LONGEST)])
    part = f'TRIM(MID(SUBSTITUTE({bare},"{between}",REPT(" ",{_WINDOW})),{{{starts}}},{{{sizes}}}))'
    limits = {1.0: 0, 1.5: _STRANGE}
    for size, first in sorted(telephones.FORMS):
        low = 10**size + first * 10 ** (size - 1)
        limits |= {low: 1, low + 10 ** (size - 1): _STRANGE}
    steps = [next(run) for _, run in groupby(sorted(limits.items()), key=itemgetter(1))]
    places, weights = (",".join(f"{each:G}" for each in row) for row in zip(*steps, strict=True))
    weight = f'SUMPRODUCT(LOOKUP(VALUE("1"&{part}),{{{places}}},{{{weights}}}))'
    return f"IFERROR(ABS({weight}-{(1 + most) / 2:g})>{most / 2:g},1)"


def _arrays() -> dict[str, str]:
    """The names of what takes names from a review, and ranks from these."""
    names = (defined_names.RANK_ENDS, defined_names.RANK_STARTS, defined_names.RANK_FACTORS, defined_names.RANK_SIZES)
    places = [1 + 2 * _NAME * number for number in range(excel_value.MOST_NAMES)]
    marks = zip(names, zip(*excel_value.RANK_MARKS, strict=True), strict=True)
    return {
        **{name: _array(each, ",") for name, each in marks},
        defined_names.RANK_SUM: _array([1] * len(excel_value.RANK_MARKS), ";"),
        defined_names.NAME_PLACES: _array(places, ";"),
    }


def _array(values: Iterable[str | int], sign: str) -> str:
    return f"={{{sign.join(literal(each) if isinstance(each, str) else str(each) for each in values)}}}"


def _replaced(text: str, signs: Iterable[str], by: str) -> str:
    """The text with ``by`` for each of some signs, which are expressions."""
    for sign in signs:
        text = f'SUBSTITUTE({text},{sign},"{by}")'
    return text


_SEPARATORS = [f"CHAR({ord(each)})" if each < " " else literal(each) for each in excel_value.NAME_SEPARATORS]


def _between(text: str) -> str:
    """The text with the sign between names before and after it."""
    sign = literal(excel_value.NAME_SEPARATOR)
    return f"{sign}&{text}&{sign}"


def _names(cell: str) -> str:
    """The names that a review without spaces lists, one below the other, without what stands in brackets.

    Between two names are two spaces of :data:`_NAME` characters, a bracket is one: what stands in brackets is behind an
    uneven number of them, where nothing is taken.
    """
    others, bracket = excel_value.BRACKETS[:-1], excel_value.BRACKETS[-1]
    listed = _replaced(_replaced(cell, map(literal, others), bracket), _SEPARATORS, bracket * 2)
    spaced = f'SUBSTITUTE({listed},"{bracket}",REPT(" ",{_NAME}))'
    return f"TRIM(CLEAN(MID({spaced},{defined_names.NAME_PLACES},{_NAME})))"


def _people(names: str) -> str:
    """Names without the rank after each. The expression of the names stands here twice, and is long."""
    found = f'FIND({defined_names.RANK_ENDS},{names}&"{excel_value.NAME_SEPARATOR}",{defined_names.RANK_STARTS})'
    sizes = f"IFERROR({found}*{defined_names.RANK_FACTORS}+{defined_names.RANK_SIZES},0)"
    return f"LEFT({names},MMULT({sizes},{defined_names.RANK_SUM}))"


def _is_same_person(one: str, other: str) -> str:
    """The condition that a person is named in both of two reviews, each of which may list several.

    Words that name nobody are no persons: 同意 may stand in both.
    """
    first, second = _names(one), _names(other)
    named = f"ISERROR(FIND({_between(f'LOWER({first})')},{defined_names.NOBODY}))"
    return f"SUMPRODUCT(({_people(first)}=TRANSPOSE({_people(second)}))*{named})>0"


def _is_same_name(one: str, other: str) -> str:
    """The same where each holds a name alone, or nothing.

    It is looked for behind the words that name nobody: one of these is found there first.
    """
    wanted = f"FIND({_between(f'LOWER(CLEAN({one}))')},{defined_names.NOBODY}&LOWER(CLEAN({other}))"
    return f'IFERROR({wanted}&"{excel_value.NAME_SEPARATOR}"),0)>=LEN({defined_names.NOBODY})'


def task_check_formula(row: int, facts: Mapping[str, str]) -> str:
    """自查 in a row of 任务清单; ``facts`` are expressions for the counts and flags of its task."""
    sheet = layout("report")["tasks"]
    cells = refs(sheet, row)
    figures = {**facts, "total": str(cells["count"])}
    nil = words("answer")["nil"]
    is_nil = self_check.says(AnswerStatus.NIL).format_map(cells)
    state = (
        f'IF({figures["total"]}>0,"{GOOD} 已填 "&{figures["total"]}&" 条",'
        f'IF({is_nil},{literal(f"{GOOD} {nil}")},IF({figures["backlog"]},'
        f'{literal(f"{OPTIONAL} {self_check.LATE}")},{literal(f"{OPTIONAL} {self_check.FREE}")})))'
    )
    parts = _parts(self_check.task_rules(sheet), cells, self_check.vocabulary(sheet), figures)
    doubtful = f'"{WATCH}"&MID({state},2,99)'
    return f"=IFERROR({_shown(state, doubtful, parts)},{literal(self_check.UNREADABLE)})"


def bad_formula(criteria: Sequence[str]) -> str:
    """The number of a task's items whose self-check shows an error; ``criteria`` are the cells of its names."""
    return "=" + "+".join(f'COUNTIFS({_counted("task")},{each},{_counted("check")},"{BAD}*")' for each in criteria)


def useful_formula(criteria: Sequence[str], unfit: str) -> str:
    """The number of a task's items without an error and of a type that satisfies a policy column.

    ``unfit`` are cells with the words of the types that do not, each once, else with :data:`NO_TYPE`.
    """
    task, type_, check = (_counted(key) for key in ("task", "type", "check"))
    good = [f'{task},{each},{check},"<>{BAD}*"' for each in criteria]
    return "=" + "+".join(f"COUNTIFS({each})-SUMPRODUCT(COUNTIFS({each},{type_},{unfit}))" for each in good)


def total_formula(criteria: Sequence[str]) -> str:
    """The number of a task's items."""
    return "=" + "+".join(f'COUNTIF({_counted("task")},{each})' for each in criteria)


def _counted(key: str) -> str:
    rows = _COUNTED * int(layout("report").settings["rows"])
    return area(layout("report")["items"], key, FIRST_ROW + rows - 1)


def lacking_condition(column: Column, cell: Ref) -> str:
    """A condition for colouring: a common value says nothing, and rows of 信息明细 that leave it blank lack it."""
    wanted = literal(f"{BAD} {self_check.LACKS}*{column.heading}*")
    empty = self_check.lacks(column.key).format_map({column.key: cell})
    return f"=AND({empty},COUNTIF({defined_names.ITEM_CHECKS},{wanted})>0)"


def open_formula(sheet: SheetLayout, last: int) -> str:
    """The number of rows of a sheet with something to correct, with those that 自查 does not mark."""
    more = {"items": defined_names.AHEAD, "tasks": defined_names.UNLISTED}[sheet.key]
    return f'=COUNTIF({area(sheet, "check", last)},"{BAD}*")+{more}'


def cover_formulas(tasks: int) -> dict[str, str]:
    """The formulas of the defined names of what only the cover tells, for so many tasks.

    In 自查 itself NOW would have every filled row computed anew at every keystroke.
    """
    items, sheet = layout("report")["items"], layout("report")["tasks"]
    last = FIRST_ROW + int(layout("report").settings["rows"]) - 1
    day, check = (area(items, key, last) for key in ("published_on", "check"))
    tomorrow, beyond = f"({defined_names.TODAY}+1)", serial(self_check.LAST_DAY) + 1
    dates = f'{day},"<{beyond}"'
    passed = "+".join(f'COUNTIFS({dates},{day},">="&{tomorrow},{check},"{mark}*")' for mark in (GOOD, WATCH))
    passing = "+".join(f'(LEFT({defined_names.FILLED_CHECKS})="{mark}")' for mark in (GOOD, WATCH))
    typed = Ref(defined_names.FILLED_DAYS, "published_on").typed_from(tomorrow, passing)
    filled = f"SUMPRODUCT(MAX((1-ISBLANK({day}))*ROW({day})))-{FIRST_ROW - 1}"
    id_, status = (area(sheet, key, FIRST_ROW + tasks + _BELOW) for key in ("id", "status"))
    own_check = area(sheet, "check", FIRST_ROW + max(tasks, 1) - 1)
    said = "+".join(f"ISNUMBER(MATCH({status},{defined_names.said(each)},0))" for each in AnswerStatus)
    unlisted = f'({id_}<>"")*(COUNTIF({defined_names.ISSUED_IDS},{id_})=0)*({said})'
    return {
        defined_names.TODAY: "=INT(NOW())",
        **{
            name: f"={cells.partition(':')[0]}:INDEX({cells},MAX(1,{filled}))"
            for name, cells in ((defined_names.FILLED_DAYS, day), (defined_names.FILLED_CHECKS, check))
        },
        # What is no date costs a hundred times as much, and is rare: the cells take no text but by pasting.
        defined_names.AHEAD: f"={passed}+IF(COUNTA({day})=COUNTIFS({dates}),0,{typed})",
        defined_names.UNLISTED: f"=SUMPRODUCT({unlisted})",
        defined_names.REMARKS: "=" + "+".join(f'COUNTIF({each},"{WATCH}*")' for each in (check, own_check)),
    }


def overall_formula(first: str, second: str) -> str:
    """The overall state, from the cells of the two numbers."""
    count = f"{first}+{second}"
    ahead = f"{defined_names.AHEAD}>0,{_counting(AMONG_AHEAD, defined_names.AHEAD)}"
    unlisted = f"{defined_names.UNLISTED}>0,{_counting(AMONG_UNLISTED, defined_names.UNLISTED)}"
    todo = f'{_counting(TO_DO, f"({count})")}&IF({ahead},IF({unlisted},""))'
    remarks = f"({defined_names.REMARKS})"
    done = f"IF({remarks}=0,{literal(ALL_DONE)},{_counting(WITH_REMARKS, remarks)})"
    return f"=IF({count}=0,{done},{todo})"


def _counting(text: str, count: str) -> str:
    before, after = text.split("{count}")
    return f"{literal(before)}&{count}&{literal(after)}"


def check_contains(rule: CheckRule, sheet: SheetLayout, row: int) -> str:
    """A condition for colouring: 自查 in this row contains the rule's text (after a leading figure)."""
    named = self_check.vocabulary(sheet) | dict.fromkeys(("total", "bad", "first_day", "slow_after", "unfit"), "\n")
    longest = max(rule.words.format_map(named).split("\n"), key=len)
    return f"=ISNUMBER(FIND({literal(longest)},${letter(sheet, 'check')}{row}))"


def _parts(
    rules: Iterable[CheckRule], cells: Mapping[str, Ref], named: Mapping[str, Any], figures: Mapping[str, str]
) -> list[str]:
    """One expression for each rule: its text with the separator, or an empty text."""
    spoken = _escaped(named) | {key: f'"&{figure}&"' for key, figure in figures.items()}
    known = {**cells, **figures}
    texts = {name: _literals(value) for name, value in named.items() if isinstance(value, Mapping)}
    found = ((rule.excel.format_map(known | texts), rule.words.format_map(spoken), rule.warning) for rule in rules)
    return [f'IF({condition},"；{WATCH if warning else ""}{text}","")' for condition, text, warning in found]


def _escaped(named: Mapping[str, Any]) -> dict[str, Any]:
    return {key: literal(value)[1:-1] if isinstance(value, str) else value for key, value in named.items()}


def _literals(texts: Mapping[str, str]) -> dict[str, str]:
    return {code: literal(text) for code, text in texts.items()}


def _missing(missing: str) -> str:
    """``；缺 甲、乙`` for ``、甲、乙`` and empty for empty, with the long expression evaluated once."""
    return f'SUBSTITUTE(SUBSTITUTE(SUBSTITUTE("；缺"&{missing}&"|","；缺|",""),"；缺、","；缺 "),"|","")'


def _shown(state: str, doubtful: str, parts: list[str]) -> str:
    """``self_check._shown`` as an expression. Every part begins with ``；``, warnings with ``；▲``, errors come first.

    So the characters after the state decide the mark, and the parts are computed only once.
    """
    everything = "&".join([state, *parts])
    warned = f'SUBSTITUTE({everything},{state}&"；{WATCH}",{doubtful}&"；")'
    return f'SUBSTITUTE({warned},{state}&"；","{BAD} ")'
