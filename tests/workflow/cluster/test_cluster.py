"""A real cluster of a scheduler and two workers: the same results as here, whatever of it dies."""

from __future__ import annotations

import os
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

import pytest
from distributed.utils import get_ip

from tests.cluster import LocalCluster, noted_tasks, running
from tests.tools import free_port
from tests.workbooks.sheets import report, zipped
from tests.workflow import killers
from tests.workflow.desk import CYCLE, UNITS, Desk, item, new_desk, table
from zwgk_excel.cli.main import run
from zwgk_excel.domain.problems import CellRef, Problem, problem
from zwgk_excel.domain.returns import Verdict
from zwgk_excel.mail.servers import is_loopback
from zwgk_excel.workbooks.reading.read_return import ParsedReturn
from zwgk_excel.workflow.cluster import connection, remote_work
from zwgk_excel.workflow.cluster.connection import Cluster
from zwgk_excel.workflow.cluster.remote_work import ClusterReaders
from zwgk_excel.workflow.consolidation.consolidating import consolidate
from zwgk_excel.workflow.errors import UserError
from zwgk_excel.workflow.issuing.generation import generate
from zwgk_excel.workflow.office.context import open_office
from zwgk_excel.workflow.workers import readers
from zwgk_excel.workflow.workers.readers import MarkupJob, ReaderPool, ReadingJob, mark_up_job

pytestmark = [pytest.mark.slow, pytest.mark.skipif(os.name == "nt", reason="processes are killed by group")]
BY = date(2026, 11, 20)
GOOD = report([{"task": "D02 政府采购", "title": "关于采购目录的通知"}])
LATER = datetime(2026, 12, 3, 9)
FILES = 20


@pytest.fixture(scope="module")
def cluster() -> Iterator[LocalCluster]:
    """Two workers; a test that kills one puts another in its place."""
    with running(2) as started:
        yield started


@pytest.fixture
def connected(cluster: LocalCluster) -> Iterator[Cluster]:
    with Cluster(cluster.address, patience=40) as opened:
        yield opened


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
    """So that both workers have something to do."""
    monkeypatch.setattr(readers, "_FILES", 5)


def code(result: ParsedReturn | Problem) -> str:
    return result.code if isinstance(result, Problem) else "read"


def soon(what: Callable[[], object]) -> threading.Thread:
    """Do something while the cluster is at work."""

    def wait_and_do() -> None:
        time.sleep(1.0)
        what()

    thread = threading.Thread(target=wait_and_do)
    thread.start()
    return thread


def test_killers_cost_their_own_files_as_they_do_here(connected: Cluster) -> None:
    names = ["好", "abort", "甲", "hang", "memory", "bug", "丙"]
    jobs = [ReadingJob(GOOD, f"{name}.xlsx", BY) for name in names]
    with ReaderPool(2, seconds=1.5, parse=killers.parse) as local:
        expected = [result for _, result in local.read_all(jobs)]
    readers = ClusterReaders(connected, seconds=1.5, parse=killers.parse)
    found = list(readers.read_all(jobs))
    assert [job.name for job, _ in found] == [job.name for job in jobs]
    assert [result for _, result in found] == expected
    assert [code(result) for result in expected].count("read") == 3


def test_files_are_sent_from_where_they_lie_and_archives_unpacked_there(connected: Cluster, tmp_path: Path) -> None:
    path = tmp_path / "表.xlsx"
    path.write_bytes(GOOD)
    readers = ClusterReaders(connected)
    with ReaderPool(1) as local:
        assert readers.read(GOOD, "表.xlsx", by=BY) == local.read(GOOD, "表.xlsx", by=BY)
        jobs = [ReadingJob(path, "表.xlsx", BY), ReadingJob(tmp_path / "没有.xlsx", "没有.xlsx", BY)]
        (_, found), (_, missing) = readers.read_all(jobs)
        assert found == local.read(GOOD, "表.xlsx", by=BY)
        assert code(missing) == "file_unreadable"
        archive = zipped({"甲.xlsx": GOOD})
        assert readers.members(archive, "包.zip") == local.members(archive, "包.zip")
        assert readers.members(GOOD, "表.xlsx") is None


