"""The tracker open in Excel: 汇总 lays what is new over it where it is, and everything else that it shows stays."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from zwgk_excel.addin.buttons.summary import summary
from zwgk_excel.addin.buttons.trackers import consolidator
from zwgk_excel.addin.host.book_places import is_at, require_openable
from zwgk_excel.addin.host.failures import PartialFailure
from zwgk_excel.addin.host.host import Live
from zwgk_excel.addin.host.session import Session
from zwgk_excel.addin.refresh.live_book import (
    LiveBook,
    OpenSheets,
    is_read_only,
    is_tracker,
    read_grid,
    require_unprotected,
)
from zwgk_excel.addin.refresh.tracker_refresh import Refreshed, refresh_tracker
from zwgk_excel.workbooks.opening.open_book import Grid
from zwgk_excel.workbooks.tracker.previous.office_input import office_of
from zwgk_excel.workflow.acts.effect_words import renewed_lines
from zwgk_excel.workflow.consolidation.consolidating import PreparedTracker, consolidate, prepare
from zwgk_excel.workflow.errors import UserError
from zwgk_excel.workflow.office.context import Office
from zwgk_excel.workflow.office.open_files import require_not_open


class LiveTracker:
    """A :class:`zwgk_excel.addin.buttons.trackers.Tracker` open in Excel."""

    def __init__(self, session: Session, excel: Live, office: Office) -> None:
        """Opens it if it was not. Raises UserError as :func:`open_tracker`."""
        self._session, self._excel, self._office = session, excel, office
        self._sheets = open_tracker(excel, office.workspace.tracker)
        self._book = self._sheets.book if self._sheets else None

    @property
    def exists(self) -> bool:
        """Whether there is one."""
        return self._book is not None

    def grid(self, sheet: str) -> Grid | None:
        """The cells of a sheet as they are now."""
        if self._book is None or sheet not in [each.name for each in self._book.sheets]:
            return None
        return read_grid(self._book.sheets[sheet])

    def turn_to(self, sheet: str) -> None:
        """Bring it to the front, and the sheet where it has it."""
        if self._book is None:
            return
        self._book.activate()
        if sheet in [each.name for each in self._book.sheets]:
            self._book.sheets[sheet].activate()

    def consolidate(self) -> str:
        """Refresh it in place, or make it where there is none."""
        if self._sheets is None:
            return _make(self._session, self._excel, self._office)
        return _refresh(self._session, self._excel, self._office, self._sheets)


def open_tracker(excel: Live, path: Path) -> OpenSheets | None:
    """The open tracker of the workspace, opened if it was not; None where no file is there yet.

    Raises UserError where the file is something else, cannot be opened beside what is open, or is open in another
    program.
    """
    front = excel.front
    if front and front.parent.resolve() == path.parent.resolve():
        sheets = OpenSheets(excel.book)
        if is_tracker(sheets):
            return sheets
    for book in excel.app.books:
        if is_at(book, path):
            book.activate()
            return OpenSheets(book)
    require_openable(excel.app, path)
    if not path.exists():
        return None
    require_not_open(path)
    sheets = OpenSheets(excel.app.books.open(str(path)))
    if not is_tracker(sheets):
        raise UserError(f"“{path.name}”不是本程序的台账；请把它移到别处再汇总。")
    return sheets


def _make(session: Session, excel: Live, office: Office) -> str:
    done = consolidate(office, as_of=None, who=consolidator(office), progress=session.progress("读取报送件"))
    excel.app.books.open(str(office.workspace.tracker))
    return summary(done.taken, done.decisions, done.statuses, done.tray, done.waiting)


def _refresh(session: Session, excel: Live, office: Office, sheets: OpenSheets) -> str:
    book = sheets.book
    if is_read_only(book):
        raise UserError(
            f"“{book.name}”是以只读方式打开的（可能别人正开着它），刷新后保存不了，什么也没有改动；"
            "请等别人关闭后重新打开，或去掉文件的只读属性。"
        )
    require_unprotected(sheets, office=True)
    with office.ledger.exclusive():
        session.status("读取台账上的意见")
        typed = office_of(LiveBook(sheets), office.workspace.tracker.name)
        ready = prepare(office, typed, as_of=None, who=consolidator(office), progress=session.progress("读取报送件"))
        try:
            refreshed = refresh_tracker(session, book, ready.view, sheets)
        except Exception as error:
            raise PartialFailure(_recorded(ready)) from error
    problems = [str(each) for each in (*typed.problems, *ready.refused, *ready.tray.problems, *refreshed.refused)]
    told = summary(ready.taken, ready.decisions, ready.statuses, ready.tray, len(ready.view.tray))
    words = [told, *renewed_lines(ready.taken.renewed), *_remarks(refreshed, problems)]
    if not _is_rewritten(session, book, refreshed.skipped_sheets):
        return "\n".join(words)
    consolidate(office, as_of=None, who=consolidator(office), progress=session.progress("读取报送件"))
    excel.app.books.open(str(office.workspace.tracker))
    return "\n".join([*words, "台账已重新写成。"])


def _is_rewritten(session: Session, book: Any, skipped: Sequence[str]) -> bool:
    """Whether the tracker, saved and closed now, is to be written anew, because sheets of it cannot be refreshed."""
    if not skipped:
        return False
    names = "、".join(f"“{name}”" for name in skipped)
    told = f"{names}的版面已改动或已删除，其余各表已刷新。"
    if not session.confirm([told], "现在关闭台账，把这些表重新写成吗？自己加的表、列和填写的内容都保留。"):
        return False
    book.close()
    return True


def _recorded(ready: PreparedTracker) -> str:
    """What stays done when the refresh fails: it is in the ledger already, and is not taken in a second time."""
    done = [f"新收的 {len(ready.taken)} 份报送件"] if ready.taken else []
    done += [f"台账上填写的 {len(ready.decisions)} 条意见"] if ready.decisions else []
    done += [f"待处理中办理的 {len(ready.tray.done)} 项"] if ready.tray.done else []
    return f"{'和'.join(done)}已登记，不会丢失，也不会重复登记。" * bool(done) + "排除问题后再按一次“汇总”即可。"


def _remarks(refreshed: Refreshed, problems: list[str]) -> list[str]:
    lines = [*problems]
    if refreshed.skipped_sheets:
        names = "、".join(f"“{name}”" for name in refreshed.skipped_sheets)
        lines.append(f"{names}的版面已改动或已删除，未刷新。")
    if refreshed.removed_values:
        lines.append(
            f"有 {len(refreshed.removed_values)} 处自加内容所在的行已不在台账中，移到了“{refreshed.removed_sheet}”。"
        )
    return lines + [f"“{name}”的筛选无法还原，已取消。" for name in refreshed.lost_filters]
