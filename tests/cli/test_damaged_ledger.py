"""A damaged database: one Chinese sentence in every command, and no figure out of what SQLite itself finds broken."""

from __future__ import annotations

import json
import random
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from tests.workflow.desk import CYCLE
from tests.workflow.two_months import two_months
from zwgk_excel.cli.main import run
from zwgk_excel.ledger import open_ledger
from zwgk_excel.workflow.office.trust import trust_workspace

MONTH = str(CYCLE)
COMMANDS: tuple[tuple[str, ...], ...] = (
    ("status", MONTH),
    ("status", "2026-10", "--json"),
    ("plan", MONTH),
    ("check",),
    ("generate", MONTH),
    ("send", MONTH, "--eml", "--yes"),
    ("remind",),
    ("fetch",),
    ("receive", "单位通讯录.xlsx"),
    ("merge", MONTH, "--unit", "市财政局", "--cancel"),
    ("consolidate",),
    ("extend", MONTH, "--unit", "市财政局", "--until", "2026-12-30"),
    ("waive", MONTH, "--unit", "市财政局"),
    ("assess", "2026-10"),
    ("escalate", MONTH),
    ("rectify", "list"),
    ("rectify", "close", "1", "--reason", "已补报"),
    ("close", MONTH),
    ("bulletin", "2026-10"),
    ("export", "2026-10..2026-11", "--to", "数据.csv"),
)
"""Every command that uses the ledger of a workspace."""
READING = (("status", MONTH), ("consolidate",), ("assess", "2026-10"), ("rectify", "list"))
"""Some that read all of it between them."""


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace with two months of every kind of record."""
    return two_months(tmp_path_factory.mktemp("month")).root


@pytest.fixture
def root(sound: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of it, and the current folder."""
    made = tmp_path / "工作区"
    shutil.copytree(sound, made)
    trust_workspace(made)
    monkeypatch.chdir(made)
    return made


@pytest.fixture
def zwgk(root: Path, capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str, str]]:
    def call(*arguments: str) -> tuple[int, str, str]:
        code = run(list(arguments))
        said = capsys.readouterr()
        return code, said.out, said.err

    return call


def overwritten(path: Path, at: int, new: bytes) -> None:
    data = bytearray(path.read_bytes())
    data[at : at + len(new)] = new
    path.write_bytes(data)


def page_of(path: Path, table: str) -> int:
    """Where the first page of a table or index begins."""
    with closing(sqlite3.connect(path)) as database:
        (number,) = database.execute("SELECT rootpage FROM sqlite_master WHERE name = ?", [table]).fetchone()
    return (number - 1) * 4096


DAMAGES: dict[str, Callable[[Path], object]] = {
    "not a database": lambda path: path.write_bytes(b"PK\x03\x04" * 5000),
    "its first bytes": lambda path: overwritten(path, 0, b"\0" * 16),
    "its size in the header": lambda path: overwritten(path, 16, b"\xff\xff"),
    "a table": lambda path: overwritten(path, page_of(path, "receipts"), b"\xff" * 4096),
    "an index": lambda path: overwritten(path, page_of(path, "receipts_of_unit") + 4000, b"\xee" * 60),
    "cut short": lambda path: path.write_bytes(path.read_bytes()[: path.stat().st_size // 2]),
    "cut within a page": lambda path: path.write_bytes(path.read_bytes()[:5000]),
    # Each: which of them are in use and which are left over depends on the version of SQLite.
    "the text of a table": lambda path: path.write_bytes(path.read_bytes().replace(b"CREATE T", b"CRE\xd1TE T")),
    "zeros": lambda path: path.write_bytes(b"\0" * path.stat().st_size),
}


def test_every_command_says_it_in_one_sentence(root, zwgk):
    DAMAGES["a table"](root / "zwgk.db")
    before = (root / "zwgk.db").read_bytes()
    for command in COMMANDS:
        code, out, err = zwgk(*command)
        assert (code, out, err.count("\n")) == (2, "", 1), command
        assert "数据库文件已损坏，请停止使用，从备份恢复，办法见 zwgk doctor" in err
    assert (root / "zwgk.db").read_bytes() == before, "what may still be rescued is left as it is"


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES)
@pytest.mark.parametrize("command", [("status", "2026-10"), ("consolidate",)], ids=" ".join)
def test_every_damage_is_told(root, zwgk, damage, command):
    damage(root / "zwgk.db")
    before = (root / "zwgk.db").read_bytes()
    code, out, err = zwgk(*command)
    assert (code, out, err.count("\n"), "已损坏" in err) == (2, "", 1, True)
    assert (root / "zwgk.db").read_bytes() == before


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES)
def test_doctor_says_how_to_go_on(root, zwgk, damage):
    damage(root / "zwgk.db")
    code, out, _ = zwgk("doctor", "--no-mail")
    assert code == 1
    assert "已损坏" in out
    assert "用最近一次备份里的 zwgk.db 换下损坏的" in out.replace("\n", "")


