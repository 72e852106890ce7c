"""The rows of the tracker's tables as plain values by column key, for the file and for a live workbook.

Labels are the Chinese ones of ``lists.toml``; dates and numbers are values; a file is a :class:`FileLink`.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache

from zwgk_excel.domain.acts import Act
from zwgk_excel.domain.catalogue.coverage import CoverageState, EntryCoverage
from zwgk_excel.domain.file_names import beside_unit
from zwgk_excel.domain.link_checks import LinkCheck, LinkVerdict
from zwgk_excel.domain.periods import Month
from zwgk_excel.domain.problems import Problem
from zwgk_excel.domain.reconciliation import Difference, Reconciled
from zwgk_excel.domain.returns import Item, Receipt
from zwgk_excel.domain.site_faults import FaultOutcome, FaultState
from zwgk_excel.domain.text import clean, shortened
from zwgk_excel.domain.tracking import Timeliness, TrackerRow
from zwgk_excel.layout.act_words import ActWords, act_words, person_words
from zwgk_excel.layout.columns import layout
from zwgk_excel.layout.in_excel import in_excel
from zwgk_excel.layout.link_words import told, verdict_of
from zwgk_excel.layout.words import verdict_word, word, words
from zwgk_excel.workbooks.contract.cell_pictures import PICTURE, is_wps_picture, wps_formula
from zwgk_excel.workbooks.reading.cell_reader import as_text
from zwgk_excel.workbooks.tracker.rows.view import RefusedCell, TrackerView, TypedValue


@dataclass(frozen=True, slots=True)
class FileLink:
    """A file shown by its name and linked from the tracker."""

    text: str
    path: str = ""
    """Relative to the tracker's folder, with ``/``; empty where the file is not known."""
    sheet: str = ""
    cell: str = ""
    """Where to jump in it; empty for wherever it was left."""


@dataclass(frozen=True, slots=True)
class CellPicture:
    """A picture in a cell that the office put there; str() is what stands for it in a sentence."""

    formula: str
    """What shows it, with its ``=``: WPS's function, or :func:`zwgk_excel.workbooks.contract.cell_pictures.rich`."""
    shown: str
    """The result that programs without it show."""

    def __str__(self) -> str:
        return PICTURE


WrittenValue = str | int | float | date | datetime | FileLink | CellPicture | None
RowValues = dict[str, WrittenValue]

OPEN = (Timeliness.OVERDUE, Timeliness.IN_GRACE, Timeliness.DUE_SOON, Timeliness.NOT_DUE)
"""What is still owed, the most urgent first."""
DONE = (Timeliness.LATE, Timeliness.GRACE, Timeliness.ON_TIME)
"""What has been answered, the worst first."""
_ORDER: Mapping[Timeliness | None, int] = {
    each: rank for rank, each in enumerate((*OPEN, *DONE, None, Timeliness.ON_DEMAND))
}
_EXPLANATION = 200
"""Characters of an explanation that are shown: its row stays as high as others. The whole is in the file."""
_QUOTED_LINK = 120
_QUOTED = 30
"""Characters of a refused cell that 填写问题 quotes."""
_NOT_DIGITS = re.compile(r"[^0-9]+")
_FIRST_CELL = re.compile(r"[A-Z]{1,3}[1-9]\d{0,6}")


def tracking_order(view: TrackerView) -> list[TrackerRow]:
    """The rows in the order of the tracking sheet: newest cycle first, in it open obligations by urgency.

    Then satisfied, waived, on-demand and advisory ones. Equal ones in the order of the roster, then of the ids.
    """
    units = {unit.name: position for position, unit in enumerate(view.units)}

    def order(row: TrackerRow) -> tuple[object, ...]:
        obligation = row.status.obligation
        cycle = (-obligation.cycle.year, -obligation.cycle.month)
        unit = (units.get(obligation.unit, len(units)), obligation.unit)
        digits = _NOT_DIGITS.sub("", obligation.duty.id)
        duty = (len(digits), digits, obligation.key)
        return *cycle, _ORDER[row.status.timeliness], not obligation.mandatory, *unit, *duty

    return sorted(view.rows, key=order)


def tracking_rows(view: TrackerView) -> Iterator[RowValues]:
    """One row for each obligation, in the order of :func:`tracking_order`."""
    refused = refused_by_row(view)
    return (tracking_row(row, refused.get(row.status.obligation.key, ())) for row in tracking_order(view))


def refused_by_row(view: TrackerView) -> Mapping[str, Sequence[RefusedCell]]:
    """Obligation key → its refused cells."""
    found: dict[str, list[RefusedCell]] = defaultdict(list)
    for each in view.refused:
        found[each.obligation].append(each)
    return found


