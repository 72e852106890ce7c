"""Normalisation of typed text: spaces, full-width characters, dates in words."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Mapping
from datetime import date
from functools import lru_cache

_LINE_ENDS = frozenset({"Zl", "Zp"})
_SPACES = _LINE_ENDS | {"Zs"}
_INVISIBLE = frozenset({"Cc", "Cf"})
"""Unicode's categories of what has no width: control characters, direction marks, zero-width spaces and joiners."""
_UNSHOWN = _INVISIBLE | {"Cs", "Co", "Cn"}
"""With lone surrogates, and private and unassigned characters, which only some fonts show (rare ones in names)."""
_BREAKS = "\t\n\r\x85"
"""Control characters that stand between words."""
_ACTING = _INVISIBLE | _LINE_ENDS | {"Cs"}
"""What moves a cursor, colours, reorders or breaks what is shown. Private and unassigned characters only look odd: they
stand for rare ones in names."""
_BLANK = "\u115f\u1160\u2800\u3164\uffa0"
"""Letters and a sign that show nothing: fillers of Hangul and the empty pattern of Braille, typed to pass a check."""
_UNCLEAN = re.compile(rf"^ | $|  |[０-９Ａ-Ｚａ-ｚ{_BLANK}]")
_JOINING = "\u0600-\u0dff\u1800-\u18aa\u0f00-\u0fff\u1000-\u109f\u2600-\u27bf\ufe0f\U0001f000-\U0001faff"
"""Scripts whose letters change where they join (Uyghur, Kazakh, Mongolian, Tibetan and others), and emoji."""
_JOINER = re.compile(f"(?<=[{_JOINING}])([\u200c\u200d\u180e])(?=[{_JOINING}])")
"""The joiners of Unicode where they mean something; anywhere else they are left over, and never seen."""
_VARIANTS = re.compile("[\u180b-\u180d\ufe00-\ufe0f\U000e0100-\U000e01ef]")
"""Selectors of a variant of the character before, as rare names have them: kept in values, ignored in comparisons."""
_HIDDEN_KINDS = (
    ("方向标记", re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")),
    ("零宽字符", re.compile("[\u00ad\u180e\u200b-\u200d\u2060-\u2064\ufeff]")),
    ("特殊空格", re.compile("[\u00a0\u1680\u2000-\u200a\u202f\u205f]")),
)
_ODD_SPACES = re.compile("[\u00a0\u1680\u2000-\u200a\u202f\u205f]")
_HAN_GAP = re.compile(r"(?<=[\u4e00-\u9fff]) (?=[\u4e00-\u9fff])")
_FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF10, 0xFF5B) if chr(code - 0xFEE0).isalnum()}
_SEPARATED = re.compile(r"(\d{4})\s*[-./年]\s*(\d{1,2})\s*[-./月]\s*(\d{1,2})\s*[日号]?\s*\.?")
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})")
_WITHOUT_YEAR = re.compile(r"(\d{1,2})\s*[-./月]\s*(\d{1,2})\s*[日号]?\s*\.?")
_LINK = re.compile(r"https?://.", re.IGNORECASE)
SHORTEST_LINK = len("http://a.cn")
WITHIN_LINK = "=/?&"
"""Behind one of these an address is part of another: ``…?from=https://…``."""
_MIDNIGHT = re.compile(r"[ T]00:00(:00)?$")


class _Seen(dict[int, int | str]):
    """A table for ``str.translate``, filled on demand: by its category a character is kept, a space, or removed."""

    def __init__(self, known: Mapping[int, int | str], *, none: frozenset[str], spaces: frozenset[str]) -> None:
        super().__init__(known)
        self._none, self._spaces = none, spaces

    def __missing__(self, code: int) -> int | str:
        category = unicodedata.category(chr(code))
        self[code] = " " if category in self._spaces else "" if category in self._none else code
        return self[code]


class _Escapes(dict[int, int | str]):
    """A table for ``str.translate``, filled on demand: what acts becomes JSON's own ``\\u…``, all else is kept."""

    def __missing__(self, code: int) -> int | str:
        acts = unicodedata.category(chr(code)) in _ACTING
        self[code] = json.dumps(chr(code))[1:-1] if acts else code
        return self[code]