UNREADABLE = {
    "a verdict": "UPDATE receipts SET verdict = 'accfpted'",
    "a month": "UPDATE receipts SET cycle = '2026-1q'",
    "a time": "UPDATE receipts SET received_at = '2026-11-20 09:0\x10:00.000000'",
    "a text that is none": "UPDATE items SET title = CAST(x'ff41' AS TEXT)",
    "a day of another type": "UPDATE items SET formed_on = x'01'",
    "a figure of the closing": "UPDATE snapshots SET payload = replace(payload, 'outcome', 'outcom3')",
    "an outcome of the closing": "UPDATE snapshots SET payload = replace(payload, 'missing', 'mis{ing')",
    "half a snapshot": "UPDATE snapshots SET payload = substr(payload, 1, 50)",
    "a score": "UPDATE scores SET payload = replace(payload, '\"points\"', '\"p0ints\"')",
    "the kind of a decision": "UPDATE decisions SET kind = 'waivfd'",
    "no revision": "DELETE FROM meta WHERE name = 'revision'",
    "the step of a rectification": "UPDATE rectifications SET step = 'sup'",
    "a column's name": "ALTER TABLE receipts RENAME COLUMN verdict TO verd1ct",
    "a table's name": "ALTER TABLE decisions RENAME TO decis1ons",
}


@pytest.mark.parametrize("statement", UNREADABLE.values(), ids=UNREADABLE)
def test_what_the_program_never_wrote_is_damage_too(root, zwgk, statement):
    """SQLite has no quarrel with these: a byte changed within a value."""
    with closing(sqlite3.connect(root / "zwgk.db")) as database, database:
        database.execute(statement)
    told = [(code, err) for code, _, err in (zwgk(*command) for command in READING)]
    damaged = [(code, err) for code, err in told if "数据库文件已损坏" in err]
    assert damaged
    # Older versions of rich end a progress bar that shows nothing with a blank line.
    lines = {(code, sum(1 for line in err.splitlines() if line.strip())) for code, err in damaged}
    assert lines == {(2, 1)}
    assert "已损坏" in zwgk("doctor", "--no-mail")[1]


def flipped(data: bytes, rnd: random.Random) -> bytes:
    """The data with a bit, a byte or a sector's worth of bytes changed."""
    changed, at = bytearray(data), rnd.randrange(len(data))
    if (kind := rnd.randrange(3)) == 0:
        changed[at] ^= 1 << rnd.randrange(8)
    else:
        new = rnd.randbytes(1 if kind == 1 else 512)
        changed[at : at + len(new)] = new
    return bytes(changed[: len(data)])


def complaint(path: Path) -> str:
    """What SQLite's own check says of a file; empty for nothing."""
    try:
        with closing(sqlite3.connect(path)) as database:
            (line,) = database.execute("PRAGMA integrity_check(1)").fetchone()
    except (sqlite3.DatabaseError, UnicodeDecodeError) as error:
        return str(error)
    return "" if line == "ok" else str(line)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(4))
