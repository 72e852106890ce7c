"""The 汇总 button, and the tracker of the other buttons: the same use case as ``zwgk consolidate`` in every program."""

from __future__ import annotations

from zwgk_excel.addin.buttons.live_tracker import LiveTracker
from zwgk_excel.addin.buttons.saved_tracker import SavedTracker
from zwgk_excel.addin.buttons.trackers import Tracker
from zwgk_excel.addin.host.opened import office_at
from zwgk_excel.addin.host.session import Session
from zwgk_excel.addin.host.workspace_choice import workspace_of
from zwgk_excel.workflow.office.context import Office


def consolidate(session: Session) -> str:
    """Bring the workspace's tracker up to date, made where there is none; returns the closing words.

    Raises UserError when nothing could be done; then the workbook is as it was.
    """
    root = workspace_of(session)
    with office_at(root) as office:
        return tracker_of(session, office).consolidate()


def consolidated(session: Session, words: str) -> str:
    """The closing words of a button, after the tracker was brought up to date where the user wants that."""
    if not session.confirm([words], "现在汇总，更新总台账吗？"):
        return ""
    return f"{words}\n{consolidate(session)}"


def tracker_of(session: Session, office: Office) -> Tracker:
    """The workspace's tracker: open in Excel, opened there if it was not; elsewhere its file.

    Raises UserError where it cannot be opened.
    """
    excel = session.live
    return SavedTracker(session, office) if excel is None else LiveTracker(session, excel, office)
