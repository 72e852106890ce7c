"""A raw cell value with the properties that Excel's functions give it, as the rules of 自查 use them."""

from __future__ import annotations

import re
from datetime import date, datetime
from functools import cached_property

from zwgk_excel.domain import persons
from zwgk_excel.domain.companions import NOBODY, says_nothing
from zwgk_excel.domain.telephones import FULL_WIDTH, LEFT_OUT, LONGEST, SEPARATOR, SEPARATORS, are_telephones
from zwgk_excel.domain.text import SHORTEST_LINK, has_several_links, text_length
from zwgk_excel.workbooks.excel import day_of, serial, serial_of_moment

NAME_SEPARATOR, LINE_END = persons.SEPARATORS[0], "\n"
"""What stands between several names in one cell, and what is typed for it where they stand below one another."""
NAME_SEPARATORS = (*persons.SEPARATORS, LINE_END)
"""All that is typed between them."""
BRACKETS = "()（）"
"""Around a remark on a name."""
FULL_STOPS = "。."
"""Say nothing: 同意。"""
MOST_NAMES = 7
"""So many names fit into a review; a remark on one takes the place of another."""
NAMELESS = NAME_SEPARATOR.join(("", *(f"{text}{stop}" for text in ("", *NOBODY) for stop in ("", *FULL_STOPS)), ""))
"""What names nobody, with the sign between names before and after each."""
_TITLES = tuple((title, f"{persons.DEPUTY}{title}") for title in persons.TITLES)
RANK_MARKS = (
    (NAME_SEPARATOR, 1, 1, -1),
    *((f"{title}{NAME_SEPARATOR}", persons.SHORTEST + 1, 0, -len(title)) for title, _ in _TITLES),
    *((f"{deputy}{NAME_SEPARATOR}", persons.SHORTEST + 1, 0, -len(deputy)) for _, deputy in _TITLES),
    *((f"{deputy}{NAME_SEPARATOR}", persons.SHORTEST, 0, len(title)) for title, deputy in _TITLES),
)
"""What tells how long a name is without the rank at its end: a text that is looked for in the name and the sign after
it, the place from which on it counts, a factor of the place where it stands, and what is added to that. Of all that are
found the sum is the length: the sign alone stands behind the whole name, and a rank takes its characters from that.
Of 李明副局长 局长 takes two, 副局长 three and gives two back; so of 李副局长, whose name would be too short, none is
taken."""
FIRST_DAY, LAST_DAY = date(2000, 1, 1), date(2099, 12, 31)
"""Dates outside are slips of the keyboard."""
WIDE_SPACES = "\u3000\u00a0"
"""The full-width space of Chinese input methods and the hard space of web pages: blank to the eye, not to TRIM."""
NO_SPACE = "\u200b"
"""The space without a width, which comes along from web pages."""
WIDE_SCHEME = "：//"
"""The colon of Chinese input methods in a link, which intake understands."""
_NARROW = {0x3000: " ", **{code: chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)}}
"""What ASC makes of the wide signs of Chinese input methods, in every program for Chinese."""
MOST_DIGITS = 15
"""So many Excel keeps."""
WHOLE_LIMIT = 10**MOST_DIGITS

DAY_END = "日"
"""Is put after a date that is typed as text, so that a full stop there is known for what it is: 2026.11.3."""
DAY_SIGNS = {"T日": "日", "号": "日", ".日": "日", "年": "-", "月": "-", "日": "", ".": "-", "/": "-"}
"""What is written otherwise in such a date, and what it is replaced by, in this order: 2026.11.3, 2026年11月3日,
and what is left of a time after a T: 2026-11-03T10:00."""
DAY_PARTED = ("年", "月", ".", "-", "/")
"""One of them stands in each."""
_FULL_DAY = re.compile("(20[0-9]{2})-([0-9]{1,2})-([0-9]{1,2})-?")
_DAY_ALONE = re.compile("([0-9]{1,2})-([0-9]{1,2})-?")
_COMPACT_DAY = re.compile(r"(20[0-9]{2})([0-9]{2})([0-9]{2})(?:\.[0-9]*)?")
DIGITS = "0123456789"
TELEPHONE_SIGNS = "".join((DIGITS, FULL_WIDTH, SEPARATOR, *SEPARATORS, *LEFT_OUT, "　"))
"""All that stands in telephone numbers."""
SHORTEST_TELEPHONE, MOST_TELEPHONE = 7, 2 * LONGEST
"""So many characters a cell with telephone numbers has at least, and at most where its column has no limit below."""
COUNTERS = ("条", "件", "个", "份", "项", "次", "人次", "人", "篇")
"""What intake takes after a number in a cell that asks for one."""
_CONTROL = re.compile("[\x00-\x1f]")
_NAMELESS = frozenset(NAMELESS.split(NAME_SEPARATOR))