def refusal_mark(heading: str) -> str:
    """What 填写问题 has in it where it speaks of a cell that was not taken: ``延期至“``."""
    return f"{heading}“"


def refused_text(heading: str, value: TypedValue) -> str:
    """A cell that was not taken, as 填写问题 names it: ``延期至“下周”``."""
    # Quotation marks of the office's own might look like the mark of another column.
    shown = clean(as_text(value)).replace("“", "‘").replace("”", "’")
    return f"{refusal_mark(heading)}{shown[:_QUOTED]}{'…' if len(shown) > _QUOTED else ''}”"


def _as_it_was(typed: TypedValue) -> WrittenValue:
    """What was typed, for its cell; a picture of WPS's is a picture again."""
    if isinstance(typed, str) and is_wps_picture(typed):
        return CellPicture(wps_formula(typed), typed)
    return typed


def tracking_row(row: TrackerRow, refused: Sequence[RefusedCell] = ()) -> RowValues:
    """The values of one obligation's row; a refused cell keeps what was typed."""
    status, obligation = row.status, row.status.obligation
    return {
        "cycle": str(obligation.cycle),
        "unit": obligation.unit,
        "duty": obligation.duty.id,
        "column": obligation.duty.column,
        "cadence": word("cadence", obligation.duty.cadence),
        "mandatory": word("mandatory", "yes" if obligation.mandatory else "no"),
        "reference": obligation.reference,
        "due": obligation.due,
        "final": obligation.final,
        "received_at": status.received_at and status.received_at.replace(microsecond=0),
        "outcome": word("outcome", status.outcome),
        "timeliness": word("timeliness", status.timeliness or ""),
        "days_late": status.days_late,
        "days_left": status.days_left,
        "items": status.items,
        "problems": status.problems,
        "extended_to": status.decisions.extended_to,
        "waived": word("yes_no", "yes") if status.decisions.waived else "",
        "opinion": status.decisions.opinion,
        "refusal": "\n".join(each.cause for each in refused),
        "correction": "；".join(filter(None, (counted_elsewhere(row), row.correction))),
        **{each.column: _as_it_was(each.typed) for each in refused if each.typed is not None},
    }


def counted_elsewhere(row: TrackerRow) -> str:
    """That a task counts in a later month than its own, in words; empty for others."""
    if row.counted_in is None:
        return ""
    texts: Mapping[str, str] = layout("tracker").settings["tracking"]
    told = texts["was_counted_in" if row.closed else "counted_in"]
    return told.format(own=row.status.obligation.cycle, month=row.counted_in)


def sheet_order(receipt: Receipt) -> tuple[object, ...]:
    """Sort key of receipts on 信息明细: the newest cycle first, then by unit and file."""
    return _newest_first(receipt.cycle), receipt.unit, receipt.file


def item_rows(view: TrackerView) -> Iterator[RowValues]:
    """Every item of the effective contents, in the order of ``view.contents``, then by row."""
    return (_item_row(item, each) for each in view.contents if each.content for item in each.content.items)


def _item_row(item: Item, receipt: Receipt) -> RowValues:
    report = layout("report")["items"]
    keys, lists = _typed_columns()
    typed: RowValues = {key: item.value(key) for key in keys}
    for key, shown in lists.items():
        # A code that has no word any more is shown as it is.
        typed[key] = shown.get(str(typed[key]), typed[key])
    return typed | {
        "unit": receipt.unit,
        "cycle": str(receipt.cycle or ""),
        "reference": _reference_of(item.obligation),
        "valid": _yes_no(item.valid),
        "file": FileLink(
            beside_unit(receipt.name, receipt.unit, receipt.cycle),
            receipt.file,
            report.name,
            f"A{item.row}" if item.row else "",
        ),
        "row": item.row or None,
    }


@cache
def _typed_columns() -> tuple[tuple[str, ...], Mapping[str, Mapping[str, str]]]:
    """(Keys of the columns of an item that a unit types, for those chosen from a list: key → (code → label))."""
    inputs = layout("report")["items"].inputs
    return tuple(column.key for column in inputs), {c.key: words(c.list) for c in inputs if c.is_coded}


def problem_rows(view: TrackerView) -> Iterator[RowValues]:
    """Every problem: errors first, then warnings and notes; in each the newest cycle first."""
    receipts = {receipt.name: receipt for receipt in view.receipts}
    severities = list(words("severity"))

    def order(each: Problem) -> tuple[object, ...]:
        receipt = receipts.get(each.place.file)
        return severities.index(each.severity), _newest_first(receipt.cycle if receipt else None)

    return (_problem_row(each, receipts.get(each.place.file)) for each in sorted(view.problems, key=order))


