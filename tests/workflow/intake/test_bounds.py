"""Whatever lies in 收件箱, and however large: it costs no memory, no time and no other file."""

from __future__ import annotations

import json
import os
import socket
import sys
import threading
import tracemalloc
from datetime import date
from pathlib import Path

import pytest

from tests.workflow.desk import CYCLE, Desk, item
from zwgk_excel.cli.main import run
from zwgk_excel.domain.returns import Verdict
from zwgk_excel.workbooks.opening.bounded_files import TooLargeError, read_file
from zwgk_excel.workbooks.opening.guard import FILE_BYTES
from zwgk_excel.workflow.consolidation.consolidating import consolidate
from zwgk_excel.workflow.intake.receiving import receive

HUGE = 200 << 30
MB = 1 << 20
posix = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such files")


def sparse(path: Path, size: int = HUGE, head: bytes = b"PK\x03\x04") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        file.write(head)
        file.truncate(size)
    return path


def inbox(desk: Desk, name: str) -> Path:
    return desk.root / "收件箱" / name


def reply(desk: Desk, name: str = "回复.xlsx") -> Path:
    return desk.reply("市财政局", name, items=[item("D02 政府采购")])


def consolidated(desk: Desk, capsys: pytest.CaptureFixture[str]) -> dict[str, object]:
    run(["consolidate", CYCLE.__str__(), "-w", str(desk.root), "--as-of", "2026-12-03", "--json"])
    said = capsys.readouterr()
    assert "Traceback" not in said.err
    found: dict[str, object] = json.loads(said.out)
    return found


