"""When a file was received: which times are possible, and when what lies in 收件箱 was first seen there."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

from zwgk_excel.domain.periods import Month
from zwgk_excel.domain.returns import Receipt
from zwgk_excel.ledger import damage_told
from zwgk_excel.workbooks.opening.bounded_files import read_file
from zwgk_excel.workflow.errors import UserError
from zwgk_excel.workflow.intake.inbox import InboxFile, find_files, own_time
from zwgk_excel.workflow.office.context import Office

APART = timedelta(days=1)
"""A file that was written longer before its receipt, or after it, is asked about."""
_NOTE = "first_seen"


class ImpossibleTimeError(UserError):
    """A receipt time to come, or before the month's workbooks went out."""


def require_past(office: Office, moment: datetime, of: str) -> None:
    """Raise ImpossibleTimeError for a time to come; ``of`` says in Chinese what has it."""
    if moment > office.now():
        now = f"{office.now():%Y-%m-%d %H:%M}"
        raise ImpossibleTimeError(f"{of} {moment:%Y-%m-%d %H:%M} 还没有到；最晚为现在（{now}）。")


def require_issued_by(office: Office, receipts: Iterable[Receipt]) -> None:
    """Raise ImpossibleTimeError for a return of a month whose workbooks went out later."""
    issued = issue_days(office)
    for each in receipts:
        day = issued.get(each.cycle) if each.cycle else None
        if day is not None and each.received_at.date() < day:
            raise ImpossibleTimeError(
                f"“{each.name}”是 {each.cycle} 的报送表，{day} 才下发，不会在 {each.received_at:%Y-%m-%d %H:%M} 收到；"
                f"最早为 {day}，最晚为现在。请核对时间后重新运行。"
            )


def issue_days(office: Office) -> dict[Month, date]:
    """Issued cycle → the day its workbooks were first generated."""
    return {record.cycle: record.issued_on for record in office.ledger.cycles() if record.issued_on}


def is_apart(file_time: datetime | None, received_at: datetime) -> bool:
    """Whether a file's own time is more than a day from its receipt."""
    return file_time is not None and abs(received_at - file_time) > APART


def files_written_apart(office: Office, paths: Sequence[Path]) -> list[tuple[Path, datetime]]:
    """The files, none of them registered, that were written more than a day before now, or after, with these times.

    Raises UserError for a path that does not exist.
    """
    now, known = office.now(), {sha256 for _, sha256 in office.ledger.known()}
    timed = [(path, own) for path in find_files(paths) if (own := own_time(path)) and is_apart(own, now)]
    return [(path, own) for path, own in timed if not _is_registered(path, known)]


def _is_registered(path: Path, known: Collection[str]) -> bool:
    try:
        return hashlib.sha256(read_file(path)).hexdigest() in known
    except OSError:
        return False  # importing it says why


def as_first_seen(office: Office, arrivals: Sequence[InboxFile]) -> list[InboxFile]:
    """The files of 收件箱 as received when a run first saw them there, which is noted until they are registered.

    So a file that is locked, or whose run was killed, is no later for that. The caller holds the run lock.
    """
    registered = {file for file, _ in office.ledger.known()}
    with damage_told():
        noted = json.loads(office.ledger.get_note(_NOTE) or "{}")
    seen = {each.file: _seen(each, noted.get(each.file)) for each in arrivals if each.file not in registered}
    if seen != noted:
        # Escaped: a file name may hold bytes that are no text, which a database refuses.
        office.ledger.set_note(_NOTE, json.dumps(seen))
    return [
        replace(each, received_at=datetime.fromisoformat(seen[each.file][-1])) if each.file in seen else each
        for each in arrivals
    ]


def _seen(arrival: InboxFile, noted: Sequence[str] | None) -> list[str]:
    """Size, own time and first sight of a file; another size or time makes it another file."""
    which = [str(arrival.size), str(arrival.file_time)]
    if noted is not None and list(noted[:2]) == which:
        return [*which, min(noted[2], arrival.received_at.isoformat())]
    return [*which, arrival.received_at.isoformat()]
