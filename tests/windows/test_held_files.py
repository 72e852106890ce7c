"""Files that another process holds open: told in Chinese, nothing half-written, and done when run once more."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.clock import in_december
from tests.tools import on_windows, under_wine
from tests.windows.processes import ALONE, READERS, held
from tests.workflow.desk import CYCLE, Desk, issue, item, new_desk
from tests.workflow.mail_setup import set_up
from zwgk_excel.cli.main import run
from zwgk_excel.workbooks.writing.files import replacing_folder, write_atomic

pytestmark = on_windows


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return new_desk(tmp_path)


def left_behind(root: Path) -> list[str]:
    return [path.name for path in root.rglob(".zwgk-*")]


@pytest.mark.parametrize("shared", [ALONE, READERS], ids=["alone", "readers"])
def test_a_file_that_is_held_stays_as_it_was(tmp_path: Path, shared: int):
    path = tmp_path / "总台账.xlsx"
    path.write_bytes(b"1")
    with held(path, shared), pytest.raises(PermissionError):
        write_atomic(path, b"2")
    assert (path.read_bytes(), left_behind(tmp_path)) == (b"1", [])
    assert write_atomic(path, b"2")


@pytest.mark.skipif(under_wine(), reason="wine moves a folder although a file in it is open")
def test_a_folder_with_a_held_file_stays_as_it_was(tmp_path: Path):
    folder = tmp_path / "数据"
    with replacing_folder(folder) as new:
        (new / "一.csv").write_bytes(b"1")
    with held(folder / "一.csv"), pytest.raises(PermissionError), replacing_folder(folder) as new:
        (new / "二.csv").write_bytes(b"2")
    assert [path.name for path in folder.iterdir()] == ["一.csv"]
    assert left_behind(tmp_path) == []


def test_the_tracker_open_elsewhere(desk: Desk, capsys: pytest.CaptureFixture[str]):
    issue(desk)
    consolidate = ["consolidate", "--as-of", "2026-11-20", "-w", str(desk.root)]
    assert run(consolidate) in (0, 1)
    tracker = desk.root / "总台账.xlsx"
    before = tracker.read_bytes()
    capsys.readouterr()
    with held(tracker):
        assert run(["waive", str(CYCLE), "--unit", "市财政局", "--reason", "停电", "-w", str(desk.root)]) in (0, 1)
        capsys.readouterr()
        code = run(consolidate)
        told = capsys.readouterr()
    assert code == 2, told
    assert "总台账.xlsx" in told.err
    assert "打开" in told.err
    assert (tracker.read_bytes(), left_behind(desk.root)) == (before, [])
    assert run(consolidate) in (0, 1)
    assert tracker.read_bytes() != before


def test_a_report_open_elsewhere(desk: Desk, capsys: pytest.CaptureFixture[str]):
    issue(desk)
    generate = ["generate", str(CYCLE), "-w", str(desk.root)]
    outbox = desk.root / "发件箱" / str(CYCLE)
    report = next(outbox.glob("金湖街道*.xlsx"))
    report.unlink()
    report.write_bytes(b"damaged")
    capsys.readouterr()
    with held(report, ALONE):
        code = run(generate)
        told = capsys.readouterr()
    assert code in (1, 2), told
    assert report.name in told.out + told.err
    assert "打开" in told.out + told.err
    assert (report.read_bytes(), left_behind(desk.root)) == (b"damaged", [])


def test_the_ledger_open_elsewhere(desk: Desk, capsys: pytest.CaptureFixture[str]):
    issue(desk)
    with held(desk.root / "zwgk.db", ALONE):
        code = run(["status", str(CYCLE), "-w", str(desk.root)])
        told = capsys.readouterr()
    assert code == 2, told
    assert "zwgk.db" in told.err
    assert run(["status", str(CYCLE), "-w", str(desk.root)]) in (0, 1)


def test_a_marked_copy_open_elsewhere(desk: Desk, capsys: pytest.CaptureFixture[str]):
    issue(desk)
    place = ["-w", str(desk.root), "--received-at"]

    def reply(name: str, day: str) -> Path:
        return desk.reply("市财政局", name, items=[item("D02 政府采购", published_on=day)])

    assert run(["receive", str(reply("一.xlsx", "上月底")), *place, "2026-11-20T10:30"]) == 1
    (copy,) = (desk.root / "退回修改").rglob("*.xlsx")
    before = copy.read_bytes()
    capsys.readouterr()
    with held(copy):
        code = run(["receive", str(reply("二.xlsx", "上上月底")), *place, "2026-11-20T11:30"])
        told = capsys.readouterr()
    assert code in (1, 2), told
    assert "请关闭打开它的程序" in told.out + told.err
    assert (copy.read_bytes(), left_behind(desk.root)) == (before, [])


EXPORT = "数据.xlsx"
STEPS = (
    ("generate", str(CYCLE)),
    ("consolidate", "--as-of", "2026-11-20"),
    ("status", str(CYCLE)),
    ("return", str(CYCLE), "--yes"),
    ("remind", "--yes"),
    ("assess", str(CYCLE)),
    ("export", str(CYCLE), "--to", EXPORT),
    ("bulletin", str(CYCLE)),
)
HELD = (
    *("退回修改", "收件箱", "发件箱", "通报", EXPORT),
    *("zwgk.toml", "责任分工表.xlsx", "单位通讯录.xlsx", "总台账.xlsx", "zwgk.db"),
)
"""Files of a workspace, or folders that have one. First the marked-up copy: its mail goes out once."""


@pytest.fixture(scope="module")
def busy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A month with a return that is sent back, a tracker, a bulletin and an export."""
    desk = new_desk(tmp_path_factory.mktemp("busy"))
    set_up(desk)
    with pytest.MonkeyPatch.context() as patch:
        in_december(patch)
        reply = desk.reply("市财政局", "一.xlsx", items=[item("D02 政府采购", published_on="上月底")])
        run(["receive", str(reply), "-w", str(desk.root), "--received-at", "2026-11-20T10:30"])
        for step in (STEPS[1], STEPS[6], STEPS[7]):
            do(desk.root, *step)
    return desk.root


def do(root: Path, *step: str) -> int:
    """Run a command in a workspace."""
    return run([*(str(root.parent / EXPORT) if each == EXPORT else each for each in step), "-w", str(root)])


@pytest.mark.parametrize("name", HELD)
def test_whatever_is_held_every_step_is_done_or_says_which(
    busy: Path, name: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    """By a scanner of viruses or the program of a cloud folder, which share nothing; none of it is unforeseen."""
    in_december(monkeypatch)
    there = busy.parent / name if name == EXPORT else busy / name
    path = next(each for each in there.rglob("*") if each.is_file()) if there.is_dir() else there
    unclear: dict[tuple[str, ...], str] = {}
    with held(path, ALONE):
        for step in STEPS:
            code, told = do(busy, *step), capsys.readouterr()
            if code not in (0, 1) and path.name not in told.err:
                unclear[step] = told.err
    assert unclear == {}
    assert left_behind(busy) == []