def _problem_row(each: Problem, receipt: Receipt | None) -> RowValues:
    place = each.place
    first = _FIRST_CELL.match(place.cell)
    link = FileLink(place.file, receipt.file if receipt else "", place.sheet, first[0] if first else "")
    return {
        "severity": word("severity", each.severity),
        "unit": (receipt.unit if receipt else "") or _unit_of(each.obligation),
        "cycle": str(receipt.cycle or "") if receipt else "",
        "file": link,
        "sheet": place.sheet,
        "cell": place.cell,
        "found": in_excel(each.found),
        "expected": each.expected,
        "action": in_excel(each.action),
        "obligation": each.obligation,
        "code": each.code,
    }


def receipt_rows(view: TrackerView) -> Iterator[RowValues]:
    """Every receipt, the newest first."""
    return (
        {
            "received_at": each.received_at.replace(microsecond=0),
            "estimated": _yes_no(each.estimated),
            "file_time": each.file_time,
            "file": FileLink(each.name, each.file),
            "unit": each.unit,
            "cycle": str(each.cycle or ""),
            "verdict": verdict_word(each),
            "items": each.items,
            "problems": sum(p.counts for p in each.problems),
            "number": each.number,
            "sha256": each.sha256,
        }
        for each in reversed(view.receipts)
    )


def letter_rows(view: TrackerView) -> Iterator[RowValues]:
    """Every sent mail, the newest first."""
    return (
        {
            "at": each.at.replace(microsecond=0),
            "unit": each.unit,
            "cycle": str(each.cycle or ""),
            "kind": word("letter_kind", each.kind),
            "level": word("reminder_level", each.level),
            "to": "、".join(each.to),
            "state": word("letter_state", each.state),
            "detail": each.detail,
            "letter": each.key,
        }
        for each in reversed(view.letters)
    )


def reconciled_rows(view: TrackerView) -> Iterator[RowValues]:
    """What the website's list and the returns do not agree about, in the order of the view."""
    receipts = {receipt.name: receipt for receipt in view.receipts}
    return (_reconciled_row(each, receipts) for each in view.reconciled)


def _reconciled_row(line: Reconciled, receipts: Mapping[str, Receipt]) -> RowValues:
    own, same = line.reported, line.published
    receipt = receipts.get(own.file) if own else None
    report = layout("report")["items"]
    link = FileLink(own.file, receipt.file if receipt else "", report.name, f"A{own.item.row}") if own else None
    differences = "、".join(_difference(line, each, report.heading(each)) for each in line.differences)
    return {
        "cycle": str(line.cycle),
        "unit": line.unit,
        "agreement": word("agreement", line.agreement),
        "differences": differences or (f"清单到 {line.until}" if line.until else ""),
        "reported_task": own.item.task if own else "、".join(line.tasks),
        "reported_title": own.item.title if own else "",
        "reported_on": own.item.published_on if own else None,
        "listed_column": same.column if same else "",
        "listed_title": same.title if same else "",
        "listed_on": same.published_on if same else None,
        "url": (same.url if same else "") or (own.item.url if own else ""),
        "file": link,
        "source": same.source if same else "",
    }


def _difference(line: Reconciled, each: Difference, heading: str) -> str:
    """The heading of what differs; of a link with that which was reported: the column of links has the site's."""
    reported = line.reported.item.url if line.reported and each is Difference.LINK else ""
    return f"{heading}（报的是 {shortened(reported, _QUOTED_LINK)}）" if reported else heading


def act_rows(view: TrackerView) -> Iterator[RowValues]:
    """Every act, the newest first."""
    every = {each.number: each for each in view.acts}
    return (_act_row(each, act_words(each, every)) for each in reversed(view.acts))


def _act_row(act: Act, told: ActWords) -> RowValues:
    return {
        "number": act.number,
        "at": act.at.replace(microsecond=0),
        "act": word("act", act.kind),
        "cycle": str(act.cycle or ""),
        "unit": "、".join(act.units),
        "subject": told.subject,
        "change": told.change,
        "who": person_words(act),
        "reason": act.reason,
        "source": word("act_source", act.source),
        "undone_by": act.undone_by or None,
    }


def link_check_rows(view: TrackerView) -> Iterator[RowValues]:
    """Every link that counts of the months that were verified: the newest month first, in it faulty ones first.

    Titles and addresses are strangers' words: they are written as text, an address as no link.
    """

    def order(each: LinkCheck) -> tuple[object, ...]:
        doubtful = each.verdict is LinkVerdict.UNCERTAIN
        return not each.is_faulty, not doubtful, each.verdict is not None, each.link.unit, each.link.item.obligation

    months = sorted(view.link_checks.items(), key=lambda pair: _newest_first(pair[0]))
    return (_link_check_row(cycle, each) for cycle, found in months for each in sorted(found, key=order))


