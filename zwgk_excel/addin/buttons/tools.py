"""The other buttons: what comes before and around a consolidation."""

from __future__ import annotations

import platform
from collections.abc import Callable
from pathlib import Path

from zwgk_excel.addin.host import workspace_choice, wps_fallback
from zwgk_excel.addin.host.session import CANCELLED, LISTED, Session, listed
from zwgk_excel.domain.acts import ActSource
from zwgk_excel.domain.periods import Month
from zwgk_excel.layout.buttons import help_text
from zwgk_excel.workflow import clock
from zwgk_excel.workflow.doctor.mail import settings_checks
from zwgk_excel.workflow.errors import UserError
from zwgk_excel.workflow.issuing import table_problems
from zwgk_excel.workflow.issuing.generation import WorkbookChange as Change
from zwgk_excel.workflow.issuing.generation import generate as generate_workbooks
from zwgk_excel.workflow.office.context import open_office
from zwgk_excel.workflow.office.workspace import open_workspace as open_workspace_of
from zwgk_excel.workflow.setup.manuals import OFFICE, put_manuals


def generate(session: Session) -> str:
    """Write the report workbooks of this month or the next."""
    root = workspace_choice.workspace_of(session)
    with open_office(root, now=clock.now, source=ActSource.RIBBON) as office:
        now = office.now().date()
        this = Month.of(now)
        cycle = session.choose_month("生成哪个月的报送表？", ("本月", this), ("下月", this + 1))
        if cycle is None:
            return CANCELLED
        done = generate_workbooks(office, cycle, as_of=now, progress=session.progress("生成报送表"))
        folder = office.workspace.outbox(cycle)
    counts = {change: sum(book.change is change for book in done.workbooks) for change in Change}
    new, changed, unchanged = (counts[each] for each in (Change.NEW, Change.CHANGED, Change.UNCHANGED))
    made = f"新生成 {new} 个，更新 {changed} 个，无变化 {unchanged} 个"
    extra = "".join(f"\n“{path.name}”对应的单位本月已无任务，请勿发出。" for path in done.leftover)
    return f"{cycle} 的报送表：{made}。{extra}\n下一步：按“发送”，或把“{folder}”中的文件发给各单位。"


def check(session: Session) -> str:
    """Lint the duty table and the roster as they were saved."""
    root = workspace_choice.workspace_of(session)
    with open_office(root, strict=False) as office:
        problems = table_problems(office)
        tables = office.workspace.duty_table.name, office.workspace.roster.name
    errors = sum(each.is_error for each in problems)
    unsaved = [book.name for book in session.app.books if book.name in tables]
    verdict = "有错误，须改正后才能生成报送表。" if errors else ""
    lines = [f"错误 {errors} 处，提醒 {len(problems) - errors} 处。{verdict}"]
    lines.append(listed([str(each) for each in sorted(problems, key=lambda p: not p.is_error)]))
    if len(problems) > LISTED:
        lines.append("全部问题请运行 zwgk check 查看。")
    lines += [f"“{name}”正打开着，检查的是已保存的内容。" for name in unsaved]
    return "\n".join(lines)


def open_inbox(session: Session) -> None:
    """Open the folder that returned files are dropped into."""
    inbox = workspace_choice.workspace_of(session) / "收件箱"
    inbox.mkdir(exist_ok=True)
    wps_fallback.open_path(inbox)


def open_workspace(session: Session) -> str | None:
    """Choose the workspace that all buttons work on, or make one."""
    folder = workspace_choice.choose_folder(session.app)
    if folder is None:
        return None
    root = workspace_choice.open_or_make(session, folder)
    if root is None:
        return CANCELLED
    workspace_choice.remember(root)
    wps_fallback.open_path(root)
    return f"已选定工作区：{root}"


def self_test(session: Session) -> str:
    """Look whether everything that the buttons need is there."""
    root = workspace_choice.agreed(session)
    checks: list[tuple[str, Callable[[], str]]] = [
        ("Python", platform.python_version),
        ("表格程序", lambda: f"{session.app.version}"),
        ("工作区", lambda: str(_found(root))),
        ("责任分工表、单位通讯录、数据库", lambda: _opened(_found(root))),
        ("邮箱设置", lambda: _mail(_found(root))),
    ]
    return "\n".join(_line(name, look) for name, look in checks)


def _line(name: str, look: Callable[[], str]) -> str:
    try:
        return f"√ {name}：{look()}"
    except UserError as error:
        return f"× {name}：{error}"


def _found(root: Path | None) -> Path:
    if root is None:
        raise UserError("还没有选定；请按“打开工作区”。")
    return root


def _opened(root: Path) -> str:
    with open_office(root, strict=False) as office:
        errors = sum(each.is_error for each in office.problems)
        receipts = len(office.ledger.known())
        return f"责任事项 {len(office.duties)} 项，单位 {len(office.roster.units)} 个，收件 {receipts} 份" + (
            f"；责任表有 {errors} 处错误，请按“检查责任表”" if errors else ""
        )


def _mail(root: Path) -> str:
    """What the settings say about mail; no server is asked, which ``zwgk doctor`` does."""
    checks = list(settings_checks(open_workspace_of(root)))
    wrong = next((each for each in checks if each.counts), None)
    if wrong:
        raise UserError(f"{wrong.found}；{wrong.action}")
    return "；".join(each.found for each in checks)


def manual(session: Session) -> str | None:
    """Put the manuals into the workspace and open the office's."""
    path = put_manuals(workspace_choice.workspace_of(session))[OFFICE]
    try:
        wps_fallback.open_path(path)
    except OSError:
        return f"这台电脑没有能直接打开它的程序，请用 Word 或 WPS 打开：{path}"
    return None


def help(session: Session) -> str:
    """What each button does, in the order of the month."""
    return help_text()
