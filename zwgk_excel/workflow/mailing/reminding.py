"""``zwgk remind`` (催报): mails units with open obligations, at most once a day."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from pathlib import Path

from zwgk_excel.domain.column_updates import ColumnUpdate, to_be_told
from zwgk_excel.domain.correspondence import HANDED_OVER, LetterKind, LetterState, OutgoingMessage
from zwgk_excel.domain.deadlines import ReminderLevel, ReminderRule
from zwgk_excel.domain.periods import Month
from zwgk_excel.domain.reconciliation import Reconciled
from zwgk_excel.domain.reminders import Reminder, owed_by, reminders, with_late_feedback, with_site_faults
from zwgk_excel.domain.site_faults import FaultKind
from zwgk_excel.domain.tracking import ObligationStatus
from zwgk_excel.layout.words import word
from zwgk_excel.mail.compose import AutoSubmitted, OutgoingMail
from zwgk_excel.workflow.errors import UserError
from zwgk_excel.workflow.intake.inbox import new_in_inbox
from zwgk_excel.workflow.intake.receiving import import_new
from zwgk_excel.workflow.intake.waiting import in_quarantine
from zwgk_excel.workflow.mailing.asked_corrections import (
    AskedCorrection,
    asked_corrections,
    markups,
    remake_markups,
    start_of,
)
from zwgk_excel.workflow.mailing.delivery import (
    DeliveryMethod,
    DeliveryRun,
    PreparedMail,
    deliver_all,
    letter_id,
    mail_of,
    mark_interrupted,
    next_key,
    sender_of,
    subject_of,
)
from zwgk_excel.workflow.mailing.sending import addresses
from zwgk_excel.workflow.mailing.templates import reminder_text
from zwgk_excel.workflow.office.context import Office, Progress, find_unit, no_progress
from zwgk_excel.workflow.published.reconciling import unreported_by_unit
from zwgk_excel.workflow.tracking.column_updates import office_column_updates
from zwgk_excel.workflow.tracking.contents import EffectiveReceipts
from zwgk_excel.workflow.tracking.feedback import feedback_overdue, office_consultations
from zwgk_excel.workflow.tracking.site_faults import fault_states, owed_faults
from zwgk_excel.workflow.tracking.statuses import office_statuses


class ReminderAction(StrEnum):
    """The action for a unit; labels in ``lists.toml`` [remind_action]."""

    SEND = "send"
    TODAY = "today"
    """It got one on the day itself, or may have."""
    RECENT = "recent"
    """A mail of this level or a higher one was sent within the rule's ``every`` days."""
    RETURNED = "returned"
    """On the day itself all that it is to be reminded of was sent back to it for correction."""
    NO_ADDRESS = "no_address"


@dataclass(frozen=True, slots=True)
class UnitReminder:
    """The action for one unit with open obligations."""

    reminder: Reminder
    action: ReminderAction
    to: tuple[str, ...]
    copies: tuple[str, ...]
    detail: str = ""

    @property
    def unit(self) -> str:
        """The unit's name."""
        return self.reminder.unit


@dataclass(frozen=True, slots=True)
class ReminderRun:
    """The result of ``remind``."""

    remindings: tuple[UnitReminder, ...]
    delivery_run: DeliveryRun
    waiting: int
    """Files in quarantine: one of them may be what a unit is reminded of."""


