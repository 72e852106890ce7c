"""Killed at any moment, two at once, no room, no permission: nothing lost, nothing twice, nothing half-written.

A run is killed at ten of its steps, with ``ZWGK_LONG=1`` at twenty.
"""

import errno
import io
import json
import os
import shutil
import subprocess
import sys
import zipfile
from datetime import date
from pathlib import Path

import openpyxl
import pytest

from tests.examples import LONG
from tests.tools import ROOT
from tests.workflow.desk import CYCLE, Desk, item, new_desk, nil
from tests.workflow.killed import AT, DIED, NOW, spread
from zwgk_excel.domain.returns import Verdict
from zwgk_excel.layout.columns import layout
from zwgk_excel.workbooks.writing import files
from zwgk_excel.workflow import clock
from zwgk_excel.workflow.consolidation.consolidating import consolidate
from zwgk_excel.workflow.errors import UserError
from zwgk_excel.workflow.intake.receiving import receive
from zwgk_excel.workflow.issuing.generation import generate

pytestmark = pytest.mark.slow

PURCHASES = "D02/市财政局/2026-11"
POINTS = 20 if LONG else 10


def attachments(desk: Desk) -> dict[str, bytes]:
    """One of each: sound, with errors, an archive with a copy in it, no report at all, and an empty file."""
    good = desk.reply("市财政局", "好.xlsx", answers={("D04", "2026-11"): nil()}, items=[item("D02 政府采购")])
    bad = desk.reply("市人社局", "缺.xlsx", items=[item("D04 稳岗就业", final_review=None)])
    other = desk.reply("市政府办", "办.xlsx", items=[item("D01 政策文件")])
    found = {path.name: path.read_bytes() for path in (good, bad)}
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr(zipfile.ZipInfo("金湖/办.xlsx"), other.read_bytes())
        archive.writestr(zipfile.ZipInfo("好.xlsx"), good.read_bytes())
    shutil.rmtree(desk.root.parent / "attachments")
    return found | {"材料.zip": stream.getvalue(), "照片.xlsx": b"\x89PNG\r\n\x1a\n", "空.xlsx": b""}


@pytest.fixture(scope="module")
def prepared(tmp_path_factory) -> Path:
    """A folder with a workspace, and the attachments beside it."""
    folder = tmp_path_factory.mktemp("kill")
    desk = new_desk(folder)
    with desk.open() as office:
        generate(office, CYCLE, as_of=desk.now.date())
    (folder / "附件").mkdir()
    for name, data in attachments(desk).items():
        (folder / "附件" / name).write_bytes(data)
    return folder


@pytest.fixture(scope="module")
def dropped(prepared, tmp_path_factory) -> Path:
    """The same with the attachments dropped into 收件箱, and a tracker in which the office has typed."""
    folder = Path(shutil.copytree(prepared, tmp_path_factory.mktemp("kill") / "汇总"))
    desk = Desk(folder / "工作区", NOW)
    with desk.open() as office:
        consolidate(office, as_of=NOW.date(), who="科员")
    for number, path in enumerate(sorted((folder / "附件").iterdir())):
        shutil.move(path, desk.root / "收件箱" / path.name)
        stamp = clock.to_timestamp(AT) + 60 * number
        os.utime(desk.root / "收件箱" / path.name, (stamp, stamp))
    type_extension(desk)
    return folder


def type_extension(desk: Desk) -> None:
    """The office extends 市财政局's D02 by hand."""
    sheet_layout = layout("tracker")["tracking"]
    path = desk.root / layout("tracker").file_name
    book = openpyxl.load_workbook(path)
    sheet = book[sheet_layout.name]
    header = next(row for row in sheet.iter_rows() if any(c.value == sheet_layout.heading("outcome") for c in row))
    columns = {cell.value: cell.column for cell in header}
    parts = [columns[sheet_layout.heading(key)] for key in ("duty", "unit", "reference")]
    row = next(
        number
        for number in range(header[0].row + 1, sheet.max_row + 1)
        if "/".join(str(sheet.cell(number, column).value) for column in parts) == PURCHASES
    )
    sheet.cell(row, columns[sheet_layout.heading("extended_to")]).value = date(2026, 12, 10)
    book.save(path)