_AS_SPACES: Mapping[int, int | str] = dict.fromkeys(map(ord, _BREAKS + _BLANK), " ")
_CLEANED = _Seen({**_AS_SPACES, **_FULL_WIDTH}, none=_INVISIBLE, spaces=_SPACES)
_VISIBLE = _Seen({ord(char): char for char in _BREAKS}, none=_INVISIBLE, spaces=frozenset())
_ONE_LINE = _Seen(_AS_SPACES, none=_UNSHOWN, spaces=_SPACES)
_IN_A_NAME = _Seen({}, none=_UNSHOWN, spaces=_SPACES)
_ON_SCREEN = _Seen({**_AS_SPACES, ord("\t"): "\t"}, none=_ACTING, spaces=_LINE_ENDS)
_LINES_ON_SCREEN = _Seen({**_ON_SCREEN, ord("\n"): "\n"}, none=_ACTING, spaces=_LINE_ENDS)
_ESCAPED = _Escapes({ord("\n"): "\n"})


def visible(text: str) -> str:
    """The visible part of a typed text: no zero-width characters, no surrounding space.

    Spaces, tabs and line ends within it are kept, and so are the joiners of Unicode (U+200C, U+200D, U+180E) between
    letters of scripts that they change, and in emoji. Selectors of variants are no zero-width characters: who is called
    so writes them.
    """
    return text.strip() if text.isprintable() else _translated(text, _VISIBLE).strip()


def hidden_in(text: str) -> list[str]:
    """In Chinese, which kinds of characters a text has that are not seen as what they are; empty for none.

    Line ends and tabs are seen; the joiners that :func:`visible` keeps mean something.
    """
    if text.isprintable():
        return []
    left = _JOINER.sub("", text)
    found = [kind for kind, pattern in _HIDDEN_KINDS if pattern.search(left)]
    rest = {char for char in left if char not in _BREAKS and unicodedata.category(char) in _INVISIBLE}
    others = [char for char in rest if not any(pattern.search(char) for _, pattern in _HIDDEN_KINDS)]
    return [*found, "控制字符"] if others else found


def with_plain_spaces(text: str) -> str:
    """A text with plain spaces in place of those of a certain width or that do not break; 　 stays."""
    return _ODD_SPACES.sub(" ", text)


def _translated(text: str, table: Mapping[int, int | str]) -> str:
    """``str.translate`` that keeps the joiners which mean something."""
    pieces = _JOINER.split(text)
    return "".join(piece if place % 2 else piece.translate(table) for place, piece in enumerate(pieces))


def one_line(text: str) -> str:
    """Any text as one line of printable characters, with single spaces."""
    return " ".join(text.translate(_ONE_LINE).split())


def shown_in_a_name(text: str) -> str:
    """The printable characters of a file name: a right-to-left mark would show ``fdp.xlsx`` reversed.

    Every space becomes a plain one; tabs are removed.
    """
    return text.translate(_IN_A_NAME)


def on_screen(text: str, *, lines: bool = False) -> str:
    """A text as a terminal or a dialog may show it: what acts there is left out, tabs and spaces are kept.

    It is one line, unless ``lines`` says that its line ends are ours.
    """
    if text.isprintable():
        return text
    return text.replace("\r\n", "\n").translate(_LINES_ON_SCREEN if lines else _ON_SCREEN)


def json_on_screen(text: str) -> str:
    """A JSON text that says the same, with every character that acts on a terminal as ``\\u…``."""
    return text if text.replace("\n", "").isprintable() else text.translate(_ESCAPED)


def clean(text: str) -> str:
    """One line of text: full-width letters and digits narrowed, line breaks and runs of spaces replaced by one space.

    Chinese punctuation is kept: ``（`` and ``(`` are not the same in a title.
    """
    if is_clean(text):
        return text
    return " ".join(_translated(text, _CLEANED).split())


def is_clean(text: str) -> bool:
    """Whether :func:`clean` would change nothing, by a quick test; False for text with line breaks."""
    return text.isprintable() and not _UNCLEAN.search(text)


