"""The one exception of reading files that others made: it carries the problem that says why."""

from __future__ import annotations

from zwgk_excel.domain.errors import ZwgkError
from zwgk_excel.domain.problems import CellRef, Problem, problem


class RejectedFileError(ZwgkError):
    """A file that cannot be taken in; carries the problem that says why."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(str(problem))
        self.problem = problem


def unreadable(name: str, reason: str, sheet: str = "") -> RejectedFileError:
    """A file (or one sheet of it) that is damaged."""
    return RejectedFileError(problem("file_unreadable", CellRef(name, sheet), reason=reason))


def unsafe(name: str, reason: str) -> RejectedFileError:
    """A file that no office program writes like this."""
    return RejectedFileError(problem("file_unsafe", CellRef(name), reason=reason))
