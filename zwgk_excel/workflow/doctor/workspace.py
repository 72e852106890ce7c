"""Checks of a workspace: duty table and roster, ledger, disk, tracker, schedule."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path

from zwgk_excel.domain.file_names import left_behind
from zwgk_excel.domain.returns import Verdict
from zwgk_excel.domain.text import one_line
from zwgk_excel.layout.checkup import DiagnosticResult, check
from zwgk_excel.ledger import Ledger, LedgerDamagedError, LedgerError, display_location
from zwgk_excel.workbooks.correction.complaints import count
from zwgk_excel.workbooks.opening.bounded_files import read_file
from zwgk_excel.workbooks.tables.read_tables import load_tables
from zwgk_excel.workflow import clock
from zwgk_excel.workflow.assessment.stored_scores import from_payloads
from zwgk_excel.workflow.doctor.mail import password_check
from zwgk_excel.workflow.doctor.surroundings import marked, person, place, templates
from zwgk_excel.workflow.errors import UserError, reason_of
from zwgk_excel.workflow.office.ledger_access import examine_at, read_ledger_at
from zwgk_excel.workflow.office.open_files import require_not_open
from zwgk_excel.workflow.office.passwords import find_password, missing
from zwgk_excel.workflow.office.server_logins import ledger_login
from zwgk_excel.workflow.office.settings import load_workdays
from zwgk_excel.workflow.office.trust import trust_mark, workspace_id
from zwgk_excel.workflow.office.workspace import Workspace
from zwgk_excel.workflow.scheduling.installing import show, this_computer
from zwgk_excel.workflow.scheduling.systems import Computer

LOW, FULL = 2**30, 200 * 2**20
"""Free bytes below which the disk is low, and below which a month's work may not fit any more."""
OLD_BACKUP = 7
"""Days after which a backup is old, if anything was recorded since."""
_COARSE = 2.0
"""Seconds by which disks of other makes (FAT) round the time of a file."""
_NAMED = 5
_READABLE = ("ledger_ok", "ledger_exposed")
"""Results of a ledger that can be read without migrating it."""
_ANNOUNCED_BY = 11
"""The month in which one may begin to wonder about the next year's days off."""


def workspace_checks(workspace: Workspace, now: datetime) -> Iterator[DiagnosticResult]:
    """The results for a workspace whose settings could be read; ``now`` is China's local time."""
    yield check("workspace", "workspace_ok", path=workspace.root.resolve())
    yield check("workspace", "trust_ok", day=trust_mark(workspace.root).since.date(), id=workspace.id)
    yield from place(workspace.root)
    yield mailbox(workspace)
    yield contact(workspace)
    yield person(workspace)
    yield tables(workspace)
    yield calendar(workspace, now.date())
    if isinstance(workspace.ledger_url, str) and "://" in workspace.ledger_url:
        yield ledger_password(workspace, workspace.ledger_url)
    found = ledger(workspace)
    yield found
    yield backup(workspace, now)
    yield disk(workspace.root)
    yield from inbox(workspace)
    if found.code in _READABLE:
        yield waiting(workspace)
    yield tracker(workspace)
    yield from marked(workspace)
    yield from templates(workspace)
    yield schedule(workspace, this_computer())


def mailbox(workspace: Workspace) -> DiagnosticResult:
    """Whether the report workbooks say where to send them."""
    address = workspace.settings.office.mailbox
    return check("workspace", "mailbox_ok", address=address) if address else check("workspace", "mailbox_missing")


def contact(workspace: Workspace) -> DiagnosticResult:
    """Whether the report workbooks and the mails say whom to ask."""
    told = workspace.settings.office.contact_words
    return check("workspace", "contact_ok", told=told) if told else check("workspace", "contact_missing")


def calendar(workspace: Workspace, today: date) -> DiagnosticResult:
    """Whether the days off of this year are known, and towards its end those of the next.

    The State Council announces them in the last months of the year before.
    """
    announced = load_workdays(workspace.settings.calendar).announced
    if today.year not in announced:
        return check("workspace", "calendar_unknown", year=today.year)
    if today.year + 1 not in announced and today.month >= _ANNOUNCED_BY:
        return check("workspace", "calendar_provisional", year=today.year + 1)
    return check("workspace", "calendar_ok", year=max(announced))


def tables(workspace: Workspace) -> DiagnosticResult:
    """The duty table and the roster, as ``zwgk check`` checks them."""
    paths = workspace.duty_table, workspace.roster
    try:
        duty_data, roster_data = (read_file(path) for path in paths)
    except OSError as error:
        reason = f"“{Path(error.filename or '').name}”不能读取：{reason_of(error)}；请从备份恢复，或运行 zwgk init 补上"
        return check("workspace", "tables_unreadable", reason=reason)
    found = load_tables(duty_data, paths[0].name, roster_data, paths[1].name, policy=workspace.settings.policy)
    counts = {"duties": len(found.duties), "units": len(found.roster.units)}
    errors = [each for each in found.problems if each.is_error]
    if errors:
        return check("workspace", "tables_wrong", errors=count(errors)[True], first=errors[0])
    if found.problems:
        return check("workspace", "tables_to_check", warnings=count(found.problems)[False], **counts)
    return check("workspace", "tables_ok", **counts)


def ledger_password(workspace: Workspace, url: str) -> DiagnosticResult:
    """Whether there is a password for the database's server; libpq may have one that we do not see."""
    try:
        login = ledger_login(url, workspace.id)
    except LedgerError as error:
        return check("workspace", "ledger_unusable", reason=str(error))
    if not find_password(login)[0]:
        return check("workspace", "ledger_password_none", reason=missing(login))
    return password_check(login, "workspace")


