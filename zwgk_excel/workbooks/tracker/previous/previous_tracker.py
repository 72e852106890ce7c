"""The tracker that a consolidation replaces: opened once and asked for everything that the office put into it."""

from __future__ import annotations

from functools import cached_property

from zwgk_excel.domain.problems import CellRef, problem
from zwgk_excel.workbooks.opening.rejected import RejectedFileError
from zwgk_excel.workbooks.tracker.previous.office_input import OfficeInput, office_of
from zwgk_excel.workbooks.tracker.previous.opened_tracker import OpenedTracker
from zwgk_excel.workbooks.tracker.previous.read_additions import read_kept
from zwgk_excel.workbooks.tracker.previous.user_additions import UserAdditions


class PreviousTracker:
    """What the office typed into a tracker file and what it added; each is read when it is first asked for.

    What was typed into a tracker that is open in Excel or WPS is asked with :func:`office.office_of`, as here.
    """

    def __init__(self, data: bytes, name: str) -> None:
        """``name`` is the file's, for messages. Raises :class:`RejectedFileError` as :class:`OpenedTracker` does."""
        self._file = OpenedTracker(data, name)

    @cached_property
    def typed(self) -> OfficeInput:
        """The office's own columns, its remarks on scores, its measures and dates on the rectification ledger.

        Raises :class:`RejectedFileError` (file_unreadable, sheet_too_large) when a sheet cannot be read.
        """
        return office_of(self._file, self._file.name)

    @cached_property
    def added(self) -> UserAdditions:
        """Columns, formulas, comments, widths and sheets of the office's, and the unit that 单位情况 showed.

        Raises :class:`RejectedFileError` (table_unreadable) where the file is a workbook, but of no form that these could be
        carried over from: the tracker must not be overwritten then.
        """
        try:
            return read_kept(self._file)
        except RejectedFileError:
            raise
        # Anything may come out of a library that reads a damaged file.
        except Exception as error:
            place, reason = CellRef(self._file.name), type(error).__name__
            raise RejectedFileError(problem("table_unreadable", place, reason=reason)) from error
