"""``zwgk demo``: a whole month on the real duty table, with simulated returns, without network."""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date, datetime, time
from pathlib import Path

from zwgk_excel.domain.link_checks import ReportedLink
from zwgk_excel.domain.obligations import ReportTask
from zwgk_excel.domain.table_edits import RowEdit
from zwgk_excel.layout.columns import layout
from zwgk_excel.layout.policy import shipped_policy
from zwgk_excel.layout.words import word
from zwgk_excel.workbooks.catalogue.sample import sample_catalogue
from zwgk_excel.workbooks.report.report_workbook import report_name
from zwgk_excel.workbooks.tables.edit_table import edit_table
from zwgk_excel.workbooks.tables.read_tables import read_duty_table, read_roster
from zwgk_excel.workflow import clock
from zwgk_excel.workflow.assessment.closing import close
from zwgk_excel.workflow.catalogue import carry_out_import
from zwgk_excel.workflow.catalogue import plan_import as plan_catalogue
from zwgk_excel.workflow.consolidation.consolidating import consolidate
from zwgk_excel.workflow.decisions.extend_and_waive import extend, waive
from zwgk_excel.workflow.errors import UserError
from zwgk_excel.workflow.intake.receiving import receive
from zwgk_excel.workflow.issuing.generation import generate
from zwgk_excel.workflow.issuing.issued_months import amend
from zwgk_excel.workflow.issuing.one_off_tasks import carry_out_task, plan_task
from zwgk_excel.workflow.mailing.delivery import DeliveryMethod
from zwgk_excel.workflow.office.context import Office, Progress, no_progress, open_office
from zwgk_excel.workflow.office.workspace import SETTINGS_FILE, Workspace
from zwgk_excel.workflow.published import import_published, plan_import
from zwgk_excel.workflow.setup.demo_returns import (
    CONSULTATION,
    CONSULTED,
    CORRECTED,
    CYCLE,
    EXTENDED,
    FIRST,
    NEVER_NIL,
    REVOKED,
    REVOKED_DUTY,
    REVOKED_TO,
    UNMENDED,
    WAIVED,
    SentFile,
    first_replies,
    replies,
    workbooks_of,
)
from zwgk_excel.workflow.setup.demo_site_list import write_site_list
from zwgk_excel.workflow.setup.demo_visits import lost_pages, recorded_visits
from zwgk_excel.workflow.setup.workspace_setup import init_workspace
from zwgk_excel.workflow.site_faults import ask
from zwgk_excel.workflow.tracking.statuses import CycleStatus, cycle_status
from zwgk_excel.workflow.verification.verifying import plan_verification
from zwgk_excel.workflow.workers.readers import ReaderPool

