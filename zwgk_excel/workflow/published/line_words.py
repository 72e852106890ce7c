"""What is said of a line of 对账, on the terminal, in Excel and in mails."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from zwgk_excel.domain.published import PublishedItem
from zwgk_excel.domain.reconciliation import Agreement, Difference, Reconciled
from zwgk_excel.layout.columns import layout

_MEANT = (("departments", "unit"), ("columns", "duties"))
"""(Sheet of 网站清单对照, column) of what the words of an export mean."""
_NAMED = 3
"""So many titles are named in one sentence."""


def told(line: Reconciled) -> str:
    """A line as one sentence: what it is, and both sides of what differs."""
    same, own = line.published, line.reported
    if own is None:
        return f"“{same.title}”（{same.published_on}，{same.column}）" if same else ""
    if line.agreement is Agreement.ABSENT:
        return f"“{own.item.title}”（{own.item.published_on}，{own.item.task}），清单到 {line.until}"
    return f"“{own.item.title}”{difference_words(line)}"


def difference_words(line: Reconciled) -> str:
    """What differs, both sides of each: ``发布日期 2026-11-03，网站清单 2026-11-05``; empty for nothing."""
    sides = values_of(line)
    items = layout("report")["items"]
    return "；".join(
        f"{items.heading(each)}“{own}”，网站清单“{listed}”" for each, (own, listed) in sides.items()
    )


def values_of(line: Reconciled) -> Mapping[Difference, tuple[str, str]]:
    """Of each difference what was reported, and what the list has."""
    same, own = line.published, line.reported
    if same is None or own is None:
        return {}
    item = own.item
    both = {
        Difference.TITLE: (item.title, same.title),
        Difference.DATE: (str(item.published_on or ""), str(same.published_on)),
        Difference.LINK: (item.url, same.url),
        Difference.COLUMN: (item.task, same.column),
    }
    return {each: both[each] for each in line.differences}


def correction_words(before: PublishedItem, after: PublishedItem) -> str:
    """What an import changes about an item, both sides of each: ``发布日期“2026-11-03”→“2026-11-05”``."""
    said = [] if before.listed else ["网站上又有了"]
    headings = {each.key: each.heading for each in layout("published")["export"]}
    headings |= {key: layout("published")[sheet].heading(key) for sheet, key in _MEANT}
    for key, heading in headings.items():
        old, new = (_shown(getattr(item, key, None)) for item in (before, after))
        if old != new:
            said.append(f"{heading}“{old or '空'}”→“{new or '空'}”")
    return "；".join(said)


def _shown(value: object) -> str:
    return "、".join(map(str, value)) if isinstance(value, tuple) else str(value or "")


def unsure_words(units: Sequence[str]) -> str:
    """What follows from rows of some units that could not be used; empty for no unit."""
    if not units:
        return ""
    named = "、".join(units[:_NAMED]) + (f"等 {len(units)} 个单位" if len(units) > _NAMED else "")
    return f"{named}有没有导入的行，这次不判断它们网站上没有的；改正后再导入一次。"


def unnamed_words(listed: str) -> str:
    """What is to be done about rows of which nobody knows the unit or the task; ``listed`` says how the names came
    into the office's workbook (已列入工作区), empty where the list names none."""
    if not listed:
        return "没有写明单位、栏目的各条，请在清单里补上，再导入一次。"
    return f"没有认出的名称{listed}的“{layout('published').file_name}”，补全后再导入一次。"


def task_of(line: Reconciled) -> str:
    """The task of a line: the one that it was reported for, else those of its column on the site."""
    return (line.reported.item.task if line.reported else "") or "、".join(line.tasks)


def titles_of(lines: Sequence[Reconciled]) -> str:
    """The first titles of what was not reported, with their days: ``“采购公告”（2026-11-03）等``."""
    items = [each.published for each in lines if each.published]
    named = "、".join(f"“{each.title}”（{each.published_on}）" for each in items[:_NAMED])
    return named + ("等" if len(items) > _NAMED else "")
