"""The password of one database server is never told to another, whatever a rollup or a setting names."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import keyring
import pytest

from tests.trap import DatabaseTrap
from tests.workflow.desk import Desk, new_desk
from tests.workflow.keyrings import InMemory
from zwgk_excel.cli.main import run
from zwgk_excel.workflow.office.passwords import store_password
from zwgk_excel.workflow.office.server_logins import ServerLogin, ledger_login
from zwgk_excel.workflow.office.workspace import open_workspace

pytest.importorskip("psycopg")
SECRET, LIBPQS = "the-offices-own-password", "what-libpq-takes-for-any-server"


@pytest.fixture
def ours() -> Iterator[DatabaseTrap]:
    """The server that the password is for."""
    with closing(DatabaseTrap()) as made:
        yield made


@pytest.fixture
def other() -> Iterator[DatabaseTrap]:
    """A server that is not to hear it."""
    with closing(DatabaseTrap()) as made:
        yield made


@pytest.fixture(autouse=True)
def no_secrets(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    for name in ("ZWGK_LEDGER_PASSWORD", "ZWGK_LEDGER_SERVERS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PGPASSWORD", LIBPQS)
    monkeypatch.setenv("PGPASSFILE", str(tmp_path / "pgpass"))
    before = keyring.get_keyring()
    keyring.set_keyring(InMemory())
    yield
    keyring.set_keyring(before)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return new_desk(tmp_path)


def url(trap: DatabaseTrap, user: str = "zwgk") -> str:
    return f"postgresql://{user}@127.0.0.1:{trap.port}/zwgk?sslmode=disable"


def in_the_environment(patch: pytest.MonkeyPatch, login: ServerLogin) -> None:
    patch.setenv("ZWGK_LEDGER_PASSWORD", SECRET)
    patch.setenv("ZWGK_LEDGER_SERVERS", login.server)


def in_the_keyring(_: pytest.MonkeyPatch, login: ServerLogin) -> None:
    store_password(login, SECRET)


GIVEN = pytest.mark.parametrize("give", [in_the_environment, in_the_keyring])


@GIVEN
def test_a_rollup_over_several_servers_tells_each_its_own(
    desk: Desk, ours: DatabaseTrap, other: DatabaseTrap, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, give
):
    give(monkeypatch, ledger_login(url(ours)))
    places = [url(other), url(ours), url(ours, user="somebody"), str(desk.root)]
    assert run(["rollup", *places, "--to", str(tmp_path / "汇总")]) == 1
    assert SECRET.encode() in ours.heard, "the trap works"
    assert other.connections > 0
    assert SECRET.encode() not in other.heard
    assert LIBPQS.encode() not in ours.heard + other.heard


def test_nor_does_a_password_file(
    desk: Desk, ours: DatabaseTrap, other: DatabaseTrap, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    path = tmp_path / "pgpass"
    path.write_text(f"127.0.0.1:{ours.port}:*:zwgk:{SECRET}\n", encoding="utf-8")
    path.chmod(0o600)
    assert run(["rollup", url(other), url(ours), str(desk.root), "--to", str(tmp_path / "汇总")]) == 1
    assert SECRET.encode() in ours.heard
    assert SECRET.encode() not in other.heard


def with_ledger(desk: Desk, place: str) -> None:
    (desk.root / "zwgk.toml").write_text(f'[ledger]\nurl = "{place}"\n', encoding="utf-8")


@GIVEN
def test_a_setting_that_leads_to_another_server_takes_no_password_there(
    desk: Desk, ours: DatabaseTrap, other: DatabaseTrap, monkeypatch: pytest.MonkeyPatch, capsys, give
):
    with_ledger(desk, url(ours))
    give(monkeypatch, ledger_login(url(ours), open_workspace(desk.root).id))
    assert run(["check", "-w", str(desk.root)]) == 2
    assert SECRET.encode() in ours.heard, "the trap works"
    with_ledger(desk, url(other))
    capsys.readouterr()
    assert run(["check", "-w", str(desk.root)]) == 2
    told = capsys.readouterr().err
    assert f"还没有“zwgk”登录数据库服务器 127.0.0.1:{other.port} 的密码" in told
    assert "zwgk password --ledger" in told
    assert SECRET not in told
    assert other.connections > 0
    assert SECRET.encode() not in other.heard
    assert LIBPQS.encode() not in ours.heard + other.heard


def test_the_password_of_a_workspace_is_not_that_of_another_at_the_same_server(
    desk: Desk, ours: DatabaseTrap, tmp_path: Path
):
    store_password(ledger_login(url(ours), "f" * 32), SECRET)
    with_ledger(desk, url(ours))
    assert run(["check", "-w", str(desk.root)]) == 2
    assert ours.connections > 0
    assert SECRET.encode() not in ours.heard


def test_a_county_folder_that_names_a_database_has_nobody_connected(
    desk: Desk, ours: DatabaseTrap, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    with_ledger(desk, url(ours))
    in_the_environment(monkeypatch, ledger_login(url(ours)))
    assert run(["rollup", str(desk.root), "--to", str(tmp_path / "汇总")]) == 2
    assert ours.connections == 0