def test_the_tracker_is_the_local_one_to_the_byte(
    connected: Cluster, arrived: Desk, here: bytes, tmp_path: Path
) -> None:
    assert tracker_of(arrived, tmp_path / "工作区", ClusterReaders(connected)) == here


def test_a_worker_killed_in_the_middle_loses_nothing(
    cluster: LocalCluster, connected: Cluster, arrived: Desk, here: bytes, tmp_path: Path
) -> None:
    readers = ClusterReaders(connected, parse=killers.leisurely)
    killing = soon(cluster.kill_worker)
    assert tracker_of(arrived, tmp_path / "工作区", readers) == here
    assert not killing.is_alive(), "it was to be killed at work, not afterwards"
    killing.join()
    cluster.start_worker()
    cluster.wait(2)


def test_a_scheduler_that_restarts_in_the_middle_loses_nothing(arrived: Desk, here: bytes, tmp_path: Path) -> None:
    with running(1) as own, Cluster(own.address, patience=40) as connected:

        def restart() -> None:
            own.stop()
            own.start_scheduler()
            own.start_worker()

        readers = ClusterReaders(connected, parse=killers.leisurely)
        restarting = soon(restart)
        assert tracker_of(arrived, tmp_path / "工作区", readers) == here
        restarting.join()


def test_a_cluster_that_is_gone_for_good_is_told_and_a_run_here_makes_it_good(
    arrived: Desk, here: bytes, tmp_path: Path
) -> None:
    root = Desk(Path(shutil.copytree(arrived.root, tmp_path / "工作区"))).root
    with running(1) as own, Cluster(own.address, patience=2) as connected:
        readers = ClusterReaders(connected, parse=killers.leisurely)
        stopping = soon(own.stop)
        with open_office(root, now=lambda: LATER) as office, pytest.raises(UserError, match=r"集群 tcp://"):
            consolidate(office, as_of=LATER.date(), who="科员", readers=readers)
        stopping.join()
    with open_office(root, now=lambda: LATER) as office:
        consolidate(office, as_of=LATER.date(), who="科员")
    assert (root / "总台账.xlsx").read_bytes() == here