def killed(folder: Path, task: str, *points: int) -> list[dict]:
    command = [sys.executable, "-m", "tests.workflow.killed", str(folder), task, *map(str, points)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


@pytest.mark.slow
@pytest.mark.parametrize(("task", "verdicts"), [("receive", 7), ("consolidate", 7)])
def test_killed_at_any_moment_the_next_run_makes_it_good(prepared, dropped, task, verdicts):
    folder = prepared if task == "receive" else dropped
    (whole,) = killed(folder, task, 0)
    assert whole["died"] == 0
    assert len(whole["state"]["receipts"]) == verdicts
    steps = whole["steps"]
    assert steps >= 20
    points = sorted(spread(steps, POINTS) | {whole["replacing"]})
    assert len(points) >= POINTS
    runs = killed(folder, task, *points)
    assert {(each["died"], each["again"]) for each in runs} == {(DIED, 0)}
    # One died with a file written beside its place, or nothing has been shown.
    assert any(each["left"] for each in runs)
    for point, each in zip(points, runs, strict=True):
        assert each["state"] == whole["state"], f"{task} killed at step {point} of {steps}"


@pytest.fixture
def desk(prepared, tmp_path) -> Desk:
    """A copy of the prepared folder of its own."""
    return Desk(Path(shutil.copytree(prepared, tmp_path / "桌")) / "工作区", NOW)


def take(desk: Desk):
    with desk.open() as office:
        return receive(office, [desk.root.parent / "附件"], received_at=AT)


def verdicts(desk: Desk) -> dict[str, Verdict]:
    with desk.open() as office:
        return {each.name: each.verdict for each in office.ledger.receipts()}


WHOLE = {
    "好.xlsx": Verdict.ACCEPTED,
    "缺.xlsx": Verdict.RETURNED,
    "材料.zip": Verdict.ACCEPTED,
    "材料.zip_解压/办.xlsx": Verdict.ACCEPTED,
    "材料.zip_解压/好.xlsx": Verdict.DUPLICATE,
    "照片.xlsx": Verdict.QUARANTINED,
    "空.xlsx": Verdict.QUARANTINED,
}


def test_two_at_once_are_one_after_the_other_or_refused(desk):
    command = [sys.executable, "-m", "zwgk_excel", "receive", str(desk.root.parent / "附件"), "-w", str(desk.root)]
    both = [subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE) for _ in range(2)]
    said = [each.communicate(timeout=120)[1].decode() for each in both]
    codes = sorted(each.returncode for each in both)
    assert codes in ([0, 1], [1, 2])
    assert "Traceback" not in "".join(said)
    if codes == [1, 2]:
        assert any("另一个 zwgk 正在处理本工作区" in each for each in said)
    # One file came as a copy of one in the archive, in whatever order their own times have.
    assert {**verdicts(desk), **{name: WHOLE[name] for name in ("好.xlsx", "材料.zip_解压/好.xlsx")}} == WHOLE
    assert len(verdicts(desk)) == len(WHOLE)


@pytest.mark.parametrize(
    ("code", "words"), [(errno.ENOSPC, "磁盘已满"), (errno.EACCES, "没有权限"), (errno.EROFS, "只读")]
)
@pytest.mark.parametrize("call", range(1, 7))
def test_no_room_or_no_permission_at_any_write(desk, monkeypatch, code, words, call):
    """The disk fills up, or the folder is read-only, from the n-th file written on."""
    calls, new_file = 0, files._new_file

    def failing(path):
        nonlocal calls
        calls += 1
        if calls >= call:
            raise OSError(code, os.strerror(code), "x")
        return new_file(path)

    with monkeypatch.context() as patch:
        patch.setattr(files, "_new_file", failing)
        with pytest.raises(UserError, match=words) as refused:
            take(desk)
    assert "\n" not in str(refused.value)
    assert set(verdicts(desk).items()) <= set(WHOLE.items())
    assert not list(desk.root.rglob(".zwgk-*"))
    take(desk)
    assert verdicts(desk) == WHOLE


def test_a_disk_that_fills_up_while_the_tracker_is_written(desk, monkeypatch):
    take(desk)

    def full(_):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with desk.open() as office:
        consolidate(office, as_of=date(2026, 12, 1), who="科员")
        before = office.workspace.tracker.read_bytes()
        with monkeypatch.context() as patch:
            patch.setattr(os, "fsync", full)
            with pytest.raises(UserError, match="磁盘已满"):
                consolidate(office, as_of=NOW.date(), who="科员")
        assert office.workspace.tracker.read_bytes() == before
        assert consolidate(office, as_of=NOW.date(), who="科员").written
    assert not list(desk.root.rglob(".zwgk-*"))


def test_a_file_that_another_program_holds_waits_for_the_next_run(desk, monkeypatch):
    for path in (desk.root.parent / "附件").iterdir():
        shutil.move(path, desk.root / "收件箱" / path.name)
    opened = os.open

    def held(path, *options, **named):
        if str(path).endswith("好.xlsx"):
            raise PermissionError(errno.EACCES, "in use", str(path))
        return opened(path, *options, **named)

    with monkeypatch.context() as patch, desk.open() as office:
        patch.setattr(os, "open", held)
        done = consolidate(office, as_of=NOW.date(), who="科员")
    assert [(each.code, each.place.file) for each in done.taken.unread] == [("file_locked", "好.xlsx")]
    assert "好.xlsx" not in verdicts(desk)
    with desk.open() as office:
        again = consolidate(office, as_of=NOW.date(), who="科员")
    assert ([each.name for each in again.taken], again.taken.unread) == (["好.xlsx"], ())


def test_what_a_killed_run_left_is_no_file_and_goes(desk):
    left = desk.root / "收件箱" / ".zwgk-abc.tmp"
    left.write_bytes(b"half")
    take(desk)
    assert not left.exists()
    assert verdicts(desk) == WHOLE


def test_a_copy_keeps_the_files_own_time(desk):
    """It is shown beside that of receipt, which nothing but the ledger says."""
    take(desk)
    places = (desk.root.parent / "附件", desk.root / "收件箱")
    sent, copied = ({path.name: int(path.stat().st_mtime) for path in place.rglob("*.xlsx")} for place in places)
    assert {name: copied[name] for name in sent} == sent
