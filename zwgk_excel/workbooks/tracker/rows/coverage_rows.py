"""The rows of 目录矩阵 as plain values: units by 公开领域."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping

from zwgk_excel.domain.catalogue.coverage import CoverageState, EntryCoverage
from zwgk_excel.domain.text import clean
from zwgk_excel.layout.columns import layout
from zwgk_excel.layout.words import word
from zwgk_excel.workbooks.tracker.rows.row_values import RowValues
from zwgk_excel.workbooks.tracker.rows.view import TrackerView
from zwgk_excel.workbooks.writing.style import cell_text

_UNPUBLISHED = (CoverageState.NEVER, CoverageState.MISSED)
_LONGEST = 60
"""Characters of a heading."""


def coverage_domains(view: TrackerView) -> list[str]:
    """The headings of the domains of which any unit has an entry, as they come first."""
    return list(dict.fromkeys(map(_domain, view.coverage)))


def coverage_matrix(view: TrackerView) -> list[RowValues]:
    """One row for each unit with entries: ``unit``, a text for each domain under its heading, and ``total``."""
    by_unit: dict[str, list[EntryCoverage]] = {}
    for each in view.coverage:
        by_unit.setdefault(each.unit, []).append(each)
    domains = coverage_domains(view)
    return [
        {
            "unit": unit,
            **{domain: coverage_text(each for each in found if _domain(each) == domain) for domain in domains},
            "total": coverage_text(found),
        }
        for unit, found in by_unit.items()
    ]


def coverage_text(found: Iterable[EntryCoverage]) -> str:
    """One cell: ``3/5 ×1 ▲1``, published entries of all and how many are otherwise; ``5/5 √``; empty for no entry."""
    counts = Counter(each.state for each in found)
    if not counts:
        return ""
    done = counts.total() - sum(counts[state] for state in _UNPUBLISHED)
    states = [state for state in CoverageState if state is not CoverageState.COVERED and counts[state]]
    marks = [f"{mark_of(state)}{counts[state]}" for state in states] or [mark_of(CoverageState.COVERED)]
    return " ".join([f"{done}/{counts.total()}", *marks])


def is_coverage_text(text: str) -> bool:
    """Whether a text is one that :func:`coverage_text` gives."""
    marks = "".join(map(mark_of, CoverageState))
    return re.fullmatch(rf"\d+/\d+( [{re.escape(marks)}]\d*)+", text) is not None


def mark_of(state: str) -> str:
    """The mark with which the word of a state begins."""
    return word("coverage", state).partition(" ")[0]


def _domain(found: EntryCoverage) -> str:
    """The heading of an entry's domain: never one of ours, and the name is a stranger's."""
    name = cell_text(clean(found.entry.domain))[:_LONGEST].strip() or _texts()["no_domain"]
    ours = layout("tracker")["coverage_matrix"].find(name)
    return _texts()["renamed"].format(domain=name) if ours else name


def _texts() -> Mapping[str, str]:
    texts: Mapping[str, str] = layout("tracker").settings["coverage_matrix"]
    return texts