def test_a_file_that_ends_node_after_node_is_told_alone(
    connected: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(remote_work, "_read", killers.fatal)
    jobs = [ReadingJob(GOOD, f"{name}.xlsx", BY) for name in ("甲", "fatal", "乙")]
    found = ClusterReaders(connected).read_all(jobs)
    assert [code(result) for _, result in found] == ["read", "file_crashed", "read"]


def test_a_cluster_without_workers_is_told() -> None:
    with running(0) as own, Cluster(own.address, patience=1) as connected:
        assert connected.threads() == 1
        with pytest.raises(UserError, match="没有可用的计算节点"):
            connected.result(connected.submit(len, "abc"))


def test_results_come_in_order_and_only_a_few_values_are_taken_ahead(connected: Cluster) -> None:
    taken: list[int] = []

    def values() -> Iterator[int]:
        for number in range(60):
            taken.append(number)
            yield number

    found = connected.map(float, values())
    assert next(found) == 0.0
    assert len(taken) <= 3 * connected.threads()
    assert list(found) == [float(number) for number in range(1, 60)]


@pytest.mark.parametrize("address", ["127.0.0.1:8786", "tcp://", "inproc://a:1", "tcp://a b:1", "http://a:1"])
def test_what_is_no_address(address: str) -> None:
    with pytest.raises(UserError, match="不是集群地址"):
        Cluster(address)


@pytest.mark.parametrize("host", ["192.0.2.10", "cluster.example.cn", "localhost.cn", "0.0.0.0", "[2001:db8::1]"])
def test_a_plain_line_leaves_this_machine_never(host: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Cluster, "_connect", lambda *_: pytest.fail("somebody was spoken to"))
    with pytest.raises(UserError, match="地址以 tls:// 开头"):
        Cluster(f"tcp://{host}:8786")


def test_a_plain_scheduler_here_that_others_reach_too() -> None:
    """Nothing is run there: what comes back is a stranger's pickle."""
    if is_loopback(get_ip()):
        pytest.skip("this machine has no network")
    open_to_all = LocalCluster(free_port(), listens="0.0.0.0")
    try:
        open_to_all.start_scheduler()
        with pytest.raises(UserError, match="可以从别的机器进入"):
            Cluster(open_to_all.address)
    finally:
        open_to_all.stop()


def test_nobody_at_the_address() -> None:
    with pytest.raises(UserError, match="连不上集群"):
        Cluster("tcp://127.0.0.1:1", patience=1)


def test_nodes_with_another_version(cluster: LocalCluster, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "__version__", "99.0")
    with pytest.raises(UserError, match=r"安装 zwgk-excel 99\.0"):
        Cluster(cluster.address)


def test_the_commands_take_a_cluster(cluster: LocalCluster, tmp_path: Path) -> None:
    desk = new_desk(tmp_path)
    twin = Desk(Path(shutil.copytree(desk.root, tmp_path / "别处"))).root
    there = ["--cluster", cluster.address]
    when = ["--as-of", "2026-11-02"]
    assert run(["generate", "2026-11", "-w", str(desk.root), *when, *there]) == 0
    assert run(["generate", "2026-11", "-w", str(twin), *when]) == 0
    for path in sorted((twin / "发件箱/2026-11").iterdir()):
        assert (desk.root / "发件箱/2026-11" / path.name).read_bytes() == path.read_bytes()
    reply = desk.reply("市财政局", "回复.xlsx", items=[item("D02 政府采购")])
    for root, options in ((desk.root, there), (twin, [])):
        at = ["--received-at", "2026-11-20T09:30"]
        run(["receive", str(reply), "-w", str(root), *at, *options])
        run(["consolidate", "-w", str(root), "--as-of", "2026-12-03", *options])
    assert (desk.root / "总台账.xlsx").read_bytes() == (twin / "总台账.xlsx").read_bytes()


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The functions that were sent to the cluster."""
    return noted_tasks(monkeypatch)


def test_what_the_office_rules_is_read_there_too(cluster: LocalCluster, tmp_path: Path, sent: list[str]) -> None:
    desk = new_desk(tmp_path)
    with desk.open() as office:
        generate(office, CYCLE, as_of=desk.now.date())
    path = desk.reply("市财政局", "回复.xlsx", items=[item("D02 政府采购")])
    there = ["-w", str(desk.root), "--cluster", cluster.address]
    run(["receive", str(path), "--assign", "市财政局", "--cycle", "2026-11", *there])
    assert sent.count("_read") == 2  # taken in, and read anew for the unit it was given to
    with desk.open() as office:
        (receipt,) = office.ledger.receipts()
    assert (receipt.unit, receipt.verdict) == ("市财政局", Verdict.ACCEPTED_WITH_PROBLEMS)


def test_what_is_set_aside_is_taken_in_there_too(cluster: LocalCluster, tmp_path: Path, sent: list[str]) -> None:
    desk = new_desk(tmp_path)
    path = tmp_path / "电话表.xlsx"
    path.write_bytes(table("roster", UNITS))
    run(["receive", str(path), "--set-aside", "-w", str(desk.root), "--cluster", cluster.address])
    assert "_read" in sent
    with desk.open() as office:
        (receipt,) = office.ledger.receipts()
    assert "file_set_aside" in {each.code for each in receipt.problems}


def test_marks_are_made_there_and_a_file_that_ends_node_after_node_gets_none(
    connected: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = [problem("item_field_missing", CellRef("好.xlsx", "信息明细", "C4"), heading="标题")]
    good = MarkupJob("好.xlsx", GOOD, told, "市财政局", "办公室")
    here = mark_up_job(good)
    assert list(ClusterReaders(connected).marked_up([good, replace(good, data=b"PK")])) == [here, None]
    monkeypatch.setattr(remote_work, "_mark", killers.fatal_mark)
    fatal = replace(good, name="fatal.xlsx")
    assert list(ClusterReaders(connected).marked_up([fatal, good])) == [None, here]
