"""A node that somebody has taken over: nothing it says runs here, and what it says of other files does not count."""

from __future__ import annotations

import pickle
import socket
import socketserver
import struct
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from tests.workbooks.sheets import report
from tests.workflow.desk import item, new_desk
from zwgk_excel.cli.main import run
from zwgk_excel.domain.periods import Month
from zwgk_excel.domain.problem_catalogue import Severity
from zwgk_excel.domain.problems import CellRef, Problem, problem
from zwgk_excel.domain.returns import AnswerStatus, Item, TaskAnswer
from zwgk_excel.version import __version__
from zwgk_excel.workbooks.reading.read_return import ClaimedIdentity, ParsedReturn, read_return
from zwgk_excel.workflow.cluster import connection
from zwgk_excel.workflow.cluster.addresses import addresses_of
from zwgk_excel.workflow.cluster.cluster_readers import ClusterReaders
from zwgk_excel.workflow.cluster.connection import Cluster, NoAnswerError
from zwgk_excel.workflow.cluster.conversation import ANSWER, GREETING, REQUEST, Answer, Hello, Welcome
from zwgk_excel.workflow.cluster.node import jobs_of
from zwgk_excel.workflow.cluster.plain_data import dumped
from zwgk_excel.workflow.cluster.wire import Message, receive, send
from zwgk_excel.workflow.errors import UserError
from zwgk_excel.workflow.office.workspace import Workspace, open_workspace
from zwgk_excel.workflow.workers.readers import ReadingJob, parse_return

BY = date(2026, 11, 20)
_HEAD = struct.Struct(">8sIQ")
_MARK = b"zwgk\x00\x01\r\n"

Attack = Callable[[socket.socket, Sequence[ReadingJob]], None]


