"""A stranger's workspace, however it comes here: nothing acts by its settings, and no server of his is spoken to."""

from __future__ import annotations

import shutil
import zipfile
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import keyring
import pytest
import xlwings as xw

import zwgk_excel
import zwgk_excel.addin as addin
from tests.addin.grid import GridApp, register
from tests.trap import Trap
from tests.workflow.desk import CYCLE, ISSUED, Desk, item, new_desk
from tests.workflow.keyrings import InMemory
from tests.workflow.mailbox import MAILS, FolderMailbox, letter, with_addresses
from zwgk_excel.addin.host import session as sessions
from zwgk_excel.addin.host import workspace_choice
from zwgk_excel.cli.main import run
from zwgk_excel.workflow.consolidation.consolidating import consolidate
from zwgk_excel.workflow.issuing.generation import generate
from zwgk_excel.workflow.mailing.fetching import fetch_from
from zwgk_excel.workflow.office.passwords import store_password
from zwgk_excel.workflow.office.server_logins import mail_logins
from zwgk_excel.workflow.office.trust import is_trusted, trust_workspace
from zwgk_excel.workflow.office.workspace import open_workspace
from zwgk_excel.workflow.scheduling.jobs import jobs

pytestmark = pytest.mark.slow

SECRET = "the-offices-own-password"
USER = "zwgk@example.gov.cn"


@pytest.fixture
def trap() -> Iterator[Trap]:
    with closing(Trap()) as made:
        yield made


@pytest.fixture(autouse=True)
def secrets(monkeypatch: pytest.MonkeyPatch) -> Iterator[InMemory]:
    """The office's password in the environment, for its own server, and a keyring."""
    monkeypatch.setenv("ZWGK_MAIL_PASSWORD", SECRET)
    monkeypatch.setenv("ZWGK_MAIL_SERVERS", "imap.example.gov.cn:993 smtp.example.gov.cn:465")
    before, made = keyring.get_keyring(), InMemory()
    made.set_password("zwgk_excel", f"mail:{USER}", SECRET)  # as an earlier version kept it
    keyring.set_keyring(made)
    yield made
    keyring.set_keyring(before)


