"""What stands in the common cells of a unit's cover when its workbook is made, so that nobody types it every month."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from zwgk_excel.domain.duties import Unit
from zwgk_excel.domain.periods import Month
from zwgk_excel.domain.returns import Return, Verdict
from zwgk_excel.layout.columns import common_columns
from zwgk_excel.workflow.office.context import Office

_OFFICER, _PHONE = "officer", "phone"
_ACCEPTED = frozenset({Verdict.ACCEPTED, Verdict.ACCEPTED_WITH_PROBLEMS})


def common_values(office: Office, unit: str, cycle: Month) -> tuple[tuple[str, str], ...]:
    """(Column key, value) of the columns that are filled once, as far as they are known.

    From the unit's last accepted return: what stood in its cover, else what most of its items have; else officer and
    telephone of the roster. A unit that has sent nothing has that of the units that it took over.
    """
    row = office.roster.unit(unit, cycle)
    content = next(_last_contents(office, (unit, *(row.predecessors if row else ()))), None)
    found = _reported(content) if content else {}
    if row:
        _from_roster(found, row)
    return tuple((column.key, found[column.key]) for column in common_columns() if column.key in found)


def _last_contents(office: Office, units: tuple[str, ...]) -> Iterator[Return]:
    for unit in units:
        accepted = [each for each in office.ledger.receipts(unit=unit) if each.verdict in _ACCEPTED and each.content]
        if accepted:
            last = accepted[-1].content  # in order of receipt
            assert last is not None
            yield last


def _reported(content: Return) -> dict[str, str]:
    found: dict[str, str] = {}
    for key in (column.key for column in common_columns()):
        counted = Counter(str(value) for item in content.items if (value := item.value(key)))
        if value := content.common.get(key) or next((value for value, _ in counted.most_common(1)), ""):
            found[key] = value
    return found


def _from_roster(found: dict[str, str], row: Unit) -> None:
    """Add officer and telephone of the roster; a telephone only beside the officer whose it is."""
    if row.officers:
        found.setdefault(_OFFICER, row.officers[0])
    if row.phones and row.officers[:1] in ((), (found.get(_OFFICER),)):
        found.setdefault(_PHONE, row.phones[0])