def shortened(text: str, most: int) -> str:
    """One line of a text, with ``…`` where more than ``most`` characters are left out."""
    line = clean(text)
    return line if len(line) <= most else f"{line[:most]}…"


def clean_paragraph(text: str) -> str:
    """Text of several lines: each line cleaned, empty ones at the ends dropped."""
    lines = [clean(line) for line in text.replace("\r\n", "\n").replace("\r", "\n").split("\n")]
    return "\n".join(lines).strip("\n")


def clean_name(text: str) -> str:
    """A person's or unit's name: cleaned, and without the space that aligns two characters with three (张 三)."""
    return _HAN_GAP.sub("", clean(text))


@lru_cache(maxsize=8192)
def fold(text: str) -> str:
    """A heading or name for comparison only: compatibility forms, case, spaces and common marks removed.

    So are joiners and selectors of variants, which one who types the name elsewhere leaves out.
    """
    seen = _VARIANTS.sub("", unicodedata.normalize("NFKC", text).translate(_VISIBLE))
    return re.sub(rf"[\s*＊:：()（）\[\]【】、,，/{_BLANK}]+", "", seen).casefold()


def text_length(text: str) -> int:
    """How long a text is for Excel and WPS, which count a character beyond the basic plane as two."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


def is_link(text: str) -> bool:
    """Whether a text begins as a web address, ``http://`` or ``https://``, and is as long as the shortest one."""
    return len(text) >= SHORTEST_LINK and _LINK.match(text) is not None


def has_several_links(text: str) -> bool:
    """Whether a text that begins as a web address has another one after it, which is no part of the first."""
    rest = text.lower().replace("https", "http")
    for sign in WITHIN_LINK:
        rest = rest.replace(f"{sign}http", "")
    return "http://" in rest[1:]


def is_one_link(text: str) -> bool:
    """Whether a text is a web address that can be visited: with another one behind it nobody knows which is meant."""
    return is_link(text) and not has_several_links(text)


def parse_date(text: str, *, by: date, since: date | None = None) -> date | None:
    """A day as typed: ``2026.3.5``, ``2026年3月5日`` (or 号), ``20260305``, ``3月5日``; None for others.

    Without a year it is the latest such day not after ``by`` (a workbook of January names days of December); where
    ``since`` is given, the next such day from that on (a workbook of December names days of January).
    """
    plain = _plain_day(text)
    if found := _SEPARATED.fullmatch(plain) or _COMPACT.fullmatch(plain):
        return _day(int(found[1]), int(found[2]), int(found[3]))
    if found := _WITHOUT_YEAR.fullmatch(plain):
        month, day = int(found[1]), int(found[2])
        if since:
            ahead = (_day(year, month, day) for year in (since.year, since.year + 1))
            return next((candidate for candidate in ahead if candidate and candidate >= since), None)
        candidates = (_day(year, month, day) for year in (by.year, by.year - 1))
        return next((candidate for candidate in candidates if candidate and candidate <= by), None)
    return None


def lacks_year(text: str) -> bool:
    """Whether a text is a day as :func:`parse_date` has it, without its year: ``3月5日``, ``3.5``, ``12-17``."""
    return _WITHOUT_YEAR.fullmatch(_plain_day(text)) is not None


def years_without(text: str, *, by: date, since: date | None = None) -> tuple[int, ...]:
    """The years that were tried in vain for 29 February, as :func:`parse_date` tries them; none for any other text."""
    plain = _plain_day(text)
    dated, undated = _SEPARATED.fullmatch(plain) or _COMPACT.fullmatch(plain), _WITHOUT_YEAR.fullmatch(plain)
    numbers = dated.groups()[1:] if dated else undated.groups() if undated else ()
    if [int(each) for each in numbers] != [2, 29] or parse_date(text, by=by, since=since):
        return ()
    if dated:
        return (int(dated[1]),)
    return (since.year, since.year + 1) if since else (by.year - 1, by.year)


def _plain_day(text: str) -> str:
    return _MIDNIGHT.sub("", clean(unicodedata.normalize("NFKC", text)))


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
