"""What the simulated units of ``zwgk demo`` send back: every file with the time at which it comes."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from pathlib import Path

from zwgk_excel.domain.catalogue.entries import ENTRY
from zwgk_excel.domain.obligations import ReportTask
from zwgk_excel.domain.periods import Month
from zwgk_excel.layout.columns import Column, ColumnKind, added_columns
from zwgk_excel.layout.words import word, words
from zwgk_excel.workbooks.report.fill_in import InputValue, fill
from zwgk_excel.workbooks.report.report_workbook import report_name
from zwgk_excel.workflow.office.context import Office
from zwgk_excel.workflow.setup.demo_faults import (
    UNANSWERED,
    DemoItem,
    added_rows,
    consultations,
    decision,
    documents,
    faults,
    wrong_answers,
)

FIRST, CYCLE = Month(2026, 10), Month(2026, 11)
"""A quiet month with the monthly duties alone, which is closed; and the one that the demonstration is about."""

# What each simulated unit does; everyone else reports properly and in time.
NEVER = ("市应急局", "茗山乡")
BELATED = "市财政局"
"""Reports nothing in the first month, and catches up in the second."""
_LATE = {"市卫生健康局": date(2026, 12, 2), "市民政局": date(2026, 12, 1)}
_GRACE = {"市文旅局": date(2026, 11, 27), "市财政局": date(2026, 11, 28)}
_NIL = ("市医疗保障局", "市退役军人事务局", "金山店镇", "殷祖镇")
_NIL_AGAIN = "市医疗保障局"
"""Has nothing to report in the first month either."""
NEVER_NIL = "D04"
"""Of 市退役军人事务局: in the demonstration it may not be answered 本期无更新, which is refused."""
_REPEATED = "市人社局"
"""Reports one item for two tasks."""
CONSULTED, CONSULTATION, _CONSULTED_UNTIL = "市司法局", "D26", date(2026, 10, 30)
"""Whose consultation ended then, and who told no result in 20 working days."""
_COMPANIONS, _COMPANIONS_ON = "市政府办", (date(2026, 11, 12), date(2026, 11, 16))
"""Reported without what its documents must bring, and corrected in time."""
UNMENDED = "市卫生健康局"
"""Its pages of the first month are gone; it is asked to put that right, and does not."""
_SHORTENED = "市卫生健康局"
"""Sends its report again without the last item."""
_TAKING_BACK, _TAKEN_BACK = "市交通局", "D24"
"""Sends its report again, with nothing for a duty that it had reported."""
_WITHOUT_ENTRY, _FOREIGN_ENTRY, _FOREIGN = "市人社局", "市民政局", "M001 义务教育·招生计划"
"""Who chose no entry of the catalogue for its last item that should have one, and who chose another duty's."""
REVOKED, REVOKED_DUTY, REVOKED_TO = "市民政局", "D29", "市应急局"
"""Answers a duty that the office has taken from it since: it fills in the workbook of before."""
CORRECTED = "市教育局"
_CORRECTED_ON = date(2026, 11, 24), date(2026, 11, 27)
"""Reported in time and corrected in time, after the due date: not late."""
_MENDED_ON = {CORRECTED: _CORRECTED_ON, _COMPANIONS: _COMPANIONS_ON}
_NEWS_ONLY = "市乡村振兴局"
_UNSIGNED = "市生态环境局"
_MISFILLED_COVER = "市审计局"
"""Fills in no telephone on the cover, which no item needs: each has its own."""
_DAMAGED = "市发改委"
_WRONG = "市统计局"
_TWICE = "市司法局"
EXTENDED = "市市场监管局"
WAIVED = "市自然资源局"


SentFile = tuple[Path, datetime]
"""A returned file, and when it comes."""


def workbooks_of(office: Office, cycle: Month, tasks: Sequence[ReportTask]) -> dict[str, bytes]:
    """Unit → its report workbook as it lies in the outbox."""
    units = dict.fromkeys(each.unit for each in tasks)
    return {unit: (office.workspace.outbox(cycle) / report_name(unit, cycle)).read_bytes() for unit in units}