ERROR = object()
"""Represents a cell with an error value such as #N/A."""


class ExcelValue:
    """A raw cell value (None, str, number, bool, date, datetime) as Excel's functions see it."""

    def __init__(self, value: object, latest: int = 0) -> None:
        self.value = value
        self.latest = latest
        """The serial number of the last day that a day without a year may mean; 0 where it means none."""

    @cached_property
    def text(self) -> str:
        """The value as the operator ``&`` gives it."""
        match self.value:
            case None:
                return ""
            case bool():
                return str(self.value).upper()
            case str():
                return self.value
            case _:
                return f"{self.number:.15g}"

    @cached_property
    def plain(self) -> str:
        """The text without control characters and surplus spaces: TRIM(CLEAN(…))."""
        narrow = self.text.translate(dict.fromkeys(map(ord, WIDE_SPACES), " "))
        return " ".join(_CONTROL.sub("", narrow).split(" ")).strip(" ")

    @property
    def blank(self) -> bool:
        """Whether the text is empty but for spaces and control characters."""
        return not self.plain

    @property
    def absent(self) -> bool:
        """Whether the text says nothing: blank, or a word that only fills the cell."""
        return says_nothing(self.plain.replace(NO_SPACE, ""))

    @property
    def nobody(self) -> bool:
        """Whether no person is among the names: each is nothing, fills the cell, or is a rank alone."""
        return _NAMELESS.issuperset(self._names)

    @property
    def name(self) -> str:
        """The text without spaces (张 三)."""
        return self.text.translate(dict.fromkeys(map(ord, persons.UNSEEN))).casefold()

    @property
    def tight(self) -> str:
        """The same without control characters."""
        return _CONTROL.sub("", self.name)

    def is_same_person(self, other: ExcelValue) -> bool:
        """Whether a person is named in both cells, each of which may list several (张三局长、李四)."""
        return not self._people.isdisjoint(other._people)

    @cached_property
    def _people(self) -> set[str]:
        """Who is listed, without the rank after a name."""
        return {_without_rank(name) for name in self._names - _NAMELESS}

    @cached_property
    def _names(self) -> set[str]:
        """What is listed, without remarks in brackets."""
        listed, bracket = self.name, BRACKETS[-1]
        for sign in BRACKETS:
            listed = listed.replace(sign, bracket)
        for sign in NAME_SEPARATORS:
            listed = listed.replace(sign, bracket * 2)
        return {_CONTROL.sub("", each) for each in listed.split(bracket)[: 2 * MOST_NAMES : 2]}

    @property
    def are_telephones(self) -> bool:
        """Whether it is one telephone number or several."""
        return are_telephones(self.plain)

    def could_be_telephones(self, longest: int) -> bool:
        """Whether it has only signs of telephone numbers, enough of them, and not more than ``longest``."""
        return SHORTEST_TELEPHONE <= self.length <= longest and set(self.text) <= set(TELEPHONE_SIGNS)

    @property
    def has_several_links(self) -> bool:
        """Whether more than one web address stands in it, of which none is part of another."""
        return has_several_links(self.plain.replace(WIDE_SCHEME, "://"))

    @property
    def link(self) -> str:
        """A link for comparison: without its scheme, its fragment and a slash at its end."""
        bare = self.plain.translate(_NARROW).casefold()
        for scheme in ("https://", "http://"):
            bare = bare.replace(scheme, "")
        return bare.partition("#")[0].removesuffix("/")

    @property
    def number(self) -> float:
        """The value as N() gives it: 0 for text."""
        match self.value:
            case datetime():
                return serial_of_moment(self.value)
            case date():
                return float(serial(self.value))
            case bool() | int() | float():
                return float(self.value)
        return 0.0

    @cached_property
    def day(self) -> int:
        """The serial number of a date, also of one typed as text; 0 outside of the plausible range."""
        if isinstance(self.value, str):
            narrow = _CONTROL.sub("", self.value).translate(_NARROW)
            return _typed_day(narrow, self.latest) or _compact_day(narrow.strip(" "))
        if not isinstance(self.value, date | bool) and (day := _compact_day(self.text)):
            return day
        in_range = not isinstance(self.value, bool) and serial(FIRST_DAY) <= self.number < serial(LAST_DAY) + 1
        return int(self.number) if in_range else 0

    @property
    def is_day(self) -> bool:
        """Whether it is a date in the plausible range."""
        return self.day > 0

    @property
    def is_whole(self) -> bool:
        """Whether it is a whole number from 0 on of which a cell shows every digit."""
        is_number = self.value is not None and not isinstance(self.value, bool | str)
        return is_number and self.number == int(self.number) and 0 <= self.number < WHOLE_LIMIT

    @cached_property
    def narrow(self) -> str:
        """The text without control characters and surplus spaces, with its full-width digits as plain ones."""
        return self.plain.translate(_NARROW)

    @property
    def rest(self) -> str:
        """The same without digits."""
        return self.narrow.translate(dict.fromkeys(map(ord, DIGITS)))

    @property
    def is_counted(self) -> bool:
        """Whether the text is a whole number as people write it: digits, and perhaps 条 after them."""
        rest, digits = self.rest, text_length(self.narrow) - text_length(self.rest)
        return 0 < digits <= MOST_DIGITS and self.narrow.endswith(rest) and rest.strip(" ") in {*COUNTERS, ""}

    @property
    def is_zero(self) -> bool:
        """Whether it is no number from 1 on, as a number or as text (3条)."""
        return self.number == 0 and self.narrow[:1] not in set(DIGITS[1:])

    @property
    def length(self) -> int:
        """Characters, as LEN counts them."""
        return text_length(self.text)

    @property
    def is_link(self) -> bool:
        """Whether it is a web address, as :func:`zwgk_excel.domain.text.is_link` has it."""
        plain = self.plain.translate(_NARROW)
        return text_length(plain) >= SHORTEST_LINK and plain.casefold().startswith(("http://", "https://"))


