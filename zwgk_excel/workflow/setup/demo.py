"""``zwgk demo``: a whole month on the real duty table, with simulated returns, without network."""

from __future__ import annotations

import os
import random
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path

from zwgk_excel.domain.obligations import ReportTask
from zwgk_excel.domain.periods import Month
from zwgk_excel.domain.table_edits import RowEdit
from zwgk_excel.layout.columns import Column, ColumnKind, added_columns, layout
from zwgk_excel.layout.policy import shipped_policy
from zwgk_excel.layout.words import word, words
from zwgk_excel.workbooks.report.fill_in import InputValue, fill
from zwgk_excel.workbooks.report.report_workbook import report_name
from zwgk_excel.workbooks.tables.edit_table import edit_table
from zwgk_excel.workflow import clock
from zwgk_excel.workflow.consolidation.consolidating import consolidate
from zwgk_excel.workflow.decisions.extend_and_waive import extend, waive
from zwgk_excel.workflow.errors import UserError
from zwgk_excel.workflow.intake.receiving import receive
from zwgk_excel.workflow.issuing.generation import generate
from zwgk_excel.workflow.issuing.one_off_tasks import carry_out_task, plan_task
from zwgk_excel.workflow.office.context import Office, Progress, no_progress, open_office
from zwgk_excel.workflow.office.workspace import SETTINGS_FILE
from zwgk_excel.workflow.setup.demo_faults import (
    UNANSWERED,
    DemoItem,
    consultations,
    decision,
    documents,
    faults,
    wrong_answers,
)
from zwgk_excel.workflow.setup.workspace_setup import init_workspace
from zwgk_excel.workflow.tracking.statuses import CycleStatus, cycle_status
from zwgk_excel.workflow.workers.readers import ReaderPool

CYCLE = Month(2026, 11)
DEMO_AS_OF = date(2026, 12, 3)
_WHO = "演示"

# What each simulated unit does; everyone else reports properly and in time.
_NEVER = ("市应急局", "茗山乡")
_LATE = {"市卫生健康局": date(2026, 12, 2), "市民政局": date(2026, 12, 1)}
_GRACE = {"市文旅局": date(2026, 11, 27), "市财政局": date(2026, 11, 28)}
_NIL = ("市医疗保障局", "市退役军人事务局", "金山店镇", "殷祖镇")
_NEVER_NIL = "D04"
"""Of 市退役军人事务局: in the demonstration it may not be answered 本期无更新, which is refused."""
_REPEATED = "市人社局"
"""Reports one item for two tasks."""
_CONSULTED, _CONSULTATION, _CONSULTED_UNTIL = "市司法局", "D26", date(2026, 10, 30)
"""Whose consultation ended then, and who told no result in 20 working days."""
_OFFICER = {"name": _CONSULTED, "duty": _CONSULTATION, "officers": "报送员戊", "phones": "0000-8880005"}
_COMPANIONS, _COMPANIONS_ON = "市政府办", (date(2026, 11, 12), date(2026, 11, 16))
"""Reported without what its documents must bring, and corrected in time."""
_SHORTENED = "市卫生健康局"
"""Sends its report again without the last item."""
_OWN_DEADLINE = "D08", "市民政局", 20
"""The day of the month by which this unit reports this duty."""
_ONE_OFF = "重大项目开工情况", ("市住建局", "市交通局"), date(2026, 11, 25)
"""A special report by a day of its own, from two units."""
_CORRECTED = "市教育局"
_CORRECTED_ON = date(2026, 11, 24), date(2026, 11, 27)
"""Reported in time and corrected in time, after the due date: not late."""
_MENDED_ON = {_CORRECTED: _CORRECTED_ON, _COMPANIONS: _COMPANIONS_ON}
_NEWS_ONLY = "市乡村振兴局"
_UNSIGNED = "市生态环境局"
_DAMAGED = "市发改委"
_WRONG = "市统计局"
_TWICE = "市司法局"
_EXTENDED = "市市场监管局"
_WAIVED = "市自然资源局"


@dataclass(frozen=True, slots=True)
class DemoResult:
    """The result of the demonstration."""

    root: Path
    status: CycleStatus
    paths: tuple[Path, ...]
    story: str


def run_demo(root: Path | None, *, progress: Progress = no_progress) -> DemoResult:
    """Run a demonstration month in a new folder (``zwgk-demo`` by default); raises UserError where it exists."""
    root = _new_folder(root)
    workspace = init_workspace(root)
    _set_settings(root / SETTINGS_FILE)
    _name_officer(workspace.roster)
    with open_office(root, now=lambda: datetime(2026, 11, 2, 9, 0)) as office:
        title, units, due = _ONE_OFF
        carry_out_task(office, plan_task(office, title, units=units, due=due), who=_WHO, reason="市政府办公会议要求")
        generate(office, CYCLE, as_of=date(2026, 11, 2), progress=progress)
        listed = office.listing(CYCLE, date(2026, 11, 2))
    mailed = root / "各单位寄回"
    with open_office(root, now=lambda: datetime.combine(DEMO_AS_OF, time(9))) as office:
        replies = list(_replies(office, listed, mailed))
        with ReaderPool() as readers:
            for count, (path, at) in enumerate(replies):
                progress(count, len(replies), path.name)
                os.utime(path, (clock.to_timestamp(at),) * 2)
                receive(office, [path], received_at=at, who=_WHO, readers=readers)
        extend(office, CYCLE, _EXTENDED, (), date(2026, 12, 10), who=_WHO, reason="专项检查结束后报送")
        waive(office, CYCLE, _WAIVED, (), cancel=False, who=_WHO, reason="规划成果待上级批复")
        consolidate(office, as_of=DEMO_AS_OF, who=_WHO, progress=progress)
        status = cycle_status(office, CYCLE, DEMO_AS_OF)
    shutil.rmtree(mailed)
    count = len({each.unit for each in listed})
    story = (
        f"生成 {count} 份报送表，收到 {len(replies)} 个文件，"
        "其中有按时、迟报、零报告（有一份按规定不能零报告）、更正、损坏、张冠李戴的，也有一条信息报了两项任务的、征集结束后没有按期反馈的、须附材料没有附的、再报时漏列的；"
        "另有一项临时任务，一项另定时限，一个栏目由专人报送。"
    )
    paths = (workspace.tracker, workspace.duty_table, workspace.outbox(CYCLE) / report_name(_CORRECTED, CYCLE))
    return DemoResult(root, status, paths, story)