def ledger(workspace: Workspace) -> DiagnosticResult:
    """The ledger: present, sound, and its migrations; it is not migrated."""
    place = display_location(workspace.ledger_url)
    try:
        found = examine_at(workspace.ledger_url, workspace.id, _read_scores)
    except LedgerDamagedError:
        return check("workspace", "ledger_damaged", place=place)
    except (LedgerError, UserError) as error:
        return check("workspace", "ledger_unusable", reason=f"{error}（数据库：{place}）")
    if found.exposed:
        return check("workspace", "ledger_exposed", place=place)
    if found.pending:
        return check("workspace", "ledger_pending", place=place, count=len(found.pending))
    return check("workspace", "ledger_ok", place=place, newest=int(found.applied[-1].partition("_")[0]))


def _read_scores(ledger: Ledger) -> None:
    """Read the scores that months were closed with; raises LedgerError where that is not possible."""
    for cycle, (common, scores) in ledger.scores().items():
        from_payloads(cycle, common, scores)


def backup(workspace: Workspace, now: datetime) -> DiagnosticResult:
    """How far the newest copy of this workspace goes, in the folder that the office names; ``now`` as China's time.

    A copy is a folder there, or one or two below, with our ``zwgk.id``. It goes as far as its ledger was last written.
    """
    place = workspace.settings.office.backup
    if not place:
        return check("workspace", "backup_unset")
    if workspace.ledger_url != workspace.own_ledger:
        return check("workspace", "backup_of_database")
    folder, own = workspace.root / place, workspace.own_ledger
    try:
        if not folder.is_dir():
            return check("workspace", "backup_gone", path=folder)
        found = (each for depth in ("", "*/", "*/*/") for each in folder.glob(depth + own.name))
        written = max((each.stat().st_mtime for each in found if _is_copy(each, workspace)), default=None)
        last = own.stat().st_mtime if own.is_file() else 0.0
    except OSError as error:
        return check("workspace", "backup_unreadable", path=folder, reason=reason_of(error))
    if written is None:
        return check("workspace", "backup_none", path=folder)
    until = clock.from_timestamp(written)
    age = (now - until).days
    code = "backup_old" if written + _COARSE < last and age > OLD_BACKUP else "backup_ok"
    return check("workspace", code, until=f"{until:%Y-%m-%d %H:%M}", days=age)


def _is_copy(ledger: Path, workspace: Workspace) -> bool:
    return ledger.resolve() != workspace.own_ledger.resolve() and workspace_id(ledger.parent) == workspace.id


def disk(root: Path) -> DiagnosticResult:
    """Whether the workspace can be written, and the free disk space."""
    try:
        with tempfile.TemporaryFile(dir=root) as probe:
            probe.write(b"x")
        free = shutil.disk_usage(root).free
    except OSError as error:
        return check("workspace", "disk_refused", reason=reason_of(error))
    code = "disk_full" if free < FULL else "disk_low" if free < LOW else "disk_ok"
    return check("workspace", code, free=f"{free / 2**30:.1f} GB")


def inbox(workspace: Workspace) -> Iterator[DiagnosticResult]:
    """Files in 收件箱 that nobody sent and that are left alone, all in one result; none where there are none."""
    paths = (path for path in sorted(workspace.inbox.rglob("*")) if path.is_file())
    found = [name for name in (path.relative_to(workspace.inbox).as_posix() for path in paths) if left_behind(name)]
    if found:
        names = "、".join(one_line(name) for name in found[:_NAMED]) + ("等" if len(found) > _NAMED else "")
        yield check("workspace", "inbox_left", count=len(found), names=names)


def waiting(workspace: Workspace) -> DiagnosticResult:
    """How many files in 收件箱 are not registered yet, by their names, and how many returns are in quarantine."""
    with read_ledger_at(workspace.ledger_url, now=clock.now, workspace=workspace.id) as opened:
        known = {file for file, _ in opened.known()}
        receipts = opened.receipt_summaries()
    held = sum(each.verdict is Verdict.QUARANTINED and not each.is_set_aside for each in receipts)
    files = (path for path in workspace.inbox.rglob("*") if path.is_file())
    names = (path.relative_to(workspace.root).as_posix() for path in files)
    new = sum(name not in known and not left_behind(name) for name in names)
    if new or held:
        return check("workspace", "waiting", new=new, held=held)
    return check("workspace", "waiting_none", count=len(receipts))


def tracker(workspace: Workspace) -> DiagnosticResult:
    """Whether another program has the tracker open, so that 汇总 could not write it."""
    if not workspace.tracker.exists():
        return check("workspace", "tracker_none")
    try:
        require_not_open(workspace.tracker)
    except UserError as error:
        return check("workspace", "tracker_open", reason=str(error))
    return check("workspace", "tracker_ok")


def schedule(workspace: Workspace, computer: Computer) -> DiagnosticResult:
    """Whether the installed jobs are those of the settings."""
    try:
        entries = show(workspace, computer)
    except UserError as error:
        return check("workspace", "schedule_unknown", reason=str(error))
    installed = [each for each in entries if each.installed]
    if not installed:
        return check("workspace", "schedule_none")
    if any(not each.current for each in entries):
        return check("workspace", "schedule_stale")
    return check("workspace", "schedule_ok", count=len(installed))
