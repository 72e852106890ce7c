"""须附材料: what an item must bring with it where its duty asks for that, and which texts are no such thing.

The notice's annex: row 1 (文件起草说明, 解读文件同步报送), row 15 (规划需同步解读), and 行政决策公开 (同步公开决策草案
说明, 明确意见征集期限; 公开正式文件时, 同步公开政策解读和意见征集情况).
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

from zwgk_excel.domain.persons import ASSENTS, RANKS, names_in
from zwgk_excel.domain.returns import Item, ItemType


class Companion(StrEnum):
    """What a duty may ask for beside an item; the words are in ``lists.toml``."""

    DRAFT_NOTE = "draft_note"
    READING = "reading"
    DECISION_NOTE = "decision_note"
    CONSULTATION = "consultation"


OF_OLD = (Companion.DRAFT_NOTE, Companion.READING)
"""What 是 means in a duty table, and ``true`` in an issue, of before there were others."""


@dataclass(frozen=True, slots=True)
class CompanionColumn:
    """A column of 信息明细 that holds a companion, or a part of one."""

    key: str
    companion: Companion
    types: Collection[str]
    """The types of items that need it, where the duty asks for the companion."""
    unless_none: str = ""
    """The column of a number that makes it needless where it is 0."""


_NUMBERS = "123456789一二三四五六七八九"
_ATTACHED = tuple(f"{word}{number}" for word in ("附件", "见附件", "详见附件") for number in _NUMBERS)
_PERIODS = ("本月", "本期", "本季度", "本年", "本年度", "经核实", "经核实本月", "经核实本期")
_SO_FAR = tuple(f"{when}{none}" for when in _PERIODS for none in ("", "无", "没有", "暂无"))
"""A period without what there was none of, and why."""
_SHORT = (
    *("无", "没有", "暂无", "无此项", "此项无", "本项无", "不涉及", "不适用", "无需", "不需要", "空", "略", "从略"),
    *("同上", "待补", "待补充", "后补", "待定", "见附件", "详见附件", "附件", "另附", "见正文"),
    *("有", "已附", "有附件", "已有", "已上传", "已公开", "已发布", "已发", "已同步", "同步公开", "是", "√", "1"),
    *("none", "no", "n/a", "null", "/", "／", "\\", "-", "--", "—", "——", "－", "_", "…", "……"),
    *("×", "x", "0", "?", "？"),
)
_WIDE = {code: code + 0xFEE0 for code in range(0x21, 0x7F) if chr(code).isalnum()}
NOTHING = (*dict.fromkeys((*_ATTACHED, *_SO_FAR, *_SHORT, *(each.translate(_WIDE) for each in (*_ATTACHED, *_SHORT)))),)
"""What people type to fill a cell, in small letters and without spaces and full stops; digits and letters also at
full width, which reading makes plain ones, and a formula does not."""
REVIEWS = ("first_review", "second_review", "final_review")
NAMED = ("title", *REVIEWS)
"""Required columns of 信息明细 in which one of :data:`NOTHING` is as good as an empty cell: it names nobody."""
NOBODY = (*dict.fromkeys((*NOTHING, *RANKS, *ASSENTS, *"na")),)
"""What names nobody in :data:`REVIEWS`: the same, a rank alone (局长), that somebody agreed (已审), and what a stroke
makes of N/A."""
_NOTHING, _NOBODY = frozenset(("", *NOTHING)), frozenset(("", *NOBODY))
_SPACE = re.compile(r"[\s\u00a0\u3000]")
_LEFT_OUT = re.compile(r"[\s\u00a0\u3000\u200b。.]")


NUMBERED = (*(f"规{bracket}" for bracket in "〔[［【（(﹝「『〈"),)
"""What the 文号 of a 规范性文件 has before the year (冶政规〔2026〕3号), without spaces: how they are registered, and
other brackets that are typed for those."""
CENTURY = "规20"
"""The same where the brackets were left out (冶政规2026年3号). In a title it may be a plan (总规2020–2035)."""
END = "|"
"""Marks the end of a title, for what is one only there."""
_KINDS = ("办法", "规定", "细则", "规则", "若干措施", "若干意见")
_AFTER_KIND = (END, "》", "（", "(", "的通知", "的决定")
TITLED = (
    *("管理办法", "实施办法", "暂行办法", "实施细则", "管理规定", "暂行规定", "若干规定", "管理细则"),
    *(f"{kind}{after}" for kind in _KINDS for after in _AFTER_KIND),
)
"""What the title of a 规范性文件 usually is, with :data:`END` after it (the office's habit, no source)."""
ABOUT = (
    *("解读", "图解", "问答", "说明", "征求", "征集", "采纳", "草案"),
    *("废止", "失效", "学习", "培训", "宣传", "清理", "备案"),
)
"""What the title of something about such a document has: no doubt comes of the title then. A 文号 tells all the same,
but for the type that explains a document of which it may name the number."""
UNDISGUISED = frozenset({ItemType.NORMATIVE, ItemType.NEWS})
"""Types under which a 规范性文件 dodges no rule: its own, and news, which satisfies no policy column."""
UNDOUBTED = UNDISGUISED | {ItemType.DRAFT}
"""The same for what only its title tells: a draft is called as it will be; it has no 文号 yet."""


def has_normative_number(item: Item) -> bool:
    """Whether an item of another type has the 文号 of a 规范性文件."""
    if item.type in UNDISGUISED or (item.type == ItemType.READING and _is_about(item)):
        return False
    number = _SPACE.sub("", item.doc_no)
    return any(each in number for each in (*NUMBERED, CENTURY))


def has_normative_title(item: Item) -> bool:
    """Whether an item of another type is called as a 规范性文件 usually is, or has the 文号 of one in its title."""
    if item.type in UNDOUBTED or _is_about(item):
        return False
    bare = _SPACE.sub("", item.title)
    titled = any(each in item.title + END for each in TITLED)
    return titled or any(each in bare for each in NUMBERED)


def _is_about(item: Item) -> bool:
    return any(each in item.title for each in ABOUT)


def says_nothing(text: str) -> bool:
    """Whether a text names no companion, or no reason for a nil report: empty, or a word that only fills the cell."""
    return _bare(text) in _NOTHING


def names_nobody(text: str) -> bool:
    """Whether a text in a review names no person: all that it lists is nothing, fills the cell, or is a rank alone."""
    return all(_bare(each) in _NOBODY for each in names_in(text))


def is_unnamed(key: str, text: str) -> bool:
    """Whether a text in one of the columns :data:`NAMED` is as good as an empty cell."""
    return names_nobody(text) if key in REVIEWS else says_nothing(text)


def _bare(text: str) -> str:
    return _LEFT_OUT.sub("", text).casefold()
