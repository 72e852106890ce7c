"""The other buttons: what comes before and around a consolidation."""

from __future__ import annotations

import platform

from zwgk_excel.addin.buttons.months import choose_any
from zwgk_excel.addin.host import system_windows, workspace_choice
from zwgk_excel.addin.host.opened import office_at
from zwgk_excel.addin.host.session import CANCELLED, LISTED, Session, listed
from zwgk_excel.layout.buttons import help_text
from zwgk_excel.layout.checkup import CheckState, DiagnosticResult
from zwgk_excel.layout.manuals import OFFICE
from zwgk_excel.workbooks.correction.complaints import count
from zwgk_excel.workflow import clock
from zwgk_excel.workflow.doctor.diagnostics import computer_checks, run_diagnostics
from zwgk_excel.workflow.doctor.mail import settings_checks
from zwgk_excel.workflow.issuing import TablesChangedError, UnusualMonthError, table_problems
from zwgk_excel.workflow.issuing.generation import WorkbookChange as Change
from zwgk_excel.workflow.issuing.generation import generate as generate_workbooks
from zwgk_excel.workflow.office.workspace import open_workspace as open_workspace_of
from zwgk_excel.workflow.setup.manuals import put_manuals


def generate(session: Session) -> str:
    """Write the report workbooks of this month or the next."""
    root = workspace_choice.workspace_of(session)
    with office_at(root) as office:
        now = office.now().date()
        cycle = choose_any(session, office, "生成哪个月的报送表？")
        if cycle is None:
            return CANCELLED
        show = session.progress("生成报送表")
        try:
            done = generate_workbooks(office, cycle, as_of=now, progress=show)
        except TablesChangedError as differing:
            if not session.confirm([str(differing)], "现在不更正，只按已下发的任务重做报送表吗？"):
                return CANCELLED
            done = generate_workbooks(office, cycle, as_of=now, as_issued=True, progress=show)
        except UnusualMonthError as unusual:
            if not session.confirm([str(unusual)], f"仍然下发 {cycle} 吗？"):
                return CANCELLED
            done = generate_workbooks(office, cycle, as_of=now, sure=True, progress=show)
        folder = office.workspace.outbox(cycle)
    counts = {kind: sum(book.change is kind for book in done.workbooks) for kind in Change}
    new, changed, unchanged = (counts[each] for each in (Change.NEW, Change.CHANGED, Change.UNCHANGED))
    made = f"新生成 {new} 个，更新 {changed} 个，无变化 {unchanged} 个"
    extra = "".join(f"\n“{path.name}”对应的单位本月已无任务，请勿发出。" for path in done.leftover)
    return f"{cycle} 的报送表：{made}。{extra}\n下一步：按“发送”，或把“{folder}”中的文件发给各单位。"


def check(session: Session) -> str:
    """Lint the duty table and the roster as they were saved."""
    root = workspace_choice.workspace_of(session)
    with office_at(root, strict=False) as office:
        problems = table_problems(office)
        tables = office.workspace.duty_table.name, office.workspace.roster.name
    found = count(problems)
    unsaved = [each.path.name for each in session.host.books() if each.path and each.path.name in tables]
    verdict = "有错误，须改正后才能生成报送表。" if found[True] else ""
    lines = [f"错误 {found[True]} 处，提醒 {found[False]} 处。{verdict}"]
    lines.append(listed([str(each) for each in sorted(problems, key=lambda p: not p.is_error)]))
    if len(problems) > LISTED:
        lines.append("改正以后再按“检查责任表”，列出其余的。")
    lines += [f"“{name}”正打开着，检查的是已保存的内容。" for name in unsaved]
    return "\n".join(lines)


def open_inbox(session: Session) -> str | None:
    """Open the folder that returned files are dropped into."""
    inbox = workspace_choice.workspace_of(session) / "收件箱"
    inbox.mkdir(exist_ok=True)
    return None if system_windows.is_opened(inbox) else f"这台电脑没有能直接打开文件夹的程序，收件箱在：{inbox}"


def open_workspace(session: Session) -> str | None:
    """Choose the workspace that all buttons work on, or make one."""
    folder = session.choose_folder(workspace_choice.FOLDER_WANTED)
    if folder is None:
        return None
    root = workspace_choice.open_or_make(session, folder)
    if root is None:
        return CANCELLED
    workspace_choice.remember(root)
    system_windows.is_opened(root)
    return f"已选定工作区：{root}"


def self_test(session: Session) -> str:
    """Look whether everything is there: what ``zwgk doctor`` looks at, but no server is asked.

    What is wrong comes first, with what to do; what is as it should be is named in one line.
    """
    root = workspace_choice.agreed(session)
    now = clock.now()
    if root is None:
        found, chosen = list(computer_checks(now)), "× 工作区：还没有选定；请按“打开工作区”。"
    else:
        found, chosen = list(run_diagnostics(root, mail=False, now=now)), f"√ 工作区：{root}"
        if not any(each.code.startswith("workspace_") and each.failed for each in found):
            found += settings_checks(open_workspace_of(root))
    lines = [f"√ Python：{platform.python_version()}", f"√ 表格程序：{session.host.program}", chosen]
    lines += [_finding(each) for state in _MARKS for each in found if each.state is state]
    fine = dict.fromkeys(each.step for each in found if each.state is CheckState.OK)
    return "\n".join([*lines, f"√ 正常：{'、'.join(fine)}"])


_MARKS = {CheckState.FAILED: "×", CheckState.WARNING: "！", CheckState.NOTE: "·"}
"""What does not stand in the last line, the worst first."""


def _finding(each: DiagnosticResult) -> str:
    return f"{_MARKS[each.state]} {each.step}：{'；'.join(filter(None, (each.found.rstrip('。'), each.action)))}"


def manual(session: Session) -> str | None:
    """Put the manuals into the workspace and open the office's."""
    path = put_manuals(workspace_choice.workspace_of(session))[OFFICE]
    return None if system_windows.is_opened(path) else f"这台电脑没有能直接打开它的程序，请用 Word 或 WPS 打开：{path}"


def help(session: Session) -> str:
    """What each button does, in the order of the month."""
    return help_text()
