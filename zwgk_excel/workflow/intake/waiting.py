"""Files that wait: those in 收件箱 that have not been taken in, and those in quarantine (待核实)."""

from __future__ import annotations

from collections.abc import Set
from datetime import date

from zwgk_excel.domain.problems import Problem
from zwgk_excel.domain.returns import Receipt, Verdict
from zwgk_excel.workflow.intake.inbox import InboxListing, LoadedFile, load_all, new_in_inbox
from zwgk_excel.workflow.office.context import Office


def not_registered(office: Office) -> InboxListing:
    """The files in 收件箱 whose (name, content) has no receipt; every file is read for that.

    Unreadable files count as new; importing them reports why.
    """
    known = office.ledger.known()
    arrivals, unread = new_in_inbox(office)
    return [each for each, loaded in load_all(office, arrivals) if not _is_known(loaded, known)], unread


def _is_known(loaded: LoadedFile | Problem, known: Set[tuple[str, str]]) -> bool:
    return not isinstance(loaded, Problem) and (loaded.receipt.file, loaded.receipt.sha256) in known


def in_quarantine(office: Office, as_of: date) -> tuple[Receipt, ...]:
    """The files in quarantine that had arrived by the end of a day and that nobody has set aside, in order of receipt.

    They are without content.
    """
    return tuple(
        each
        for each in office.ledger.receipt_summaries()
        if each.verdict is Verdict.QUARANTINED and each.received_at.date() <= as_of and not each.is_set_aside
    )
