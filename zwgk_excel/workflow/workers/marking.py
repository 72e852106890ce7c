"""Marking up a returned workbook away from this process: it is a stranger's file, and takes a while."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from zwgk_excel.domain.problems import Problem


@dataclass(frozen=True, slots=True)
class MarkupJob:
    """A return to be marked up."""

    name: str
    """The file's name for messages."""
    data: bytes = field(repr=False)
    """Empty where there is nothing to edit."""
    problems: Sequence[Problem]
    title: str
    """Whose return it is."""
    author: str


def mark_up_job(marking: MarkupJob) -> bytes | None:
    """The mark-up of a return; None where the file cannot be edited."""
    from zwgk_excel.workbooks.correction.mark_up import NotEditableError, correction_copy

    if not marking.data:
        return None
    try:
        return correction_copy(marking.data, marking.problems, title=marking.title, author=marking.author)
    except NotEditableError:
        return None
