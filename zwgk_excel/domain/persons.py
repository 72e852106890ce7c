"""Which names in 初审, 复审 and 终审 are one person's: 李明, 李 明, 李明（副主任）, 李明局长; perhaps 局长李明."""

from __future__ import annotations

import re

from zwgk_excel.domain.text import fold

TITLES = (
    *("局长", "主任", "科长", "处长", "股长", "镇长", "乡长", "县长", "市长", "区长", "院长", "所长", "站长", "队长"),
    *("组长", "校长", "行长", "会长", "部长", "秘书长", "书记", "主席", "主管", "经理", "调研员", "巡视员", "科员"),
    *("干事", "同志", "老师", "先生", "女士"),
)
"""What is written before or after a name and is no part of it (the office's habit, no source)."""
DEPUTY = "副"
RANKS = tuple(f"{rank}{title}" for rank in ("", DEPUTY) for title in TITLES)
"""The same with 副."""
ASSENTS = (
    *("审", "已审", "审核", "已审核", "审阅", "已审阅", "已审定", "已审签", "已审批", "已核", "已核对", "已核实"),
    *("阅", "已阅", "签", "已签", "已签字", "已签发", "同意", "已同意", "通过", "已通过", "属实", "情况属实", "ok"),
    *("审核通过", "审核同意", "审批通过", "审批同意", "同意报送", "同意发布", "同意公开"),
    *("拟同意", "签字", "签名", "手签"),
)
"""What is written where a name is asked for, and is none (the office's habit, no source): 已审, 同意, 审核通过."""
SEPARATORS = ("、", "，", ",", "；", ";", "/", "／")
"""What is typed between several names in a cell."""
_BETWEEN = re.compile(f"[{''.join(SEPARATORS)}]")
_LINES = re.compile(r"\s*[\r\n]+\s*")
_REMARK = re.compile("[（(][^（()）]*(?:[）)]|(?=[（(])|$)")
UNSEEN = " \u3000\u00a0\u200b"
"""What is left out of a name, by 自查 too: spaces, also full-width and hard ones, and the space without a width."""
_UNSEEN = dict.fromkeys(map(ord, UNSEEN))
SHORTEST = 2
"""A name has so many characters at least: a cell that holds 主任 alone stays as it is."""


def names_in(text: str) -> list[str]:
    """The names that a cell lists, without remarks in brackets; none where there is nothing but signs between names.

    A bracket that is not closed reaches to the next one, or to the end. Behind a remark another name begins.
    """
    parts = [part.strip() for part in _BETWEEN.split(_REMARK.sub(SEPARATORS[0], text))]
    return [part for part in parts if part]


def on_one_line(text: str) -> str:
    """Names that stand below one another in a cell (Alt+Enter), with ``、`` between them."""
    return _LINES.sub(SEPARATORS[0], text.strip())


def person(name: str) -> str:
    """A name for comparison, as 自查 sees it: without spaces, a remark in brackets, and the rank after it; as typed
    where nothing would be left."""
    end = min((place for mark in "（(" if (place := name.find(mark)) > 0), default=len(name))
    return _without_rank_after(name[:end].translate(_UNSEEN).casefold())


def bare_person(who: str) -> str:
    """A :func:`person` without what 自查 cannot take off: marks (【李明】, 李明：局长), and a rank before the name
    (局长李明), which may be part of a longer one as well."""
    bare = _without_rank_after(fold(who))
    before = max((len(each) for each in RANKS if bare.startswith(each)), default=0)
    return bare[before:] if len(bare) - before >= SHORTEST else bare


def _without_rank_after(bare: str) -> str:
    after = max((len(each) for each in RANKS if bare.endswith(each)), default=0)
    return bare[: len(bare) - after] if len(bare) - after >= SHORTEST else bare