def servers(port: int) -> str:
    place = f'host = "127.0.0.1"\nport = {port}\nsecurity = "none"\n'
    return f'[office]\nmailbox = "{USER}"\n[mail]\nca_file = "ca.pem"\n[mail.smtp]\n{place}[mail.imap]\n{place}'


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace whose month went out, and in the folder around it a return."""
    made = new_desk(tmp_path_factory.mktemp("prepared"))
    with_addresses(made)
    with made.open() as office:
        generate(office, CYCLE, as_of=ISSUED.date())
    made.reply("市财政局", "回复.xlsx", items=[item("D02 政府采购")])
    return made.root


@pytest.fixture
def strange(prepared: Path, tmp_path: Path, trap: Trap, authority) -> Path:
    """What the stranger made: a whole workspace whose servers are his, with a report to look at."""
    root = Path(shutil.copytree(prepared, tmp_path / "攻击者"))
    shutil.copy(prepared.parent / "attachments" / "回复.xlsx", root)
    (root / "zwgk.id").write_text("0" * 32, encoding="utf-8")
    (root / "zwgk.toml").write_text(servers(trap.port), encoding="utf-8")
    (root / "ca.pem").write_bytes(authority.file.read_bytes())
    shutil.rmtree(root / "发件箱")
    return root


@pytest.fixture
def desk(prepared: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """The office, whose workspace the add-in used last."""
    made = Desk(Path(shutil.copytree(prepared, tmp_path / "办公室" / "工作区")))
    monkeypatch.setattr(sessions, "HOME", tmp_path / "home")
    workspace_choice.remember(made.root)
    return made


def by_zip(desk: Desk, strange: Path) -> Path:
    """All of it in an archive that lies in 收件箱."""
    with zipfile.ZipFile(desk.root / "收件箱" / "报送.zip", "w") as archive:
        for path in strange.iterdir():
            if path.is_file():
                archive.write(path, path.name)
    with desk.open() as office:
        consolidate(office, as_of=None, who="科员")
    return desk.root / "收件箱" / "报送.zip_解压"


def by_mail(desk: Desk, strange: Path) -> Path:
    """All of it as attachments of one mail."""
    files = [(path.name, path.read_bytes()) for path in strange.iterdir() if path.is_file()]
    mails = desk.root.parent / "mails"
    mails.mkdir()
    (mails / "1").write_bytes(letter(MAILS["市财政局"], *files))
    with desk.open() as office:
        fetched = fetch_from(office, FolderMailbox(mails))
    return (desk.root / fetched.taken[0].file).parent


def unpacked_in_the_inbox(desk: Desk, strange: Path) -> Path:
    """Unpacked by hand, under the names that it had, and not taken in yet."""
    return Path(shutil.copytree(strange, desk.root / "收件箱" / "报送"))


def unpacked_elsewhere(desk: Desk, strange: Path) -> Path:
    """Unpacked by hand where no workspace is."""
    return Path(shutil.copytree(strange, desk.root.parent / "下载" / "报送"))


def in_place_of_the_offices_own(desk: Desk, strange: Path) -> Path:
    """Unpacked over the path of a workspace that the user trusts, or brought back as its backup."""
    shutil.rmtree(desk.root)
    return Path(shutil.copytree(strange, desk.root))


WAYS = pytest.mark.parametrize(
    "arrive", [by_zip, by_mail, unpacked_in_the_inbox, unpacked_elsewhere, in_place_of_the_offices_own]
)
COMMANDS = (
    ["fetch"],
    ["send", str(CYCLE), "--yes"],
    ["remind", "--yes"],
    ["consolidate"],
    ["status", str(CYCLE)],
    ["password", "--delete"],
    ["schedule", "run", "daily"],
    ["schedule", "install", "--print"],
    ["init"],
)


@WAYS
def test_no_command_acts_by_it(
    desk: Desk, strange: Path, trap: Trap, monkeypatch: pytest.MonkeyPatch, capsys, arrive: Callable[[Desk, Path], Path]
):
    folder = arrive(desk, strange)
    for arguments in COMMANDS:
        named = [str(folder)] if arguments == ["init"] else ["-w", str(folder)]
        assert run([*arguments, *named]) == 2, arguments
        with monkeypatch.context() as patch:
            patch.chdir(folder)
            assert run(arguments) == 2, arguments
    assert run(["doctor", "-w", str(folder)]) == 1
    assert SECRET not in "".join(capsys.readouterr())
    assert (trap.connections, is_trusted(folder)) == (0, False)


@WAYS
def test_no_program_opens_it(desk: Desk, strange: Path, trap: Trap, arrive: Callable[[Desk, Path], Path]):
    folder = arrive(desk, strange)
    with pytest.raises(zwgk_excel.UserError), zwgk_excel.open_office(folder) as office:
        zwgk_excel.fetch(office)
    assert trap.connections == 0


@pytest.fixture
def grid() -> Iterator[GridApp]:
    yield register()
    if hasattr(xw.Book, "_mock_caller"):
        del xw.Book._mock_caller


@WAYS
@pytest.mark.parametrize("button", ["fetch", "consolidate", "self_test"])
def test_no_button_acts_by_it_with_its_report_in_front(
    desk: Desk, strange: Path, trap: Trap, grid: GridApp, arrive: Callable[[Desk, Path], Path], button: str
):
    folder = arrive(desk, strange)
    report = next(path for path in sorted(folder.rglob("*.xlsx")) if path.name == "回复.xlsx")
    xw.books.open(report).set_mock_caller()
    grid.answers[:] = ["cancel"] * 3
    getattr(addin, button)()
    asked = [text for text, _ in grid.alerts if "它的设置要连接" in text]
    own = arrive in (by_zip, by_mail, unpacked_in_the_inbox)
    assert len(asked) == (0 if own else 1), "the office's own workspace is around the first three"
    assert all(f"127.0.0.1:{trap.port}" in text for text in asked)
    assert trap.connections == 0
    if not own:
        assert not is_trusted(folder)


@WAYS
def test_a_schedule_that_was_the_offices_does_not_either(
    desk: Desk, strange: Path, trap: Trap, monkeypatch: pytest.MonkeyPatch, arrive: Callable[[Desk, Path], Path]
):
    scheduled = {each.name: each.command for each in jobs(open_workspace(desk.root))}["daily"]
    folder = arrive(desk, strange)
    monkeypatch.chdir(folder)
    run(list(scheduled[scheduled.index("zwgk_excel") + 1 :]))
    assert trap.connections == 0


def test_the_trap_would_have_worked_and_yet_gets_no_password(desk: Desk, strange: Path, trap: Trap, capsys):
    """Who consents to it by mistake speaks to the stranger's servers, but the office's password is for others."""
    folder = unpacked_elsewhere(desk, strange)
    trust_workspace(folder)
    assert run(["fetch", "-w", str(folder)]) == 2
    assert "没有写明 ZWGK_MAIL_PASSWORD 用于这台服务器" in capsys.readouterr().err
    for login in mail_logins(open_workspace(folder)):
        store_password(login, "typed-for-him")
    run(["fetch", "-w", str(folder)])
    assert trap.connections > 0
    assert b"typed-for-him" in trap.heard
    assert SECRET.encode() not in trap.heard
