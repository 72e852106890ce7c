"""The exception for untrusted files that cannot be read; it carries the problem."""

from __future__ import annotations

from zwgk_excel.domain.errors import ZwgkError
from zwgk_excel.domain.problems import CellRef, Problem, problem


class RejectedFileError(ZwgkError):
    """A file cannot be read; ``problem`` says why."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(str(problem))
        self.problem = problem


def unreadable(name: str, reason: str, sheet: str = "") -> RejectedFileError:
    """The error for a damaged file, or a damaged sheet of it."""
    return RejectedFileError(problem("file_unreadable", CellRef(name, sheet), reason=reason))


def unsafe(name: str, reason: str) -> RejectedFileError:
    """The error for a file that no Office program writes."""
    return RejectedFileError(problem("file_unsafe", CellRef(name), reason=reason))