def first_replies(
    blanks: Mapping[str, bytes], listed: Sequence[ReportTask], folder: Path
) -> Iterator[SentFile]:
    """The files of the first month, where all is well but for those that are silent."""
    for unit, tasks in _by_unit(listed).items():
        if unit not in (*NEVER, BELATED):
            answers, items = _plain_answers(unit, tasks, FIRST, nil=unit == _NIL_AGAIN)
            filled = fill(blanks[unit], answers=answers, items=items)
            at = datetime.combine(FIRST.day(12 + _random_for(unit).randrange(7)), time(10))
            yield _saved(folder, report_name(unit, FIRST), filled), at


def replies(
    blanks: Mapping[str, bytes], listed: Sequence[ReportTask], wrong: bytes, folder: Path
) -> Iterator[SentFile]:
    """The files of the month, in the order of the units; ``wrong`` is a workbook that is no report."""
    for unit, tasks in _by_unit(listed).items():
        if unit not in NEVER:
            yield from _replies_of(blanks[unit], unit, tasks, wrong, folder)


def _by_unit(listed: Sequence[ReportTask]) -> dict[str, list[ReportTask]]:
    found: dict[str, list[ReportTask]] = {}
    for each in listed:
        found.setdefault(each.unit, []).append(each)
    return found