def planned_reminders(office: Office, as_of: date, *, units: Sequence[str] = ()) -> tuple[UnitReminder, ...]:
    """What :func:`remind` would do on a day with the files imported so far; nothing is changed.

    A unit is not reminded of what was sent back to it (退回修改) on that very day: it has the mail about it.
    Raises UserError for an unknown unit and when no cycle was issued yet.
    """
    _newest_cycle(office)
    wanted = {find_unit(office, each) for each in units}
    month, policy = Month.of(as_of), office.workspace.settings.policy
    obligations = office.obligations()
    tracking = office.track(obligations, as_of, office.ledger.receipt_summaries())
    asked = [each for each in tracking.statuses if not office.has_lapsed(each, month)]
    asking = office_consultations(office, obligations, tracking.contents, as_of)
    overdue = tuple(feedback_overdue(office, asking, as_of))

    states = fault_states(office, as_of, EffectiveReceipts(office.ledger, tracking.contents))
    unmended = tuple(owed_faults(office, states, as_of))

    def owner(unit: str) -> str:
        return office.successor(unit, month)

    def found(statuses: Iterable[ObligationStatus]) -> dict[str, Reminder]:
        owing = with_late_feedback(reminders(statuses, policy.reminders, as_of, owner), overdue)
        every = with_site_faults(owing, unmended, policy.reminders, as_of, owner)
        return {reminder.unit: reminder for reminder in every}

    # A day gone by knew nothing of the mails after it.
    letters = [each for each in office.ledger.letters() if each.at.date() <= as_of]
    told = [each for each in letters if each.kind is LetterKind.REMINDER]
    owing, returned = found(asked), _returned_on(office, letters, as_of)
    silent = found(each for each in asked if each.obligation.key not in returned) if returned else owing
    return tuple(
        _reminding(office, each, silent.get(unit), [letter for letter in told if letter.unit == unit], as_of)
        for unit, each in owing.items()
        if not wanted or unit in wanted
    )


def _returned_on(office: Office, letters: Iterable[OutgoingMessage], day: date) -> set[str]:
    """The keys of the obligations about which a mail sent a return back (退回修改) on a day."""
    back = [each for each in letters if each.kind is LetterKind.RETURN and each.at.date() == day]
    gone = {each.key.rpartition("/")[0] for each in back if each.state in HANDED_OVER}
    if not gone:
        return set()
    units = {each.unit for each in back}
    return {key for key, each in asked_corrections(office, units).items() if start_of(each.receipt) in gone}


def remind(
    office: Office, way: DeliveryMethod, *, units: Sequence[str] = (), progress: Progress = no_progress
) -> ReminderRun:
    """Import what is new in 收件箱, then mail every unit with open obligations a list of them.

    Raises UserError as :func:`planned_reminders` does, where the office has no address, and when a file in 收件箱
    cannot be read, because it may be a return of a unit to be reminded. Then nothing was sent.
    """
    _newest_cycle(office)
    sender_of(office.workspace.settings)
    with office.ledger.exclusive():
        mark_interrupted(office)
        if unread := import_new(office).unread:
            raise UserError(f"{unread[0]}在此之前不催报，以免催已经报送的单位。")
        day = office.now().date()
        rows = planned_reminders(office, day, units=units)
        going = [row for row in rows if row.action is ReminderAction.SEND]
        # The tasks of a unit that is no more are in the returns of both.
        units_of = {each.obligation.unit for row in going for each in owed_by(row.reminder)}
        asked = asked_corrections(office, units_of | {row.unit for row in going})
        months = {each.obligation.cycle for row in going for each in owed_by(row.reminder)}
        unreported = unreported_by_unit(office, months)
        keys = {each.obligation.key for row in going for each in owed_by(row.reminder)}
        remake_markups(office, [each.receipt for key, each in asked.items() if key in keys])
        columns = _columns_to_update(office, day) if going else ()

        def draft(row: UnitReminder) -> PreparedMail:
            told = {fault.case.fault.duty for fault in row.reminder.faults if fault.case.fault.kind is FaultKind.COLUMN}
            mine = [each for each in columns if each.unit == row.unit and each.duty.id not in told]
            return _draft(office, row, day, asked, mine, unreported.get(row.unit, ()))

        drafts = [draft(row) for row in going]
        return ReminderRun(
            rows, deliver_all(office, drafts, way, folder_of(office, day), progress), quarantined_count(office)
        )


def folder_of(office: Office, day: date) -> Path:
    """The folder for the reminders of a day as files."""
    return office.workspace.root / "发件箱" / f"催报_{day}"


def quarantined_count(office: Office) -> int:
    """The number of files in quarantine that nobody has set aside."""
    return len(in_quarantine(office, office.now().date()))


def not_taken_in(office: Office) -> int:
    """The number of files in 收件箱 without a receipt, any of which may be a return of a unit in a dry run's list."""
    known = {file for file, _ in office.ledger.known()}
    arrivals, unread = new_in_inbox(office)
    new = [each for each in arrivals if office.workspace.relative(each.path) not in known]
    return len(new) + len(unread)


