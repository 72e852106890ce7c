"""A ledger opened to be read, as a rollup opens those of others: it stays as it is, to the byte."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.ledger.samples import issue, now, receipt
from tests.tools import ON_WINDOWS
from zwgk_excel.ledger import Ledger, LedgerFailedError, LedgerMissingError, LedgerTooOldError, read_ledger
from zwgk_excel.ledger.migrations import MIGRATIONS


def test_it_is_read_and_never_written(place: Path | str, ledger: Ledger) -> None:
    ledger.add_receipts([receipt(1)], "inbox")
    with read_ledger(place, now=now) as reading:
        assert (reading.receipts(), reading.key) == (ledger.receipts(), ledger.key)
        with pytest.raises(LedgerFailedError, match="只读"):
            reading.add_receipts([receipt(2)], "inbox")
        with pytest.raises(LedgerFailedError, match="只读"):
            issue(reading)
    assert ledger.receipts() == (receipt(1),)


def test_one_of_an_earlier_version_is_refused_as_it_is(
    place: Path | str, ledger: Ledger, execute: Callable[[str], None]
) -> None:
    newest = MIGRATIONS[-1].name
    execute(f"DELETE FROM migrations WHERE name = '{newest}'")
    with pytest.raises(LedgerTooOldError, match="zwgk consolidate") as refused:
        read_ledger(place, now=now)
    assert refused.value.missing == (newest,)


def test_one_that_is_not_there_is_not_made(tmp_path: Path) -> None:
    with pytest.raises(LedgerMissingError):
        read_ledger(tmp_path / "zwgk.db", now=now)
    assert list(tmp_path.iterdir()) == []


def test_names_that_mean_something_in_a_url(path: Path, ledger: Ledger) -> None:
    ledger.add_receipts([receipt(1)], "inbox")
    odd = path.with_name("100%#.db" if ON_WINDOWS else "100%#?.db")
    odd.write_bytes(path.read_bytes())
    before = odd.read_bytes(), odd.stat().st_mtime_ns
    with read_ledger(odd, now=now) as reading:
        assert reading.receipts() == (receipt(1),)
    assert (odd.read_bytes(), odd.stat().st_mtime_ns) == before
    assert sorted(each.name for each in path.parent.iterdir()) == [odd.name, "zwgk.db"]