def _set_settings(settings: Path) -> None:
    text = settings.read_text(encoding="utf-8").replace('mailbox = ""', 'mailbox = "zwgk@example.gov.cn"', 1)
    never = sorted({*shipped_policy().nil_reports.never, _NEVER_NIL})
    listed = ", ".join(f'"{each}"' for each in never)
    text += f"\n# 演示：{_NEVER_NIL} 每期都应有信息，不能零报告\n[nil_reports]\nnever = [{listed}]\n"
    duty, unit, day = _OWN_DEADLINE
    days = f"due = {{ months = 0, day = {day} }}\nfinal = {{ months = 0, day = 31 }}\n"
    text += f'\n# 演示：这项事项的时限另定\n[[own_deadlines]]\nduty = "{duty}"\nunit = "{unit}"\n{days}'
    settings.write_text(text, encoding="utf-8")


def _name_officer(roster: Path) -> None:
    edited = edit_table(roster.read_bytes(), roster.name, layout("roster")["officers"], [RowEdit(None, _OFFICER)])
    roster.write_bytes(edited)


def _new_folder(root: Path | None) -> Path:
    if root is not None:
        if root.exists() and any(root.iterdir() if root.is_dir() else (root,)):
            raise UserError(f"“{root}”已存在；演示只在新文件夹中进行，请另选或先删除它。")
        return root
    names = (Path("zwgk-demo" if number == 1 else f"zwgk-demo-{number}") for number in range(1, 1000))
    return next(name for name in names if not name.exists())


def _replies(office: Office, listed: Sequence[ReportTask], folder: Path) -> Iterator[tuple[Path, datetime]]:
    """(Returned file, time of receipt), in the order of the units."""
    folder.mkdir()
    for unit in dict.fromkeys(each.unit for each in listed):
        if unit not in _NEVER:
            yield from _replies_of(office, unit, [each for each in listed if each.unit == unit], folder)


def _replies_of(
    office: Office, unit: str, tasks: Sequence[ReportTask], folder: Path
) -> Iterator[tuple[Path, datetime]]:
    blank = (office.workspace.outbox(CYCLE) / report_name(unit, CYCLE)).read_bytes()
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
        yield _saved(folder, f"{unit}信息公开统计表.xlsx", office.workspace.roster.read_bytes()), at
    else:
        yield _saved(folder, name, good), at
        if unit == _TWICE:
            yield _saved(folder, f"{unit}_再次发送.xlsx", good), at + timedelta(hours=1)
        if unit == _SHORTENED:
            less = _filled(blank, unit, tasks, left_out=1)
            yield _saved(folder, f"{unit}_补充.xlsx", less), at + timedelta(hours=1)


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
    answers: dict[tuple[str, str], DemoItem] = {}
    items: list[DemoItem] = []
    for task in tasks:
        obligation = task.obligation
        where = obligation.duty.id, obligation.reference
        if not obligation.mandatory or unit in (_EXTENDED, _WAIVED):
            continue
        if unit == _CONSULTED and obligation.duty.id == _CONSULTATION:
            answers[where] = {"status": word("answer", "reported")}
            item = _item(unit, task, 0)
            items += [*consultations(item, _CONSULTED_UNTIL), decision(_item(unit, task, 1))]
        elif unit in _NIL or (obligation.due is None and obligation.duty.id != "D24"):
            answers[where] = {"status": word("answer", "nil"), "statement": "经核实，本期无应公开信息。"}
        else:
            answers[where] = {"status": word("answer", "reported")}
            count = 1 + _random_for(unit + task.label).randrange(3)
            items += [_item(unit, task, number) for number in range(count)]
    if unit == _REPEATED:
        items[-1] |= {key: items[0][key] for key in ("title", "url", "formed_on", "published_on")}
    if unit == _COMPANIONS:
        decided = next(task for task in tasks if task.obligation.duty.id == _CONSULTATION)
        answers[_CONSULTATION, decided.reference] = {"status": word("answer", "reported")}
        items += documents(items[0], _item(unit, decided, 0), complete=not faulty)
    elif faulty:
        left = () if unit == _UNSIGNED else tuple(task.label for task in tasks if task.obligation.duty.id == UNANSWERED)
        items = [{**item, "final_review": None} for item in items if item["task"] not in left]
        wrong = wrong_answers(early=unit == _CORRECTED)
        answers |= {(id_, str(CYCLE)): wrong[id_] for id_ in wrong}
    if unit == _UNSIGNED:
        items += faults(items[0])
    return fill(blank, answers=answers, items=items[: len(items) - left_out])


def _item(unit: str, task: ReportTask, number: int) -> DemoItem:
    luck = _random_for(f"{unit}{task.label}{number}")
    formed = date(2026, 10, 12) + timedelta(days=luck.randrange(20))
    kind = "news" if unit == _NEWS_ONLY else luck.choice(("policy", "notice", "progress", "data"))
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
