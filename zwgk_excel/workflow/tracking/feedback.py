"""The consultations (征集) that units reported, and those whose result they have not told in time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date

from zwgk_excel.domain.companions import Companion
from zwgk_excel.domain.consultations import Consultation, consultations, late_feedback
from zwgk_excel.domain.obligations import Obligation
from zwgk_excel.domain.periods import Month
from zwgk_excel.domain.problems import Problem, with_severities
from zwgk_excel.domain.returns import Receipt
from zwgk_excel.workflow.office.context import Office
from zwgk_excel.workflow.office.known_records import KnownRecords
from zwgk_excel.workflow.tracking.contents import EffectiveReceipts


def office_consultations(
    office: Office, obligations: Iterable[Obligation], contents: Sequence[Receipt], as_of: date
) -> tuple[Consultation, ...]:
    """The consultations in the effective returns, without or with content; only those of duties that ask for them are
    read."""
    asking = {each.key for each in obligations if Companion.CONSULTATION in each.duty.companions}
    about = [each for each in contents if asking & each.tallies.keys()]
    month = Month.of(as_of)
    return consultations(EffectiveReceipts(office.ledger, about), lambda unit: office.successor(unit, month))


def feedback_problems(
    office: Office, found: Sequence[Consultation], as_of: date, known: KnownRecords
) -> Iterator[Problem]:
    """The problems with late feedback as of a day; a closed month has the terms that it was closed with."""
    today = office.rules
    for each in found:
        cycle = each.receipt.cycle
        rules = known.closed_rules.get(cycle, today) if cycle else today
        late = late_feedback([each], rules.workdays, rules.feedback_within, as_of)
        yield from with_severities(late, rules.severities)


def feedback_overdue(office: Office, found: Iterable[Consultation], as_of: date) -> Iterator[Consultation]:
    """The consultations whose result has not been told by a day after its term.

    As with tasks, those whose term lies more than the policy's ``carry_months`` back are asked for no more.
    """
    rules, carry = office.rules, office.workspace.settings.policy.carry_months
    for each in found:
        term = Month.of(each.due(rules.workdays, rules.feedback_within))
        lapsed = carry and term + carry < Month.of(as_of)
        if each.answered_on is None and each.is_late(rules.workdays, rules.feedback_within, as_of) and not lapsed:
            yield each


def feedback_due(office: Office, found: Iterable[Consultation], as_of: date) -> dict[str, str]:
    """Unit → its consultations that have ended by a day and whose result is still to be told, as a mail says it."""
    rules = office.rules
    told: dict[str, list[str]] = {}
    for each in found:
        if each.answered_on is None and each.until < as_of:
            due = each.due(rules.workdays, rules.feedback_within)
            title = each.item.title or each.item.url
            wanted = "应" if due < as_of else "请"
            told.setdefault(each.unit, []).append(f"“{title}”（{each.until} 结束征集，{wanted}于 {due} 前反馈）")
    return {unit: "；".join(texts) for unit, texts in told.items()}