def _without_rank(name: str) -> str:
    ended = name + NAME_SEPARATOR
    found = ((ended.find(mark, first - 1) + 1, factor, added) for mark, first, factor, added in RANK_MARKS)
    return name[: sum(place * factor + added for place, factor, added in found if place)]


def _typed_day(text: str, latest: int) -> int:
    """The day of a date that is typed with signs between its numbers, perhaps with a time after it; else 0.

    Without a year it is the last such day up to the day with the serial number ``latest``, where that is not 0.
    """
    before, colon, _ = text.partition(":")
    bare = (before[:-2] if colon else text).translate(dict.fromkeys(map(ord, WIDE_SPACES + " ")))
    signed = f"{bare}{DAY_END}"
    for sign, plain in DAY_SIGNS.items():
        signed = signed.replace(sign, plain)
    if found := _FULL_DAY.fullmatch(signed) if bare.startswith("20") else None:
        return _serial(*map(int, found.groups()))
    if not latest or not (found := _DAY_ALONE.fullmatch(signed)):
        return 0
    until = day_of(latest)
    days = (_serial(year, *map(int, found.groups())) for year in (until.year, until.year - 1))
    return next((day for day in days if 0 < day <= latest), 0)


def _compact_day(text: str) -> int:
    """The day of eight digits: 20261105, whatever comes after a point; 0 for anything else."""
    found = _COMPACT_DAY.fullmatch(text)
    return _serial(*map(int, found.groups())) if found else 0


def _serial(year: int, month: int, day: int) -> int:
    try:
        return serial(date(year, month, day))
    except ValueError:
        return 0