DEMO_AS_OF = date(2026, 12, 3)
_WHO = "演示"
_OFFICER = {"name": CONSULTED, "duty": CONSULTATION, "officers": "报送员戊", "phones": "0000-8880005"}
_OWN_DEADLINE = "D08", "市民政局", 20
"""The day of the month by which this unit reports this duty."""
_ONE_OFF = "重大项目开工情况", ("市住建局", "市交通局"), date(2026, 11, 25)
"""A special report by a day of its own, from two units."""
_SETTINGS = """
# 演示：{never_nil} 每期都应有信息，不能零报告；连续两个月零报告就提醒
[nil_reports]
never = [{never}]
in_a_row = {{ monthly = 2, quarterly = 2 }}

# 演示：这项事项的时限另定
[[own_deadlines]]
duty = "{duty}"
unit = "{unit}"
due = {{ months = 0, day = {day} }}
final = {{ months = 0, day = 31 }}

# 演示：这两个栏目按动态要闻看，常规栏目的更新时限短一些
[column_updates.duties]
D05 = "dynamic"
D07 = "dynamic"
[column_updates.regular]
days = 60
warn = 20

# 演示：链接都在这个网站上；核验结果是编的，没有访问过它
[verify]
hosts = ["www.example.gov.cn"]
"""


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
    _fill_roster(workspace.roster)
    mailed = root / "各单位寄回"
    mailed.mkdir()
    with ReaderPool() as readers:
        _play_first_month(workspace, mailed, readers)
        with _office_on(root, CYCLE.day(2)) as office:
            _import_catalogue(office)
        with _office_on(root, CYCLE.day(2)) as office:
            listed, blanks = _issue(office, progress)
        with _office_on(root, CYCLE.day(5)) as office:
            visited_at = datetime.combine(CYCLE.day(5), time(8))
            office.ledger.add_visits(lost_pages(plan_verification(office, FIRST), UNMENDED, visited_at))
            ask(office, FIRST, DeliveryMethod.FILES, who=_WHO, units=[UNMENDED])
        _take_a_duty_away(workspace)
        with _office_on(root, DEMO_AS_OF) as office:
            sent = list(replies(blanks, listed, workspace.roster.read_bytes(), mailed))
            _receive(office, sent, readers, progress)
            links = plan_verification(office, CYCLE)
            _import_site_list(office, links.links)
            extend(office, CYCLE, EXTENDED, (), date(2026, 12, 10), who=_WHO, reason="专项检查结束后报送")
            waive(office, CYCLE, WAIVED, (), cancel=False, who=_WHO, reason="规划成果待上级批复")
            office.ledger.add_visits(recorded_visits(links, datetime.combine(DEMO_AS_OF, time(8))))
            consolidate(office, as_of=DEMO_AS_OF, who=_WHO, progress=progress)
            status = cycle_status(office, CYCLE, DEMO_AS_OF)
    shutil.rmtree(mailed)
    story = (
        f"{FIRST} 试行每月的事项并已结账；{CYCLE} 生成 {len(blanks)} 份报送表，收到 {len(sent)} 个文件，"
        "其中有按时、迟报、补报、零报告（有一份按规定不能零报告，有一项连续零报告）、更正、撤回、损坏、张冠李戴的，"
        "也有一条信息报了两项任务的、征集结束后没有按期反馈的、须附材料没有附的、再报时漏列的、改动了任务清单的；"
        "另有一项临时任务，一项另定时限，一项更正下发，一次网站整改没有按期完成，一个栏目由专人报送，标准目录中有的事项没有公开过；链接核验的结果和网站清单是编的，没有访问网站。"
    )
    paths = (workspace.tracker, workspace.duty_table, workspace.outbox(CYCLE) / report_name(CORRECTED, CYCLE))
    return DemoResult(root, status, paths, story)


def _office_on(root: Path, day: date) -> AbstractContextManager[Office]:
    return open_office(root, now=lambda: datetime.combine(day, time(9)))


def _play_first_month(workspace: Workspace, mailed: Path, readers: ReaderPool) -> None:
    """October, with the monthly duties alone: issued, reported, and closed with what two units left open."""
    rows, _ = read_duty_table(workspace.duty_table.read_bytes(), workspace.duty_table.name)
    later = [row for row in rows if row["cadence"] != word("cadence", "monthly")]
    _edit_duties(workspace, [RowEdit(row, {"valid_from": str(CYCLE)}) for row in later])
    with _office_on(workspace.root, FIRST.day(9)) as office:
        generate(office, FIRST, as_of=FIRST.day(9))
        listed = office.listing(FIRST, FIRST.day(9))
        sent = list(first_replies(workbooks_of(office, FIRST, listed), listed, mailed))
    with _office_on(workspace.root, CYCLE.first) as office:
        _receive(office, sent, readers, no_progress)
        close(office, FIRST, as_of=CYCLE.first, who=_WHO)