def _link_check_row(cycle: Month, check: LinkCheck) -> RowValues:
    item, visit = check.link.item, check.visit
    return {
        "verdict": verdict_of(check),
        "unit": check.link.unit,
        "cycle": str(cycle),
        "task": item.task,
        "title": item.title,
        "url": item.url,
        "told": in_excel(told(check)),
        "shown_title": visit.titles[0] if visit and visit.titles else "",
        "published_on": item.published_on,
        "shown_on": visit.published_on if visit else None,
        "late_by": check.late_by or None,
        "at": visit.at.replace(microsecond=0) if visit else None,
    }


def site_fault_rows(view: TrackerView) -> Iterator[RowValues]:
    """Every fault that a unit was asked to put right: what waits for the office first, settled ones last."""
    order = list(FaultOutcome)
    states = sorted(view.site_faults, key=lambda each: (order.index(each.outcome), -each.case.number))
    return (_site_fault_row(each) for each in states)


def _site_fault_row(state: FaultState) -> RowValues:
    case, fault, said = state.case, state.case.fault, state.case.answer
    told_by = case.words[-1] if case.words else None
    file = said.file if said else ""
    return {
        "outcome": word("fault_outcome", state.outcome),
        "number": case.number,
        "unit": fault.unit,
        "cycle": str(case.cycle),
        "kind": word("fault_kind", fault.kind),
        "task": fault.task,
        "title": fault.title,
        "url": fault.url,
        "found": in_excel(fault.found),
        "raised_on": case.raised_at.date(),
        "mend_by": case.mend_by,
        "status": word("fault_answer", said.answer.status) if said else "",
        "new_url": said.answer.url if said else "",
        "explanation": shortened(said.answer.explanation, _EXPLANATION) if said else "",
        "answered_at": said.at.replace(microsecond=0) if said else None,
        "rechecked": f"{verdict_of(state.check)} {told(state.check)}".strip() if state.check else "",
        "mended_on": state.mended_on,
        "judged": f"{told_by.who}：{told_by.reason}" if told_by else "",
        "file": FileLink(file.partition("/")[2], file) if file else None,
    }


def coverage_rows(view: TrackerView) -> Iterator[RowValues]:
    """Every entry of every unit: what was never published first, then by unit."""
    order = list(CoverageState)
    return map(_coverage_row, sorted(view.coverage, key=lambda each: order.index(each.state)))


def _coverage_row(found: EntryCoverage) -> RowValues:
    words_of = layout("tracker").settings["coverage"]
    judged = "known" if found.limit else "unknown" if found.entry.limit else "no_limit"
    months = (words_of["month"].format(month=month, count=count) for month, count in found.months.items())
    return {
        "state": word("coverage", found.state),
        "unit": found.unit,
        "entry": found.entry.id,
        "domain": found.entry.domain,
        "title": found.entry.item,
        "limit": found.entry.limit,
        "judged": words_of[judged],
        "items": found.items,
        "late": found.late or None,
        "last": found.last,
        "months": "，".join(months),
    }


def _newest_first(cycle: Month | None) -> tuple[int, int]:
    return (-cycle.year, -cycle.month) if cycle else (1, 0)


def _yes_no(flag: bool) -> str:
    return word("yes_no", "yes" if flag else "no")


def _unit_of(key: str) -> str:
    return key.partition("/")[2].rpartition("/")[0]


def _reference_of(key: str) -> str:
    return key.rpartition("/")[2]


PLAIN_TABLES: Mapping[str, Callable[[TrackerView], Iterator[RowValues]]] = {
    "items": item_rows,
    "problems": problem_rows,
    "receipts": receipt_rows,
    "link_checks": link_check_rows,
    "site_faults": site_fault_rows,
    "coverage": coverage_rows,
    "letters": letter_rows,
    "reconciled": reconciled_rows,
    "acts": act_rows,
}
"""The tables without columns of the office's own → their rows; what it typed beside them is kept by row as well."""


def row_counts(view: TrackerView) -> Mapping[str, int]:
    """Table → its number of rows, for the tables that grow with receipts and mails."""
    return {
        "tracking": len(view.rows),
        "items": view.item_count,
        "problems": len(view.problems),
        "receipts": len(view.receipts),
        "link_checks": sum(map(len, view.link_checks.values())),
        "site_faults": len(view.site_faults),
        "coverage": len(view.coverage),
        "letters": len(view.letters),
        "reconciled": len(view.reconciled),
        "acts": len(view.acts),
    }
