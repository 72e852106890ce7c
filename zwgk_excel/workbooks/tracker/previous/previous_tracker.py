"""The tracker that a consolidation replaces: opened once, then asked for inputs and additions."""

from __future__ import annotations

from functools import cached_property

from zwgk_excel.domain.problems import CellRef, problem
from zwgk_excel.workbooks.opening.rejected import RejectedFileError
from zwgk_excel.workbooks.tracker.previous.office_input import OfficeInput, office_of
from zwgk_excel.workbooks.tracker.previous.opened_tracker import OpenedTracker
from zwgk_excel.workbooks.tracker.previous.read_additions import read_user_additions
from zwgk_excel.workbooks.tracker.previous.user_additions import UserAdditions


class PreviousTracker:
    """The office's inputs and additions in a tracker file; each is read on demand.

    For a tracker that is open in Excel or WPS use :func:`zwgk_excel.workbooks.tracker.previous.office_input.office_of`.
    """

    def __init__(self, data: bytes, name: str) -> None:
        """``name`` is the file's, for messages. Raises :class:`RejectedFileError` as :class:`OpenedTracker` does."""
        self._file = OpenedTracker(data, name)

    @cached_property
    def typed(self) -> OfficeInput:
        """The office's columns, remarks on scores, and inputs on the rectification ledger.

        Raises :class:`RejectedFileError` (file_unreadable, sheet_too_large) when a sheet cannot be read.
        """
        return office_of(self._file, self._file.name)

    @cached_property
    def added(self) -> UserAdditions:
        """Columns, formulas, comments, widths and sheets of the office, and the unit chosen on 单位情况.

        Raises :class:`RejectedFileError` (table_unreadable) where the file is a workbook from which these cannot be
        carried over; the tracker must not be overwritten then.
        """
        try:
            return read_user_additions(self._file)
        except RejectedFileError:
            raise
        # Anything may come out of a library that reads a damaged file.
        except Exception as error:
            place = CellRef(self._file.name)
            raise RejectedFileError(problem("table_unreadable", place, reason="内容异常")) from error
