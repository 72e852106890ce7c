"""What mails say about returns that are to be corrected: problems, tasks with their dates, marked-up copies."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from zwgk_excel.domain.correspondence import LetterKind
from zwgk_excel.domain.mend_time import MendTime, TaskToMend
from zwgk_excel.domain.obligations import reference_of
from zwgk_excel.domain.problems import CellRef, Problem, merge_equal
from zwgk_excel.domain.returns import Receipt, Verdict
from zwgk_excel.layout.columns import layout
from zwgk_excel.mail.compose import MailAttachment
from zwgk_excel.mail.text import MailTable
from zwgk_excel.workbooks.report.content import file_name
from zwgk_excel.workbooks.report.cover import day_words
from zwgk_excel.workflow.intake.corrections import correctable, markup_path, newest, write_markups
from zwgk_excel.workflow.intake.inbox import UNPACKED_FOLDER
from zwgk_excel.workflow.intake.mend_times import MendTimes, day_until
from zwgk_excel.workflow.office.context import Office
from zwgk_excel.workflow.office.passwords import office_passwords
from zwgk_excel.workflow.workers.readers import ReaderPool

_MOST_PROBLEMS = 20
_DATES = "时限"


@dataclass(frozen=True, slots=True)
class AskedCorrection:
    """A task that is to be corrected, and the return that reports it with an error."""

    task: TaskToMend
    receipt: Receipt


def asked_corrections(office: Office, units: Iterable[str]) -> dict[str, AskedCorrection]:
    """Obligation key → what was asked for, of the newest returns of these units for every cycle."""
    wanted = set(units)
    receipts = office.unsettled(each for each in office.ledger.receipt_summaries() if each.unit in wanted)
    faulty = [each for each in newest(receipts) if correctable(each)]
    times = MendTimes(office) if faulty else None
    found: dict[str, AskedCorrection] = {}
    for receipt in sorted(faulty, key=lambda each: each.order):
        tasks = times.of(receipt, receipts).tasks if times else ()
        found |= {each.obligation.key: AskedCorrection(each, receipt) for each in tasks}
    return found


def start_of(receipt: Receipt) -> str:
    """The beginning of the keys of the mails that send a return back, before their numbers."""
    return f"{LetterKind.RETURN}/{receipt.cycle}/{receipt.unit}/{receipt.number}"


def came_in(receipt: Receipt, file: str) -> bool:
    """Whether a receipt is of an attachment that was saved as ``file``, or of something packed in it."""
    return receipt.file == file or receipt.file.startswith(f"{file}{UNPACKED_FOLDER}/")


def problem_table(receipts: Sequence[Receipt]) -> MailTable:
    """The first problems to be corrected, equal ones as one, each with its cells and action."""
    sheet = layout("tracker")["problems"]
    headings = tuple(sheet.heading(key) for key in ("cell", "found", "expected", "action"))
    counted = merge_equal(counted_problems(receipts), across_obligations=True)
    told, left = counted[:_MOST_PROBLEMS], len(counted) - _MOST_PROBLEMS
    more = f"还有 {left} 项，见修改意见" if left > 0 else ""
    rows = [(_where(p), p.found, p.expected_briefly, p.action) for p in told] + ([("…", more, "", "")] if more else [])
    lines = [str(replace(p, place=CellRef(_where(p)))) for p in told] + ([more] if more else [])
    return MailTable(headings, tuple(rows), tuple(lines))


def _where(found: Problem) -> str:
    """Sheet and cells, of many cells the first; the mail names the file."""
    return str(replace(found.place, file="")).replace("!", " ", 1)


def counted_problems(receipts: Iterable[Receipt]) -> list[Problem]:
    """Errors, then warnings, of returns that are no duplicates."""
    found = [p for each in receipts if each.verdict is not Verdict.DUPLICATE for p in each.problems if p.counts]
    return sorted(found, key=lambda each: not each.is_error)


def task_table(time: MendTime, by: str) -> MailTable:
    """The tasks that are to be corrected and their dates; ``by`` is the unit that answers for them."""
    rows = tuple((*_named(each, by), _dates(each, time.as_of)) for each in time.tasks)
    return MailTable((*_headings(), _DATES), rows)


def returned_table(asked: Iterable[AskedCorrection], by: str, as_of: date) -> MailTable:
    """The same in a reminder of a day: with the name of the marked-up copy of each."""
    headings = (*_headings(), _DATES, layout("markup")["opinions"].name)
    rows = tuple((*_named(each.task, by), _dates(each.task, as_of), markup_name(each.receipt)) for each in asked)
    return MailTable(headings, rows)


def markup_name(receipt: Receipt) -> str:
    """The file name of the marked-up copy of a return with unit and cycle."""
    assert receipt.cycle is not None
    return file_name(layout("markup").file_name, receipt.unit, receipt.cycle)


def _headings() -> tuple[str, ...]:
    tracking = layout("tracker")["tracking"]
    return tuple(tracking.heading(key) for key in ("duty", "column", "reference"))


def _named(task: TaskToMend, by: str) -> tuple[str, str, str]:
    owed = task.obligation
    return owed.duty.id, owed.duty.column, reference_of(owed, by)


def _dates(task: TaskToMend, as_of: date) -> str:
    """Every date of a task with its name: a plain mail has no headings."""
    owed, tracking = task.obligation, layout("tracker")["tracking"]
    days = [(tracking.heading(key), day) for key, day in (("due", owed.due), ("final", owed.final)) if day]
    told = [f"{name} {day_words(day)}" for name, day in days]
    until = day_until(task, as_of)
    return "，".join([*told, *([f"改正时限 {until}"] if until else [])])


def remake_markups(office: Office, receipts: Iterable[Receipt]) -> None:
    """Make the marked-up copies of returns anew before they are mailed: settings may have moved the dates in them."""
    of = {(each.unit, each.cycle) for each in receipts if correctable(each)}
    if not of:
        return
    every = [each for each in office.ledger.receipt_summaries() if (each.unit, each.cycle) in of]
    with ReaderPool(passwords=office_passwords()) as workers:
        write_markups(office, every, workers)


def markups(office: Office, receipts: Iterable[Receipt]) -> list[MailAttachment]:
    """The marked-up copies of returns, each once; none for those without one."""
    paths = dict.fromkeys(markup_path(office, each) for each in receipts if correctable(each))
    return [MailAttachment(path.name, path.read_bytes()) for path in paths if path.is_file()]