def _replies_of(
    blank: bytes, unit: str, tasks: Sequence[ReportTask], wrong: bytes, folder: Path
) -> Iterator[SentFile]:
    day = _LATE.get(unit) or _GRACE.get(unit) or date(2026, 11, 10 + _random_for(unit).randrange(15))
    at = datetime.combine(day, time(9, 30)) + timedelta(minutes=_random_for(unit).randrange(400))
    good = _filled(blank, unit, tasks)
    name = report_name(unit, CYCLE)
    faulty = _filled(blank, unit, tasks, faulty=True) if unit in (*_MENDED_ON, _UNSIGNED) else b""
    if unit in _MENDED_ON:
        reported, mended = (datetime.combine(day, at.time()) for day in _MENDED_ON[unit])
        yield _saved(folder, name, faulty), reported
        yield _saved(folder, f"{unit}11月报送表（改）.xlsx", good), mended
    elif unit == _UNSIGNED:
        yield _saved(folder, name, faulty), at
    elif unit == _DAMAGED:
        yield _saved(folder, name, good[: len(good) // 2]), at
    elif unit == _WRONG:
        yield _saved(folder, f"{unit}信息公开统计表.xlsx", wrong), at
    else:
        yield _saved(folder, name, good), at
        if unit == _TWICE:
            yield _saved(folder, f"{unit}_再次发送.xlsx", good), at + timedelta(hours=1)
        if unit == _SHORTENED:
            less = _filled(blank, unit, tasks, left_out=1)
            yield _saved(folder, f"{unit}_补充.xlsx", less), at + timedelta(hours=1)
        if unit == _TAKING_BACK:
            left = [each for each in tasks if each.obligation.duty.id != _TAKEN_BACK]
            yield _saved(folder, f"{unit}_重报.xlsx", _filled(blank, unit, left)), at + timedelta(hours=1)


def _saved(folder: Path, name: str, data: bytes) -> Path:
    path = folder / name
    path.write_bytes(data)
    return path


def _random_for(unit: str) -> random.Random:
    """A random generator seeded by the unit's name."""
    return random.Random(unit)


def _filled(
    blank: bytes, unit: str, tasks: Sequence[ReportTask], *, faulty: bool = False, left_out: int = 0
) -> bytes:
    """The unit's workbook filled in, with its faults or without so many of the last items."""
    tasks = [] if unit in (EXTENDED, WAIVED) else tasks
    answers, items = _plain_answers(unit, tasks, CYCLE, nil=unit in _NIL)
    if unit == _REPEATED:
        items[-1] |= {key: items[0][key] for key in ("title", "url", "formed_on", "published_on")}
    if unit in (_WITHOUT_ENTRY, _FOREIGN_ENTRY):
        last = [item for item in items if item.get(ENTRY)][-1]
        last[ENTRY] = _FOREIGN if unit == _FOREIGN_ENTRY else None
    if unit == _COMPANIONS:
        decided = next(task for task in tasks if task.obligation.duty.id == CONSULTATION)
        answers[CONSULTATION, decided.reference] = {"status": word("answer", "reported")}
        items += documents(items[0], _item(unit, decided, 0), complete=not faulty)
    elif faulty:
        left = () if unit == _UNSIGNED else tuple(task.label for task in tasks if task.obligation.duty.id == UNANSWERED)
        items = [{**item, "final_review": None} for item in items if item["task"] not in left]
        wrong = wrong_answers(early=unit == CORRECTED)
        answers |= {(id_, str(CYCLE)): wrong[id_] for id_ in wrong}
    if unit == _UNSIGNED:
        items += faults(items[0])
        return fill(blank, answers=answers, items=items, added_tasks=tuple(added_rows(CYCLE)))
    common = {"phone": "办公室"} if unit == _MISFILLED_COVER else None
    return fill(blank, answers=answers, items=items[: len(items) - left_out], common=common)


def _plain_answers(
    unit: str, tasks: Sequence[ReportTask], cycle: Month, *, nil: bool
) -> tuple[dict[tuple[str, str], DemoItem], list[DemoItem]]:
    """Answers and items as a unit that does all properly gives them; with ``nil`` it has nothing to report."""
    answers: dict[tuple[str, str], DemoItem] = {}
    items: list[DemoItem] = []
    for task in tasks:
        obligation = task.obligation
        where = obligation.duty.id, obligation.reference
        if not obligation.mandatory:
            continue
        if unit == CONSULTED and obligation.duty.id == CONSULTATION:
            answers[where] = {"status": word("answer", "reported")}
            item = _item(unit, task, 0)
            items += [*consultations(item, _CONSULTED_UNTIL), decision(_item(unit, task, 1))]
        elif nil or (obligation.due is None and obligation.duty.id != "D24"):
            answers[where] = {"status": word("answer", "nil"), "statement": "经核实，本期无应公开信息。"}
        else:
            answers[where] = {"status": word("answer", "reported")}
            count = 1 if cycle == FIRST else 1 + _random_for(unit + task.label).randrange(3)
            items += [_item(unit, task, number, cycle) for number in range(count)]
    return answers, items


def _item(unit: str, task: ReportTask, number: int, cycle: Month = CYCLE) -> DemoItem:
    luck = _random_for(f"{unit}{task.label}{number}{'' if cycle == CYCLE else cycle}")
    formed = cycle.first - timedelta(days=20 - luck.randrange(20))
    kind = "news" if unit == _NEWS_ONLY and cycle == CYCLE else luck.choice(("policy", "notice", "progress", "data"))
    return {
        "task": task.label,
        "title": f"{unit}关于{task.obligation.duty.column}的{word('item_type', kind)}（第 {number + 1} 号）",
        "type": word("item_type", kind),
        "formed_on": formed,
        "published_on": formed + timedelta(days=1 + luck.randrange(8)),
        "url": f"http://www.example.gov.cn/zwgk/{task.obligation.duty.id.lower()}/2026{luck.randrange(10**6):06}.html",
        "section": "办公室",
        "officer": "报送员甲",
        "phone": "0000-8880000",
        "first_review": "初审员乙",
        "second_review": "复审员丙",
        "final_review": "终审员丁",
        **{column.key: sample(column, formed) for column in added_columns("items") if column.required},
        **({ENTRY: luck.choice(task.entries)} if task.entries else {}),
    }


def sample(column: Column, day: date) -> InputValue:
    """A value that fits a column, made from its definition alone."""
    if column.is_coded:
        return next(iter(words(column.list).values()))
    samples: dict[ColumnKind, InputValue] = {
        ColumnKind.DATE: day,
        ColumnKind.INTEGER: 1,
        ColumnKind.PHONE: "0000-8880000",
        ColumnKind.URL: "http://www.example.gov.cn/",
    }
    return samples.get(column.kind, "示例")
