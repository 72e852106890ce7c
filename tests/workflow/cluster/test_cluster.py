"""Real nodes: the same results as here, whatever of them dies."""

from __future__ import annotations

import os
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import date, datetime
from pathlib import Path

import openpyxl
import pytest

from tests.cluster import LocalNodes, noted_names, running
from tests.workbooks.sheets import report, zipped
from tests.workflow import killers
from tests.workflow.desk import CYCLE, UNITS, Desk, item, new_desk, table
from zwgk_excel.cli.main import run
from zwgk_excel.domain.problems import Problem
from zwgk_excel.domain.returns import Verdict
from zwgk_excel.layout.columns import layout
from zwgk_excel.workbooks.reading.read_return import ParsedReturn
from zwgk_excel.workflow.cluster import connection
from zwgk_excel.workflow.cluster.addresses import addresses_of
from zwgk_excel.workflow.cluster.cluster_readers import ClusterReaders
from zwgk_excel.workflow.consolidation.consolidating import consolidate
from zwgk_excel.workflow.errors import UserError
from zwgk_excel.workflow.issuing.generation import generate
from zwgk_excel.workflow.office.context import open_office
from zwgk_excel.workflow.office.workspace import Workspace, open_workspace
from zwgk_excel.workflow.workers import readers
from zwgk_excel.workflow.workers.readers import ReaderPool, ReadingJob

pytestmark = [pytest.mark.slow, pytest.mark.skipif(os.name == "nt", reason="processes are killed by group")]
BY = date(2026, 11, 20)
GOOD = report([{"task": "D02 政府采购", "title": "关于采购目录的通知"}])
LATER = datetime(2026, 12, 3, 9)
FILES = 20


@pytest.fixture(scope="module")
def nodes() -> Iterator[LocalNodes]:
    """Two nodes that live as long as the tests of this module."""
    with running(2) as started:
        yield started


