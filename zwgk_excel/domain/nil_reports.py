"""Nil reports (零报告, 本期无更新) one after the other, which the office is told of and the unit is not."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

from zwgk_excel.domain.nil_policy import NilPolicy
from zwgk_excel.domain.problems import CellRef, Problem, problem
from zwgk_excel.domain.tracking import Outcome, Timeliness, TrackerRow

_STILL_OPEN = frozenset({Timeliness.NOT_DUE, Timeliness.DUE_SOON, Timeliness.IN_GRACE})


def repeated_nil_reports(rows: Iterable[TrackerRow], policy: NilPolicy) -> Iterator[Problem]:
    """A remark for each duty and unit whose newest answers are as many nil reports as the policy says.

    What is still open or waived is passed over. What ends in a closed month is not remarked any more.
    """
    found: dict[tuple[str, str, str], list[TrackerRow]] = defaultdict(list)
    for row in rows:
        obligation = row.status.obligation
        if obligation.duty.cadence in policy.in_a_row:
            found[obligation.duty.id, obligation.unit, obligation.subject].append(row)
    for each in found.values():
        run = _newest_run(sorted(each, key=lambda row: row.status.obligation.period))
        if run and not run[-1].closed and len(run) >= policy.in_a_row[run[-1].status.obligation.duty.cadence]:
            yield _remark(run)


def _newest_run(rows: Iterable[TrackerRow]) -> list[TrackerRow]:
    run: list[TrackerRow] = []
    for row in rows:
        match row.status.outcome:
            case Outcome.NIL:
                run.append(row)
            case Outcome.WAIVED:
                pass
            case _ if row.status.is_open and row.status.timeliness in _STILL_OPEN:
                pass
            case _:
                run.clear()
    return run


def _remark(run: list[TrackerRow]) -> Problem:
    first, last = run[0].status.obligation, run[-1].status.obligation
    task = f"{last.duty.id} {last.duty.column}"
    values = {"unit": last.unit, "task": task, "first": first.reference, "last": last.reference, "count": len(run)}
    return problem("nil_repeated", CellRef(), obligation=last.key, **values)
