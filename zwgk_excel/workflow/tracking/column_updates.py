"""栏目更新: what each unit published last in each of its columns, from the records as of a day."""

from __future__ import annotations

from collections.abc import Iterator

from zwgk_excel.domain.column_updates import ColumnUpdate, column_updates
from zwgk_excel.domain.periods import Month
from zwgk_excel.domain.returns import Item
from zwgk_excel.workflow.office.context import Office
from zwgk_excel.workflow.tracking.statuses import Statuses


def office_column_updates(office: Office, found: Statuses) -> tuple[ColumnUpdate, ...]:
    """The columns of all units as of the day of ``found``, judged by the limits of the policy of now."""
    month = Month.of(found.as_of)
    return column_updates(
        (row.status.obligation for row in found.rows),
        _counted(found),
        office.workspace.settings.policy.column_updates,
        lambda unit: office.successor(unit, month),
        [each for each in office.issued() if each <= month],
    )


def _counted(found: Statuses) -> Iterator[Item]:
    contents = (receipt.content for receipt in found.contents)
    return (item for content in contents if content for item in content.items if item.valid)