@pytest.fixture(scope="module")
def arrived(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """A workspace with many new files in 收件箱; tests work on copies."""
    desk = new_desk(tmp_path_factory.mktemp("arrived"))
    with desk.open() as office:
        generate(office, CYCLE, as_of=desk.now.date())
    for number in range(FILES):
        path = desk.reply("市财政局", f"回复{number:02}.xlsx", items=[item("D02 政府采购", number)])
        target = desk.root / "收件箱" / path.name
        shutil.copy(path, target)
        moment = datetime(2026, 11, 20, 9, number).timestamp()
        os.utime(target, (moment, moment))
    desk.now = LATER
    return desk


@pytest.fixture
def workspace(arrived: Desk) -> Workspace:
    return open_workspace(arrived.root)


def tracker_of(desk: Desk, to: Path, readers: ReaderPool | None) -> bytes:
    """The tracker of a copy of a workspace that is consolidated with some readers."""
    root = Desk(Path(shutil.copytree(desk.root, to))).root
    with open_office(root, now=lambda: LATER) as office:
        done = consolidate(office, as_of=LATER.date(), who="科员", readers=readers)
    assert len(done.taken) == FILES
    return (root / "总台账.xlsx").read_bytes()


@pytest.fixture(scope="module")
def here(arrived: Desk, tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """The tracker as this machine alone makes it."""
    return tracker_of(arrived, tmp_path_factory.mktemp("here") / "工作区", None)


@pytest.fixture(autouse=True)
def _small_tasks(monkeypatch: pytest.MonkeyPatch) -> None:
    """So that both nodes have something to do."""
    monkeypatch.setattr(readers, "_FILES", 5)


def code(result: ParsedReturn | Problem) -> str:
    return result.code if isinstance(result, Problem) else "read"


def soon(what: Callable[[], object]) -> threading.Thread:
    """Do something while the nodes are at work."""

    def wait_and_do() -> None:
        time.sleep(1.0)
        what()

    thread = threading.Thread(target=wait_and_do)
    thread.start()
    return thread


def test_killers_cost_their_own_files_as_they_do_here(workspace: Workspace) -> None:
    names = ["好", "abort", "甲", "hang", "memory", "bug", "丙"]
    jobs = [ReadingJob(GOOD, f"{name}.xlsx", BY) for name in names]
    with ReaderPool(2, seconds=1.5, parse=killers.parse) as local:
        expected = [result for _, result in local.read_all(jobs)]
    with running(parse="parse") as own, ClusterReaders(own.address, workspace, seconds=1.5) as readers:
        found = list(readers.read_all(jobs))
        assert not readers.faults
    assert [job.name for job, _ in found] == [job.name for job in jobs]
    assert [result for _, result in found] == expected
    assert [code(result) for result in expected].count("read") == 3


def test_files_are_sent_from_where_they_lie_and_the_rest_is_done_here(
    nodes: LocalNodes, workspace: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = noted_names(monkeypatch)
    path = tmp_path / "表.xlsx"
    path.write_bytes(GOOD)
    with ReaderPool(1) as local, ClusterReaders(nodes.address, workspace) as readers:
        assert readers.read(GOOD, "表.xlsx", by=BY) == local.read(GOOD, "表.xlsx", by=BY)
        ((_, found),) = readers.read_all([ReadingJob(path, "表.xlsx", BY)])
        assert read == ["表.xlsx"]
        assert found == local.read(GOOD, "表.xlsx", by=BY)
        ((_, missing),) = readers.read_all([ReadingJob(tmp_path / "没有.xlsx", "没有.xlsx", BY)])
        assert code(missing) == "file_unreadable"
        archive = zipped({"甲.xlsx": GOOD})
        assert readers.opened(archive, "包.zip") == local.opened(archive, "包.zip")
        assert not readers.faults


def test_the_tracker_is_the_local_one_to_the_byte(
    nodes: LocalNodes, arrived: Desk, workspace: Workspace, here: bytes, tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    read = noted_names(monkeypatch)
    with ClusterReaders(nodes.address, workspace) as readers:
        assert tracker_of(arrived, tmp_path / "工作区", readers) == here
        assert not readers.faults
    assert len(read) == FILES


def test_a_node_killed_in_the_middle_loses_nothing(
    arrived: Desk, workspace: Workspace, here: bytes, tmp_path: Path
) -> None:
    with running(2, parse="leisurely") as own, ClusterReaders(own.address, workspace) as readers:
        killing = soon(own.kill)
        assert tracker_of(arrived, tmp_path / "工作区", readers) == here
        assert not killing.is_alive(), "it was to be killed at work, not afterwards"
        killing.join()
        (fault,) = readers.faults
    assert "中断" in fault


def test_a_node_that_restarts_in_the_middle_goes_on_with_its_work(
    arrived: Desk, workspace: Workspace, here: bytes, tmp_path: Path
) -> None:
    with running(2, parse="leisurely") as own, ClusterReaders(own.address, workspace) as readers:
        restarting = soon(lambda: own.start(own.kill()))
        assert tracker_of(arrived, tmp_path / "工作区", readers) == here
        restarting.join()


def test_nodes_that_are_all_gone_are_told_and_the_files_read_here(
    arrived: Desk, workspace: Workspace, here: bytes, tmp_path: Path
) -> None:
    with running(1, parse="leisurely") as own, ClusterReaders(own.address, workspace) as readers:
        stopping = soon(own.stop)
        assert tracker_of(arrived, tmp_path / "工作区", readers) == here
        stopping.join()
        assert len(readers.faults) == 1


@pytest.mark.parametrize(
    "address",
    ["127.0.0.1:8790", "tcp://", "inproc://a:1", "tcp://a b:1", "http://a:1", "tls://a:99999", "tls://a@b:1", "tls://a/"],
)
def test_what_is_no_address(address: str) -> None:
    with pytest.raises(UserError, match="不是计算节点的地址"):
        addresses_of(address)


def test_several_addresses() -> None:
    found = addresses_of("tcp://127.0.0.1:1, tls://a.example.cn:2，tls://[2001:db8::1]:3,tls://a.example.cn:2,")
    assert [str(each) for each in found] == ["tcp://127.0.0.1:1", "tls://a.example.cn:2", "tls://[2001:db8::1]:3"]


@pytest.mark.parametrize("host", ["192.0.2.10", "cluster.example.cn", "localhost.cn", "0.0.0.0", "[2001:db8::1]"])
def test_a_plain_line_leaves_this_machine_never(
    host: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Neither to a node, nor to a node's own door."""
    desk = new_desk(tmp_path)
    address = f"tcp://{host}:8790"
    assert run(["consolidate", "-w", str(desk.root), "--cluster", address]) == 2
    assert run(["node", address]) == 2
    assert capsys.readouterr().err.count("地址以 tls:// 开头") == 2


def test_nobody_at_the_address(workspace: Workspace) -> None:
    with pytest.raises(UserError, match=r"无法连接计算节点 tcp://127\.0\.0\.1:1：那里没有程序在等待连接"):
        ClusterReaders("tcp://127.0.0.1:1", workspace)


def test_nodes_with_another_version(
    nodes: LocalNodes, workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection, "__version__", "99.0")
    with pytest.raises(UserError, match=r"安装 zwgk-excel 99\.0"):
        ClusterReaders(nodes.address, workspace)


def test_a_port_that_is_taken(nodes: LocalNodes, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["node", nodes.address.partition(",")[0]]) == 2
    assert "不能在 tcp://127.0.0.1:" in capsys.readouterr().err


def test_a_node_has_no_more_than_so_many_lines(nodes: LocalNodes, workspace: Workspace) -> None:
    """And those who come later are told, not kept waiting."""
    address = nodes.address.partition(",")[0]
    with ExitStack() as held:

        def connect_often() -> None:
            for _ in range(9):
                held.enter_context(ClusterReaders(address, workspace))

        with pytest.raises(UserError, match="它结束了连接"):
            connect_often()


def test_the_commands_take_nodes(nodes: LocalNodes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    read = noted_names(monkeypatch)
    desk = new_desk(tmp_path)
    assert run(["generate", "2026-11", "-w", str(desk.root), "--as-of", "2026-11-02"]) == 0
    twin = Desk(Path(shutil.copytree(desk.root, tmp_path / "别处"))).root
    there = ["--cluster", nodes.address]
    reply = desk.reply("市财政局", "回复.xlsx", items=[item("D02 政府采购")])
    for root, options in ((desk.root, there), (twin, [])):
        at = ["--received-at", "2026-11-20T09:30"]
        run(["receive", str(reply), "-w", str(root), *at, *options])
        run(["consolidate", "-w", str(root), "--as-of", "2026-12-03", *options])
    assert read == ["回复.xlsx"]
    sheets = [_without_times(root / "总台账.xlsx") for root in (desk.root, twin)]
    assert sheets[0] == sheets[1]


def _without_times(path: Path) -> dict[str, list[tuple[object, ...]]]:
    """Sheet → its rows, but for the time of day at which the commands of this test ran."""
    book = openpyxl.load_workbook(path)
    acts = layout("tracker")["acts"]
    rows = {sheet.title: list(sheet.iter_rows(values_only=True)) for sheet in book}
    rows[acts.name] = [(*row[:1], *row[acts.index("at") + 1 :]) for row in rows[acts.name]]
    return rows


def test_what_the_office_rules_is_taken_in_by_nodes_too(
    nodes: LocalNodes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = noted_names(monkeypatch)
    desk = new_desk(tmp_path)
    with desk.open() as office:
        generate(office, CYCLE, as_of=desk.now.date())
    path = desk.reply("市财政局", "回复.xlsx", items=[item("D02 政府采购")])
    phones = tmp_path / "电话表.xlsx"
    phones.write_bytes(table("roster", UNITS))
    there = ["-w", str(desk.root), "--cluster", nodes.address]
    run(["receive", str(path), "--assign", "市财政局", "--cycle", "2026-11", *there])
    run(["receive", str(phones), "--set-aside", *there])
    assert read == ["回复.xlsx", "电话表.xlsx"]
    with desk.open() as office:
        assigned, aside = sorted(office.ledger.receipts(), key=lambda each: each.name)
    assert (assigned.unit, assigned.verdict) == ("市财政局", Verdict.ACCEPTED_WITH_PROBLEMS)
    assert "file_set_aside" in {each.code for each in aside.problems}
