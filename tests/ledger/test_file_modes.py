"""The ledger holds the signing key: its file is readable by those alone who could replace it anyway."""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.ledger.samples import now
from zwgk_excel.ledger import inspect_ledger, open_ledger, read_ledger

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="modes of files")


@pytest.fixture(autouse=True, params=[0o022, 0o077, 0o000], ids=oct)
def umask(request: pytest.FixtureRequest) -> Iterator[int]:
    before = os.umask(request.param)
    yield request.param
    os.umask(before)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def made(folder: Path) -> Path:
    path = folder / "zwgk.db"
    open_ledger(path, create=True, now=now).close()
    return path


def shared(folder: Path, bits: int) -> Path:
    folder.mkdir()
    folder.chmod(bits)
    return folder


@pytest.mark.parametrize("bits", [0o755, 0o700, 0o750, 0o1777], ids=oct)
def test_a_new_one_is_its_users_alone(tmp_path: Path, bits: int) -> None:
    assert mode(made(shared(tmp_path / "工作区", bits))) == 0o600


@pytest.mark.parametrize(("bits", "wanted"), [(0o770, 0o660), (0o2775, 0o660), (0o777, 0o666)])
def test_whoever_may_replace_it_may_use_it(tmp_path: Path, bits: int, wanted: int, umask: int) -> None:
    path = made(shared(tmp_path / "工作区", bits))
    assert mode(path) == wanted & ~umask
    path.chmod(0o666)
    open_ledger(path, now=now).close()
    assert mode(path) == wanted


@pytest.mark.parametrize("bits", [0o644, 0o640, 0o666, 0o755], ids=oct)
def test_one_that_is_open_to_others_is_told_and_mended_when_it_is_used(tmp_path: Path, bits: int) -> None:
    path = made(shared(tmp_path / "工作区", 0o755))
    path.chmod(bits)
    assert inspect_ledger(path).exposed
    read_ledger(path, now=now).close()
    assert mode(path) == bits, "who only looks changes nothing"
    open_ledger(path, now=now).close()
    assert mode(path) == 0o600
    assert not inspect_ledger(path).exposed


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="gives a file away")
def test_anothers_file_is_left_as_it_is(tmp_path: Path) -> None:
    path = made(shared(tmp_path / "工作区", 0o755))
    path.chmod(0o644)
    os.chown(path, 12345, -1)
    open_ledger(path, now=now).close()
    assert mode(path) == 0o644
    assert inspect_ledger(path).exposed


def test_a_disk_without_modes_is_no_reason_to_stop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = made(shared(tmp_path / "工作区", 0o755))
    path.chmod(0o755)

    def refused(self: Path, bits: int) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(Path, "chmod", refused)
    open_ledger(path, now=now).close()
    assert inspect_ledger(path).exposed


def test_its_journal_is_as_private(tmp_path: Path) -> None:
    path = made(shared(tmp_path / "工作区", 0o755))
    journal = path.with_name("zwgk.db-journal")
    with open_ledger(path, now=now) as ledger, ledger._writing() as connection:
        connection.exec_driver_sql("INSERT INTO meta VALUES ('x', hex(zeroblob(5000000)))")
        connection.exec_driver_sql("UPDATE meta SET value = 'y' WHERE name = 'x'")
        assert {path.name: mode(path) for path in path.parent.iterdir()} == {"zwgk.db": 0o600, journal.name: 0o600}


def test_the_end_of_the_journal_survives_a_power_cut(tmp_path: Path) -> None:
    with open_ledger(made(tmp_path), now=now) as ledger, ledger._engine.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA synchronous").scalar() == 3, "EXTRA: its folder is synced, too"