class _Touch:
    """A pickle that makes a file where it is read."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[object, ...]:
        return open, (str(self.path), "w")


class _Raises(Exception):
    """An exception whose pickle makes a file."""

    def __init__(self, path: Path) -> None:
        super().__init__("no")
        self.path = path

    def __reduce__(self) -> tuple[object, ...]:
        return open, (str(self.path), "w")


@contextmanager
def hostile(attack: Attack, welcome: bytes | None = None) -> Iterator[str]:
    """The address of a node that greets well (or says ``welcome``), and then does to every request what it likes."""

    class Conversation(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            try:
                send(self.request, Message(welcome or dumped(Welcome(__version__, 1))), 5)
                receive(self.request, GREETING, 5)
                while request := receive(self.request, REQUEST, 5):
                    attack(self.request, jobs_of(request))
            except OSError:
                pass  # the office has hung up, as it should

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Conversation) as server:
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        yield f"tcp://127.0.0.1:{server.server_address[1]}"
        server.shutdown()


def says(document: bytes, data: bytes = b"") -> Attack:
    return lambda line, _: send(line, Message(document, data), 5)


def writes(raw: bytes) -> Attack:
    return lambda line, _: line.sendall(raw)


def answers(change: Callable[[ParsedReturn | Problem], object]) -> Attack:
    """An honest answer with each reading changed."""

    def attack(line: socket.socket, jobs: Sequence[ReadingJob]) -> None:
        send(line, Message(dumped(tuple(change(parse_return(job, ())) for job in jobs))), 5)

    return attack


def gives(change: Callable[[Answer], object]) -> Attack:
    """An honest answer, changed as a whole."""

    def attack(line: socket.socket, jobs: Sequence[ReadingJob]) -> None:
        send(line, Message(dumped(change(tuple(parse_return(job, ()) for job in jobs)))), 5)

    return attack


def then_silent(raw: bytes) -> Attack:
    def attack(line: socket.socket, jobs: Sequence[ReadingJob]) -> None:
        line.sendall(raw)
        line.settimeout(20)
        line.recv(1)  # until the office hangs up

    return attack


def then_gone(raw: bytes) -> Attack:
    def attack(line: socket.socket, jobs: Sequence[ReadingJob]) -> None:
        line.sendall(raw)
        line.shutdown(socket.SHUT_RDWR)

    return attack


def content_with(**changes: Any) -> Callable[[ParsedReturn | Problem], object]:
    def change(found: ParsedReturn | Problem) -> object:
        assert isinstance(found, ParsedReturn)
        return replace(found, content=replace(found.content, **changes))

    return change


def with_(**changes: Any) -> Callable[[ParsedReturn | Problem], object]:
    def change(found: ParsedReturn | Problem) -> object:
        assert isinstance(found, ParsedReturn)
        return replace(found, **changes)

    return change


def told(code: str = "file_kind", file: str = "甲.xlsx", **changes: Any) -> Problem:
    made = problem("file_kind", CellRef(file), kind="PDF")
    return replace(made, code=code, **changes)


OTHERS = read_return(report([{"task": "D02 政府采购", "title": "别的单位的"}]), "别的.xlsx", by=BY)

ATTACKS: dict[str, Attack] = {
    "garbage": writes(b"HTTP/1.1 200 OK\r\n\r\n" * 20),
    "nothing": says(b""),
    "no-json": says(b"\x80\x05."),
    "not-an-answer": says(b'{"status":"OK"}'),
    "deep": says(b"[" * 1_000_000),
    "too-large": says(b'["' + b"x" * ANSWER.document + b'"]'),
    "claims-a-terabyte": then_silent(_HEAD.pack(_MARK, 10, 1 << 40)),
    "claims-four-gigabytes": then_silent(_HEAD.pack(_MARK, 0xFFFFFFFF, 0)),
    "data-nobody-wants": says(b"[]", b"x"),
    "half": then_gone(_HEAD.pack(_MARK, 1000, 0) + b"[" * 10),
    "gone": then_gone(b""),
    "silent": then_silent(b""),
    "too-few": gives(lambda found: found[:-1]),
    "too-many": gives(lambda found: (*found, found[0])),
    "swapped": gives(lambda found: found[::-1]),
    "another-file": answers(lambda _: OTHERS),
    "another-files-problem": answers(lambda _: told(file="/etc/passwd")),
    "another-unit": answers(content_with(unit="市财政局", cycle=Month(2026, 11))),
    "an-identity-it-does-not-keep": answers(
        with_(identity=ClaimedIdentity(3, "市财政局", Month(2026, 11), BY, "0" * 64))
    ),
    "an-unknown-problem": answers(lambda found: told("all_is_well")),
    "a-softened-problem": answers(lambda found: told(severity=Severity.NOTE)),
    "problems-elsewhere": answers(content_with(problems=(told(file="总台账.xlsx"),))),
    "an-unknown-type": answers(content_with(items=(Item(title="甲", type="bogus", row=4),))),
    "an-unknown-column": answers(content_with(items=(Item(title="甲", row=4, more={"__class__": "x"}),))),
    "an-obligation": answers(content_with(items=(Item("2026-11/市财政局/D02", title="甲", row=4),))),
    "a-row-nowhere": answers(content_with(answers=(TaskAnswer("", status=AnswerStatus.NIL, row=-1),))),
    "a-sheet-nowhere": answers(content_with(answers=(TaskAnswer("", status=AnswerStatus.NIL, row=1, sheet="无"),))),
    "common-cells-nowhere": answers(content_with(common={"officer": "甲"})),
    "required-of-nobody": answers(with_(required=("__dict__",))),
    "control-characters": lambda line, jobs: send(
        line, Message(dumped((told(),) * len(jobs)).replace(b"PDF", b"\\u001b]0;x\\u0007")), 5
    ),
}


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return open_workspace(new_desk(tmp_path / "工作区").root)


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "_TRANSFER", 1.0)


JOBS = [
    ReadingJob(report([{"task": "D02 政府采购", "title": name}]), f"{name}.xlsx", BY) for name in ("甲", "乙")
] + [ReadingJob(b"%PDF-1.7", "丙.xlsx", BY)]


def read_here() -> list[ParsedReturn | Problem]:
    return [parse_return(job, ()) for job in JOBS]


def read_by(address: str, workspace: Workspace) -> tuple[list[ParsedReturn | Problem], Sequence[str]]:
    with ClusterReaders(address, workspace, seconds=1.0) as readers:
        return [found for _, found in readers.read_all(JOBS)], readers.faults


@pytest.mark.parametrize("name", ATTACKS)
def test_what_it_says_does_not_count_and_the_files_are_read_here(name: str, workspace: Workspace) -> None:
    with hostile(ATTACKS[name]) as address:
        found, faults = read_by(address, workspace)
    assert found == read_here()
    assert len(faults) == 1
    assert address in faults[0]


def test_the_same_node_as_long_as_it_is_honest(workspace: Workspace) -> None:
    with hostile(gives(lambda found: found)) as address:
        assert read_by(address, workspace) == (read_here(), [])


@pytest.mark.parametrize("form", ["document", "data", "raw", "welcome", "list"])
@pytest.mark.parametrize("kind", [_Touch, _Raises])
def test_a_pickle_runs_nowhere(kind: type, form: str, workspace: Workspace, tmp_path: Path) -> None:
    trace = tmp_path / "ran"
    pickled = pickle.dumps(kind(trace))
    attacks = {
        "document": says(pickled),
        "data": says(b"[]", pickled),
        "raw": writes(pickled * 10),
        "list": writes(_HEAD.pack(_MARK, len(pickled), 0) + pickled),
        "welcome": writes(pickled),
    }
    with hostile(attacks[form], welcome=pickled if form == "welcome" else None) as address:
        if form == "welcome":
            with pytest.raises(UserError, match="不是 zwgk node"):
                read_by(address, workspace)
        else:
            found, faults = read_by(address, workspace)
            assert found == read_here()
            assert faults
    assert not trace.exists()
    pickle.loads(pickled)
    assert trace.exists(), "the pickle would have run"


def test_one_byte_at_a_time_does_not_keep_the_office_waiting(workspace: Workspace) -> None:
    def drips(line: socket.socket, jobs: Sequence[ReadingJob]) -> None:
        line.sendall(_HEAD.pack(_MARK, 1 << 20, 0))
        pause = threading.Event()
        for _ in range(1000):
            line.sendall(b" ")
            pause.wait(0.05)

    with hostile(drips) as address:
        found, faults = read_by(address, workspace)
    assert found == read_here()
    assert faults


def test_a_node_that_boasts_gets_no_more_lines_than_it_takes(workspace: Workspace) -> None:
    with hostile(gives(lambda found: found), dumped(Welcome(__version__, 1 << 40))) as address:
        connected = ClusterReaders(address, workspace)
        connected.close()
    assert connected._cluster.lines <= 1024


def test_an_honest_node_beside_it_reads_the_rest(workspace: Workspace) -> None:
    with hostile(gives(lambda found: found)) as honest, hostile(ATTACKS["swapped"]) as bad:
        found, faults = read_by(f"{bad},{honest}", workspace)
    assert found == read_here()
    assert all(bad in fault for fault in faults)


def test_the_command_tells_it_and_takes_the_files_in(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    desk = new_desk(tmp_path)
    assert run(["generate", "2026-11", "-w", str(desk.root), "--as-of", "2026-11-02"]) == 0
    reply = desk.reply("市财政局", "回复.xlsx", items=[item("D02 政府采购")])
    with hostile(ATTACKS["another-file"]) as address:
        run(["receive", str(reply), "-w", str(desk.root), "--cluster", address, "--json"])
    said = capsys.readouterr()
    assert "的回答不可用，已停用" in said.err
    with desk.open() as office:
        (receipt,) = office.ledger.receipts()
    assert (receipt.unit, receipt.items) == ("市财政局", 1)


def test_leaving_in_the_middle_of_an_answer_waits_for_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "_TRANSFER", 600.0)
    asked, told = threading.Event(), []

    def silent(line: socket.socket, jobs: Sequence[ReadingJob]) -> None:
        asked.set()
        line.recv(1)

    def ask(cluster: Cluster) -> None:
        try:
            cluster.read(JOBS)
        except NoAnswerError as error:
            told.append(error)

    with hostile(silent) as address, Cluster(addresses_of(address), Hello(__version__, 1000, 1 << 30, ())) as cluster:
        asking = threading.Thread(target=ask, args=(cluster,))
        asking.start()
        assert asked.wait(30)
        cluster.close()
        asking.join(30)
        assert not asking.is_alive()
    assert len(told) == 1
    assert not cluster.faults


def test_all_lines_of_a_node_are_given_up_at_once(workspace: Workspace) -> None:
    """Two batches are with it when one answer shows what it is."""
    jobs = [replace(job, name=f"{number}{job.name}") for number in range(30) for job in JOBS]
    with (
        hostile(ATTACKS["swapped"], dumped(Welcome(__version__, 3))) as address,
        ClusterReaders(address, workspace, seconds=5.0) as readers,
    ):
        found = [found for _, found in readers.read_all(jobs)]
        faults = readers.faults
    assert found == [parse_return(job, ()) for job in jobs]
    assert [address in fault and "已停用" in fault for fault in faults] == [True]
