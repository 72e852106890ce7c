"""A workspace whose ledger is a PostgreSQL database: the same month, the same figures, several people at once."""

from __future__ import annotations

import shutil
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from tests.postgres import PASSWORD, Server
from tests.tools import ROOT
from tests.workflow.desk import CYCLE, item, new_desk
from tests.workflow.month import LATER, figures, new_shared_desk, play
from zwgk_excel.ledger import Ledger
from zwgk_excel.workflow.consolidation.consolidating import consolidate
from zwgk_excel.workflow.errors import UserError
from zwgk_excel.workflow.issuing.generation import generate
from zwgk_excel.workflow.office.context import open_office
from zwgk_excel.workflow.office.trust import workspace_id
from zwgk_excel.workflow.setup.workspace_setup import import_own_ledger, init_workspace
from zwgk_excel.workflow.tracking.statuses import office_statuses


def test_a_month_ends_with_the_same_figures_as_in_a_file(postgresql: Server, tmp_path: Path) -> None:
    in_file = new_desk(tmp_path / "file")
    in_database = new_shared_desk(tmp_path / "database", postgresql.new_url())
    assert figures(play(in_database)) == figures(play(in_file))
    assert not (in_database.root / "zwgk.db").exists()
    with in_database.open() as office:
        assert not consolidate(office, as_of=LATER.date(), who="科员").written


def test_two_people_consolidate_at_once_and_every_file_is_taken_in_once(postgresql: Server, tmp_path: Path) -> None:
    desk = new_shared_desk(tmp_path, postgresql.new_url())
    with desk.open() as office:
        generate(office, CYCLE, as_of=desk.now.date())
    for number in range(12):
        path = desk.reply("市财政局", f"回复{number}.xlsx", items=[item("D02 政府采购", number)])
        shutil.copy(path, desk.root / "收件箱" / path.name)
    command = [sys.executable, "-m", "zwgk_excel", "consolidate", "-w", str(desk.root), "--as-of", "2026-12-03"]
    both = [subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE) for _ in range(2)]
    said = [each.communicate(timeout=120)[1].decode() for each in both]
    codes = sorted(each.returncode for each in both)
    assert codes in ([1, 1], [1, 2]), said  # one after the other, or the second told to wait
    assert codes == [1, 1] or any("另一个 zwgk 正在处理" in each for each in said)
    with desk.open() as office:
        receipts = office.ledger.receipts()
    assert len(receipts) == len({receipt.file for receipt in receipts}) == 12


def test_an_office_that_moves_to_a_database_keeps_its_history_and_its_key(postgresql: Server, tmp_path: Path) -> None:
    desk = new_desk(tmp_path)
    before = figures(play(desk))
    settings = desk.root / "zwgk.toml"
    text = settings.read_text(encoding="utf-8")
    settings.write_text(text.replace("[ledger]", f'[ledger]\nurl = "{postgresql.new_url()}"'), encoding="utf-8")
    with pytest.raises(UserError, match="zwgk init"), desk.open():
        pass
    assert import_own_ledger(init_workspace(desk.root)) == 3
    with desk.open() as office:
        assert figures(office_statuses(office, LATER.date())) == before
        # What units have in hand is still known as ours.
        assert generate(office, CYCLE, as_of=LATER.date()).workbooks[0].change == "unchanged"
    assert import_own_ledger(init_workspace(desk.root)) is None


def test_the_password_comes_from_the_environment_or_the_keyring_and_never_from_the_settings(
    postgresql: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import keyring

    url = postgresql.new_url()
    monkeypatch.delenv("PGPASSFILE")
    asked: list[tuple[str, str]] = []

    def kept(service: str, account: str) -> str | None:
        asked.append((service, account))
        return PASSWORD

    monkeypatch.setattr(keyring, "get_password", kept)
    desk = new_shared_desk(tmp_path, url)
    account = f"ledger:zwgk@127.0.0.1:{postgresql.port}#{workspace_id(desk.root)}"
    assert set(asked) == {("zwgk_excel", account)}
    monkeypatch.setattr(keyring, "get_password", lambda *_: None)
    with pytest.raises(UserError, match=r"要求密码.*zwgk password --ledger"), desk.open():
        pass
    monkeypatch.setenv("ZWGK_LEDGER_PASSWORD", "wrong-one")
    monkeypatch.setenv("ZWGK_LEDGER_SERVERS", f"127.0.0.1:{postgresql.port}")
    with pytest.raises(UserError, match="用户名或密码不对") as refused, desk.open():
        pass
    assert "wrong-one" not in str(refused.value)
    monkeypatch.setenv("ZWGK_LEDGER_PASSWORD", PASSWORD)
    with desk.open() as office:
        assert isinstance(office.ledger, Ledger)


def test_a_password_in_the_settings_is_refused_and_not_repeated(tmp_path: Path) -> None:
    desk = new_desk(tmp_path)
    settings = desk.root / "zwgk.toml"
    for url in ("postgresql://zwgk:geheim@db.example/zwgk", "postgresql://zwgk@db.example/zwgk?password=geheim"):
        settings.write_text(f'[ledger]\nurl = "{url}"\n', encoding="utf-8")
        with pytest.raises(UserError, match=r"zwgk@db.example/zwgk”里写了密码.*zwgk password --ledger") as refused:
            open_office(desk.root).__enter__()
        assert "geheim" not in str(refused.value)


@pytest.mark.parametrize("query", ["host=127.0.0.1&sslmode=disable", "hostaddr=127.0.0.1", "service=elsewhere"])
def test_the_password_of_one_server_is_not_taken_to_another(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, query: str
) -> None:
    import keyring

    desk, asked = new_desk(tmp_path), []
    monkeypatch.setattr(keyring, "get_password", lambda *account: asked.append(account))
    with socket.create_server(("127.0.0.1", 0)) as other:
        other.settimeout(0.2)
        url = f"postgresql://zwgk@db.example:{other.getsockname()[1]}/zwgk?{query}"
        (desk.root / "zwgk.toml").write_text(f'[ledger]\nurl = "{url}"\n', encoding="utf-8")
        with pytest.raises(UserError, match=r"参数“(host|hostaddr|service)”不能用"):
            open_office(desk.root).__enter__()
        with pytest.raises(TimeoutError):
            other.accept()
    assert asked == []


def test_no_workspace_is_made_for_a_url_that_cannot_be_used(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="参数“host”"):
        init_workspace(tmp_path / "新", ledger_url="postgresql://zwgk@db.example/zwgk?host=127.0.0.1")
    assert not (tmp_path / "新").exists()


def test_another_database_for_a_workspace_that_has_one(tmp_path: Path, postgresql: Server) -> None:
    desk = new_desk(tmp_path)
    with pytest.raises(UserError, match="已有设置"):
        init_workspace(desk.root, ledger_url=postgresql.new_url())
