"""A workspace as a button opens it: what is done in it is done by a button, on this computer's day."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from zwgk_excel.domain.acts import ActSource
from zwgk_excel.workflow import clock
from zwgk_excel.workflow.office.context import Office, open_office, open_records


@contextmanager
def office_at(root: Path, *, strict: bool = True) -> Iterator[Office]:
    """As :func:`zwgk_excel.workflow.office.context.open_office`."""
    with open_office(root, now=clock.now, strict=strict, source=ActSource.RIBBON) as office:
        yield office


@contextmanager
def records_at(root: Path) -> Iterator[Office]:
    """As :func:`zwgk_excel.workflow.office.context.open_records`."""
    with open_records(root, now=clock.now, source=ActSource.RIBBON) as office:
        yield office