def test_wherever_bytes_change_there_is_no_traceback_and_no_success_on_a_broken_file(root, zwgk, seed):
    rnd, path = random.Random(seed), root / "zwgk.db"
    data = path.read_bytes()
    for _ in range(10):
        path.write_bytes(flipped(data, rnd))
        broken = complaint(path)
        for command in rnd.sample(COMMANDS, 3):
            code, _, err = zwgk(*command)
            assert code in (0, 1, 2)
            if broken and command[0] != "fetch":
                assert (code, "已损坏" in err) == (2, True), (command, broken, err)


@pytest.mark.parametrize("name", ["zwgk.db-journal", "zwgk.db-wal", "zwgk.db-shm", "zwgk.db-lock"])
def test_garbage_beside_it_is_no_damage(root, zwgk, name):
    (root / name).write_bytes(random.Random(1).randbytes(10000))
    code, out, err = zwgk("status", MONTH)
    assert (code, err) == (0, "")
    assert "市财政局" in out


def test_a_newer_version_wrote_it(root, zwgk):
    with closing(sqlite3.connect(root / "zwgk.db")) as database, database:
        database.execute("INSERT INTO migrations VALUES ('9999_later', '2099-01-01')")
    for command in COMMANDS:
        code, _, err = zwgk(*command)
        assert (code, "请先升级" in err, err.count("\n")) == (2, True, 1), command


def test_another_program_holds_it(root, zwgk, monkeypatch):
    monkeypatch.setitem(open_ledger.__kwdefaults__ or {}, "timeout", 0.2)
    with closing(sqlite3.connect(root / "zwgk.db", isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        code, out, err = zwgk("status", MONTH)
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert "另一个 zwgk 正在处理" in err


# --- how to go on: what zwgk doctor and docs/security.md say ------------------------------------


def test_with_a_backup_of_the_one_file(root, zwgk):
    backup = (root / "zwgk.db").read_bytes()
    shutil.copy(root / "收件箱" / "财政.xlsx", root / "收件箱" / "备份以后收到的.xlsx")
    assert zwgk("consolidate")[0] == 1
    DAMAGES["a table"](root / "zwgk.db")
    assert zwgk("consolidate")[0] == 2
    (root / "zwgk.db").write_bytes(backup)
    code, out, _ = zwgk("consolidate", "--json")
    taken = {each["file"]: each["verdict"] for each in json.loads(out)["taken"]}
    assert (code, taken) == (1, {"收件箱/备份以后收到的.xlsx": "duplicate"})
    assert "zwgk.db，完好" in zwgk("doctor", "--no-mail")[1]


def test_without_a_backup_files_and_decisions_come_back_and_the_rest_is_by_hand(root, zwgk):
    assert zwgk("consolidate")[0] == 1
    DAMAGES["a table"](root / "zwgk.db")
    (root / "zwgk.db").rename(root / "zwgk-损坏.db")
    assert zwgk("init", ".")[0] == 0
    for month in ("2026-10", MONTH):
        assert zwgk("generate", month)[0] == 0
    code, out, _ = zwgk("consolidate", "--json")
    verdicts = {each["file"].rpartition("/")[2]: each["verdict"] for each in json.loads(out)["taken"]}
    assert code == 1
    # Both hold the same, and which came first nobody knows any more.
    assert {verdicts["财政.xlsx"], verdicts["再次.xlsx"]} == {"quarantined", "duplicate"}, "signed with the lost key"
    assert zwgk("receive", "财政.xlsx", "--assign", "市财政局", "--cycle", MONTH)[0] in (0, 1)
    found = json.loads(zwgk("status", MONTH, "--json")[1])
    by_key = {each["key"]: each for each in found["obligations"]}
    assert by_key["D02/市财政局/2026-11"]["outcome"] == "reported"
    assert by_key["D01/市政府办/2026-11"]["outcome"] == "waived", "the tracker has the office's decisions"
    assert not by_key["D02/市财政局/2026-11"]["closed"]