@posix
def test_a_file_of_200_gb_costs_itself_alone(sent: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    """It gets one receipt that says what it is, every time the same; what lies beside it is read."""
    sparse(inbox(sent, "大.xlsx"))
    sparse(inbox(sent, "包/大.zip"))
    sparse(inbox(sent, "又一个.csv"), head=b"")
    inbox(sent, "回复.xlsx").write_bytes(reply(sent).read_bytes())
    tracemalloc.start()
    consolidated(sent, capsys)
    consolidated(sent, capsys)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    with sent.open() as office:
        receipts = {each.name: each for each in office.ledger.receipts()}
    assert sorted(receipts) == sorted(["大.xlsx", "包/大.zip", "又一个.csv", "回复.xlsx"])
    assert receipts.pop("回复.xlsx").items == 1
    for name, each in receipts.items():
        (told,) = each.problems
        assert (told.code, told.place.file, each.verdict) == ("file_too_large", name, Verdict.QUARANTINED)
        assert "200.0 GB" in told.found
        assert "30 MB" in told.expected
    assert peak < 100 * MB


@posix
def test_one_named_on_the_command_line_is_not_copied_and_the_others_are(
    sent: Desk, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "来件"
    sparse(folder / "大.xlsx")
    (folder / "回复.xlsx").write_bytes(reply(sent).read_bytes())
    assert run(["receive", str(folder), "-w", str(sent.root)]) == 1
    said = capsys.readouterr()
    assert "大.xlsx：文件大小 200.0 GB" in said.out + said.err
    with sent.open() as office:
        assert [each.name for each in office.ledger.receipts()] == ["回复.xlsx"]
    assert not inbox(sent, "大.xlsx").exists()


@posix
def test_what_a_person_rules_about_is_not_read_either(
    sent: Desk, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    large = str(sparse(tmp_path / "大.xlsx"))
    here = ["-w", str(sent.root)]
    assert run(["receive", large, "--assign", "市财政局", "--cycle", "2026-11", *here]) == 2
    assert run(["receive", large, "--set-aside", *here]) == 2
    assert capsys.readouterr().err.count("文件超过 30 MB") == 2


@posix
@pytest.mark.parametrize("name", ["单位通讯录.xlsx", "责任分工表.xlsx", "zwgk.toml"])
def test_the_offices_own_tables_are_bounded_too(
    name: str, sent: Desk, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    sparse(sent.root / name)
    for command in (["consolidate"], ["status", "2026-11"], ["check"]):
        # What is issued is shown without the tables, too.
        codes = {2} if name == "zwgk.toml" or command == ["check"] else {0, 1}
        assert run([*command, "-w", str(sent.root)]) in codes
        said = "".join(capsys.readouterr()) + caplog.text
        caplog.clear()
        assert "文件超过" in said, command
        assert "Traceback" not in said
    run(["doctor", "--no-mail", "-w", str(sent.root)])
    assert "Traceback" not in capsys.readouterr().err


@posix
def test_pipes_sockets_and_devices_are_told_and_never_waited_for(sent: Desk) -> None:
    os.mkfifo(inbox(sent, "管道.xlsx"))
    inbox(sent, "设备.xlsx").symlink_to("/dev/zero")
    inbox(sent, "不在.xlsx").symlink_to(sent.root / "没有")
    with socket.socket(socket.AF_UNIX) as listening:
        here = os.open(inbox(sent, ""), os.O_RDONLY)
        listening.bind(f"/proc/self/fd/{here}/s.xlsx")
        os.close(here)
    inbox(sent, "回复.xlsx").write_bytes(reply(sent).read_bytes())
    with sent.open() as office:
        done = consolidate(office, as_of=date(2026, 12, 3), who="科员")
    assert [each.name for each in done.taken] == ["回复.xlsx"]
    assert {each.place.file: each.found for each in done.taken.unread} == {
        "管道.xlsx": "暂时无法读取（不是普通文件，而是管道、套接字或设备），尚未登记",
        "设备.xlsx": "暂时无法读取（不是普通文件，而是管道、套接字或设备），尚未登记",
        "s.xlsx": "暂时无法读取（不是普通文件，而是管道、套接字或设备），尚未登记",
        "不在.xlsx": "暂时无法读取（找不到文件或文件夹），尚未登记",
    }


@posix
@posix
def test_a_link_to_nothing_or_a_pipe_in_a_folder_stops_no_other_file(sent: Desk, tmp_path: Path) -> None:
    folder = tmp_path / "寄回"
    folder.mkdir()
    reply(sent).rename(folder / "b.xlsx")
    (folder / "a.xlsx").symlink_to("nowhere.xlsx")
    os.mkfifo(folder / "c.xlsx")
    with sent.open() as office:
        taken = receive(office, [folder])
    assert [each.name for each in taken.receipts] == ["b.xlsx"]
    assert {each.place.file for each in taken.unread} == {"a.xlsx", "c.xlsx"}


@posix
def test_a_file_that_becomes_a_pipe_before_it_is_opened(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "管道")
    with pytest.raises(OSError, match="不是普通文件"):
        read_file(tmp_path / "管道")


@posix
def test_a_device_without_an_end() -> None:
    with pytest.raises(OSError, match="不是普通文件"):
        read_file(Path("/dev/zero"))


def test_a_file_that_is_still_being_written_waits_for_the_next_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "表.xlsx"
    path.write_bytes(b"x" * 1000)
    fstat = os.fstat

    def then_it_grows(number: int) -> os.stat_result:
        found = fstat(number)
        with path.open("ab") as file:
            file.write(b"y" * 1000)
        return found

    monkeypatch.setattr(os, "fstat", then_it_grows)
    with pytest.raises(OSError, match="正在写入"):
        read_file(path)
    monkeypatch.undo()
    assert len(read_file(path)) == 2000


@posix
def test_a_file_that_never_stops_growing(sent: Desk) -> None:
    path, stop = inbox(sent, "在写.xlsx"), threading.Event()
    path.write_bytes(b"PK\x03\x04")

    def write() -> None:
        with path.open("ab", buffering=0) as file:
            while not stop.is_set() and file.tell() < 64 * MB:
                file.write(b"\0" * 65536)

    writing = threading.Thread(target=write)
    writing.start()
    try:
        with sent.open() as office:
            consolidate(office, as_of=date(2026, 12, 3), who="科员")
    finally:
        stop.set()
        writing.join()
    path.unlink()
    with sent.open() as office:
        assert {each.verdict for each in office.ledger.receipts()} <= {Verdict.QUARANTINED}


def test_the_limit_is_the_one_that_every_reader_has(tmp_path: Path) -> None:
    path = tmp_path / "表.xlsx"
    path.write_bytes(bytes(FILE_BYTES))
    assert len(read_file(path)) == FILE_BYTES
    path.write_bytes(bytes(FILE_BYTES + 1))
    with pytest.raises(TooLargeError) as told:
        read_file(path)
    assert told.value.size == FILE_BYTES + 1
    assert len(told.value.head) <= 1 << 16