def _issue(office: Office, progress: Progress) -> tuple[tuple[ReportTask, ...], Mapping[str, bytes]]:
    """November goes out with a one-off task: its tasks, and the workbook of each unit."""
    title, units, due = _ONE_OFF
    carry_out_task(office, plan_task(office, title, units=units, due=due), who=_WHO, reason="市政府办公会议要求")
    generate(office, CYCLE, as_of=CYCLE.day(2), progress=progress)
    listed = office.listing(CYCLE, CYCLE.day(2))
    return listed, workbooks_of(office, CYCLE, listed)


def _take_a_duty_away(workspace: Workspace) -> None:
    """A week later one duty is another unit's alone (更正下发), whose former owner still has the workbook of before."""
    rows, _ = read_duty_table(workspace.duty_table.read_bytes(), workspace.duty_table.name)
    (row,) = (row for row in rows if row["id"] == REVOKED_DUTY)
    _edit_duties(workspace, [RowEdit(row, {"owners": REVOKED_TO})])
    with _office_on(workspace.root, CYCLE.day(9)) as office:
        amend(office, CYCLE, on=CYCLE.day(9), who=_WHO, reason="职责调整")
        generate(office, CYCLE, units=[REVOKED], as_of=CYCLE.day(9))


def _import_catalogue(office: Office) -> None:
    """The catalogue of three domains that the county published, tied to duties and units as proposed."""
    path = office.workspace.published_catalogues / "基层政务公开标准目录.xlsx"
    path.parent.mkdir()
    path.write_bytes(sample_catalogue())
    carry_out_import(office, plan_catalogue(office, [path], adopt=True), who=_WHO)


def _import_site_list(office: Office, links: Sequence[ReportedLink]) -> None:
    """What the website's back office would have exported of two units."""
    path = office.workspace.website_lists / f"网站清单_{CYCLE}.csv"
    write_site_list(links, path)
    import_published(office, plan_import(office, [path]), who=_WHO)


def _receive(office: Office, sent: Sequence[SentFile], readers: ReaderPool, progress: Progress) -> None:
    for count, (path, at) in enumerate(sent):
        progress(count, len(sent), path.name)
        os.utime(path, (clock.to_timestamp(at),) * 2)
        receive(office, [path], received_at=at, who=_WHO, readers=readers)


def _set_settings(settings: Path) -> None:
    text = settings.read_text(encoding="utf-8").replace('mailbox = ""', 'mailbox = "zwgk@example.gov.cn"', 1)
    never = ", ".join(f'"{each}"' for each in sorted({*shipped_policy().nil_reports.never, NEVER_NIL}))
    duty, unit, day = _OWN_DEADLINE
    own = _SETTINGS.format(never_nil=NEVER_NIL, never=never, duty=duty, unit=unit, day=day)
    settings.write_text(text + own, encoding="utf-8", newline="\n")


def _edit_duties(workspace: Workspace, edits: Sequence[RowEdit]) -> None:
    table = workspace.duty_table
    table.write_bytes(edit_table(table.read_bytes(), table.name, layout("duty_table")["duties"], edits))


def _fill_roster(roster: Path) -> None:
    rows, _ = read_roster(roster.read_bytes(), roster.name)
    (row,) = (row for row in rows if row["name"] == UNMENDED)
    mailed = [RowEdit(row, {"mails": "wsjkj@example.gov.cn"})]
    roster.write_bytes(edit_table(roster.read_bytes(), roster.name, layout("roster")["units"], mailed))
    edited = edit_table(roster.read_bytes(), roster.name, layout("roster")["officers"], [RowEdit(None, _OFFICER)])
    roster.write_bytes(edited)


def _new_folder(root: Path | None) -> Path:
    if root is not None:
        if root.exists() and any(root.iterdir() if root.is_dir() else (root,)):
            raise UserError(f"“{root}”已存在；演示只在新文件夹中进行，请另选或先删除它。")
        return root
    names = (Path("zwgk-demo" if number == 1 else f"zwgk-demo-{number}") for number in range(1, 1000))
    return next(name for name in names if not name.exists())
