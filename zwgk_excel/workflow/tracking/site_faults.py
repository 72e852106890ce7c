"""Faults on the website that units were asked to put right (网站整改), as of a day."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import date

from zwgk_excel.domain.periods import Month
from zwgk_excel.domain.returns import Item, Receipt
from zwgk_excel.domain.site_faults import OWED_BY_UNIT, FaultCase, FaultKind, FaultState, state_of
from zwgk_excel.web.addresses import NotVisitedError, Reach, target_of
from zwgk_excel.workflow.office.context import Office
from zwgk_excel.workflow.tracking.contents import EffectiveReceipts


def fault_states(office: Office, as_of: date, contents: EffectiveReceipts) -> tuple[FaultState, ...]:
    """What came of every fault by a day, by number; the ``contents`` are read once, however often that is asked.

    A fault of a closed month is judged by the working days and limit of today: it is put right, or not, today.
    """
    cases = [_by(each, as_of) for each in office.ledger.fault_cases() if each.raised_at.date() <= as_of]
    if not cases:
        return ()
    rules = office.rules
    history = office.ledger.visit_history(list({url for each in cases for url in each.addresses}))
    visits = {url: [each for each in every if each.at.date() <= as_of] for url, every in history.items()}
    month = Month.of(as_of)

    def owner(unit: str) -> str:
        return office.successor(unit, month)

    subjects = frozenset(subject for each in cases for subject in _subjects(each))
    reported = contents.once(("reported", subjects, month), lambda: _reported(contents, subjects, owner))

    def state(case: FaultCase) -> FaultState:
        unit = owner(case.fault.unit)
        return state_of(
            case,
            sorted((each for url in case.addresses for each in visits.get(url, ())), key=lambda each: each.at),
            [item for subject in _subjects(case) for item in reported.get((unit, subject), ())],
            rules.workdays,
            rules.publish_within,
            as_of,
            may_visit=_may_visit(office, case.link.item.url),
        )

    return tuple(map(state, cases))


def _may_visit(office: Office, url: str) -> bool:
    """Whether a verification visits an address; an office that lists no host yet has still to say which it does."""
    settings = office.workspace.settings.verify
    if not settings.hosts:
        return True
    try:
        return Reach(settings.hosts, settings.networks).lists(target_of(url))
    except NotVisitedError:
        return False


def _by(case: FaultCase, day: date) -> FaultCase:
    """The case as it was known on a day."""
    answers = tuple(each for each in case.answers if each.at.date() <= day)
    return replace(case, answers=answers, words=tuple(each for each in case.words if each.at.date() <= day))


def _subjects(case: FaultCase) -> tuple[str, ...]:
    """What the items that may put it right have in common: an address, of a column the duty's id."""
    return (case.fault.duty,) if case.fault.kind is FaultKind.COLUMN else case.addresses


def _reported(
    contents: Iterable[Receipt], subjects: frozenset[str], owner: Callable[[str], str]
) -> dict[tuple[str, str], list[Item]]:
    """(Unit, address or duty) → the valid items reported of it, of some subjects; ``owner`` answers for a unit."""
    found: dict[tuple[str, str], list[Item]] = defaultdict(list)
    for receipt in contents:
        for item in receipt.content.items if receipt.content else ():
            for subject in subjects.intersection((item.url, item.obligation.partition("/")[0])) if item.valid else ():
                found[owner(receipt.unit), subject].append(item)
    return found


def owed_faults(office: Office, states: Iterable[FaultState], as_of: date) -> Iterator[FaultState]:
    """The faults that wait for their units on a day, without those so old that nobody is asked any more."""
    carry = office.workspace.settings.policy.carry_months
    for each in states:
        lapsed = carry and Month.of(each.case.mend_by) + carry < Month.of(as_of)
        if each.outcome in OWED_BY_UNIT and not lapsed:
            yield each