def _newest_cycle(office: Office) -> Month:
    """The newest issued cycle, whose workbook a unit answers with."""
    issued = office.issued()
    if not issued:
        raise UserError("还没有生成过报送表，没有可催报的任务；请先运行 zwgk generate 月份。")
    return issued[-1]


def _reminding(
    office: Office, every: Reminder, silent: Reminder | None, letters: Sequence[OutgoingMessage], day: date
) -> UnitReminder:
    """The action for a unit: ``every`` is all that it owes, ``silent`` what of it was not sent back today."""
    reminder = silent or every
    month = Month.of(day)
    owing = {each.obligation.duty.id for each in owed_by(reminder)}
    owing |= {each.item.obligation.partition("/")[0] for each in reminder.feedback}
    owing |= {each.case.fault.obligation.partition("/")[0] for each in reminder.faults}
    officers = office.roster.officers_of(reminder.unit, owing, month)
    to, copies = addresses(office, office.roster.unit(reminder.unit, month), officers)
    gone = [each for each in letters if each.state in HANDED_OVER]
    last = max((each.at.date() for each in gone), default=None)
    held = _sent_recently(reminder.level, gone, office.workspace.settings.policy.reminders, day)
    if last == day:
        action = ReminderAction.TODAY
    elif silent is None:
        action = ReminderAction.RETURNED
    elif held:
        action = ReminderAction.RECENT
    else:
        action = ReminderAction.SEND if to else ReminderAction.NO_ADDRESS
    fewer = len(owed_by(every)) - len(owed_by(reminder))
    told = (f"上次 {last:%m-%d}" if last else "", f"另有 {fewer} 项当天已退回修改，不再催" if fewer else "")
    return UnitReminder(reminder, action, to, copies, "；".join(filter(None, told)))


def _sent_recently(
    level: ReminderLevel, gone: Iterable[OutgoingMessage], reminder_rules: Sequence[ReminderRule], day: date
) -> bool:
    """Whether a mail of this level or a higher one was sent within the rule's ``every`` days."""
    order = [rule.level for rule in reminder_rules]
    every = reminder_rules[order.index(level)].every
    return any(
        order.index(ReminderLevel(each.level)) >= order.index(level) and (day - each.at.date()).days < every
        for each in gone
    )


def _columns_to_update(office: Office, day: date) -> tuple[ColumnUpdate, ...]:
    """The columns about which units are told, where the office has agreed on the limits: a sample is told to nobody."""
    if not office.workspace.settings.policy.column_updates.confirmed:
        return ()
    return to_be_told(office_column_updates(office, office_statuses(office, day)), day)


def _draft(
    office: Office,
    row: UnitReminder,
    day: date,
    asked: Mapping[str, AskedCorrection],
    columns: Sequence[ColumnUpdate],
    unreported: Sequence[Reconciled],
) -> PreparedMail:
    cycle, reminder = _newest_cycle(office), row.reminder
    key = _key(office, reminder.unit, day)
    text = reminder_text(office, reminder, cycle, asked, columns, unreported)
    keys = [each.obligation.key for each in owed_by(reminder)]
    faulty = [asked[each].receipt for each in keys if each in asked]
    letter = OutgoingMessage(
        key,
        LetterKind.REMINDER,
        reminder.unit,
        cycle,
        row.to,
        row.copies,
        subject_of(text),
        letter_id(office, key),
        LetterState.PREPARED,
        office.now(),
        level=str(reminder.level),
    )

    def write() -> OutgoingMail:
        attached = markups(office, faulty)
        return mail_of(office, letter, text, attachments=attached, automatic=AutoSubmitted.GENERATED)

    number = key.rpartition("/")[2]
    suffix = "" if number == "1" else f"_{number}"
    return PreparedMail(letter, f"{reminder.unit}_{word('reminder_level', reminder.level)}_{day}{suffix}", write)


def _key(office: Office, unit: str, day: date) -> str:
    """The key of a day's reminder: of the letter prepared and never handed over, else the next unused one."""
    start = f"{LetterKind.REMINDER}/{day}/{unit}"
    return next_key(start, [each for each in office.ledger.letters() if each.key.startswith(f"{start}/")])
