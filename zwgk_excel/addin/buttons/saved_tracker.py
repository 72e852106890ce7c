"""The tracker as a file that a program shows which is not Excel: closed, consolidated as ``zwgk consolidate`` does it,
and opened again where the user was."""

from __future__ import annotations

from zwgk_excel.addin.buttons.summary import summary
from zwgk_excel.addin.buttons.trackers import consolidator
from zwgk_excel.addin.host.left_closed import NotReopened, set_aside
from zwgk_excel.addin.host.session import Session
from zwgk_excel.workbooks.opening.bounded_files import read_file
from zwgk_excel.workbooks.opening.guard import RejectedFileError
from zwgk_excel.workbooks.opening.open_book import Grid
from zwgk_excel.workbooks.tracker.previous.opened_tracker import OpenedTracker
from zwgk_excel.workflow.acts.effect_words import renewed_lines
from zwgk_excel.workflow.consolidation.consolidating import ConsolidationResult, consolidate
from zwgk_excel.workflow.errors import UserError, reason_of
from zwgk_excel.workflow.office.context import Office


class SavedTracker:
    """A :class:`zwgk_excel.addin.buttons.trackers.Tracker` as it was saved."""

    def __init__(self, session: Session, office: Office) -> None:
        self._session, self._office = session, office
        self._path = office.workspace.tracker

    @property
    def exists(self) -> bool:
        """Whether there is a file."""
        return self._path.is_file()

    def grid(self, sheet: str) -> Grid | None:
        """The cells of a sheet as they were saved. Raises UserError where the file cannot be read."""
        if not self.exists:
            return None
        try:
            return OpenedTracker(read_file(self._path), self._path.name).grid(sheet)
        except OSError as error:
            raise UserError(f"“{self._path.name}”不能读取：{reason_of(error)}。") from None
        except RejectedFileError as rejected:
            raise UserError(f"“{self._path.name}”无法读取：{rejected.problem.found}。") from None

    def turn_to(self, sheet: str) -> None:
        """Open it, or bring it to the front, at a sheet."""
        if self.exists:
            self._session.open(self._path, sheet)

    def consolidate(self) -> str:
        """What is unsaved is saved first. Raises UserError before anything happens where that fails."""
        words = ""
        try:
            with set_aside(self._session.host, self._path):
                self._session.status(f"正在汇总“{self._path.name}”，汇总好了再打开……")
                show = self._session.progress("读取报送件")
                done = consolidate(self._office, as_of=None, who=consolidator(self._office), progress=show)
                words = _words(done)
        except NotReopened as error:
            words = f"{words}\n{error}"
        return words


def _words(done: ConsolidationResult) -> str:
    told = summary(done.taken, done.decisions, done.statuses, done.tray, done.waiting)
    problems = [str(each) for each in done.problems]
    return "\n".join([told, *renewed_lines(done.taken.renewed), *problems, *done.notes])
