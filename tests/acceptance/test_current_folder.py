"""Files of other people that have names of Python modules: wherever they lie, none of them is run."""

import shutil
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from tests.workflow.desk import CYCLE, ISSUED, UNITS, Desk, new_desk, nil
from zwgk_excel.workflow.issuing.generation import generate
from zwgk_excel.workflow.office.workspace import open_workspace
from zwgk_excel.workflow.scheduling.jobs import jobs
from zwgk_excel.workflow.scheduling.running import log_of

pytestmark = pytest.mark.slow

ZWGK = (str(Path(sys.executable).with_name("zwgk")),)
TOWNS = tuple({"name": f"第{number}街道", "kind": "乡镇（街道）"} for number in range(1, 31))
"""So many workbooks that they are made by several processes."""
WORK = (("receive", "attachments"), ("generate", "2026-12"), ("consolidate",))
LOADED = """
    import sys
    from zwgk_excel.cli.main import run
    root, attachments = sys.argv[1:]
    run(["receive", attachments, "-w", root])
    run(["consolidate", "-w", root])
    import concurrent.futures.process, multiprocessing.forkserver, multiprocessing.resource_tracker
    import openpyxl, runpy, xlwings
    from zwgk_excel.workbooks.reading.read_return import read_return
    from zwgk_excel.workflow.workers import reports, readers
    print("\\n--", *sys.modules, sep="\\n")
"""


@pytest.fixture(scope="module")
def prepared(tmp_path_factory) -> Path:
    """A workspace of many units that has a return to take in, and the scheduled job that takes it in."""
    desk = new_desk(tmp_path_factory.mktemp("prepared"))
    desk.set_units([*UNITS, *TOWNS])
    with desk.open() as office:
        generate(office, CYCLE, as_of=ISSUED.date())
    desk.reply("市财政局", "财政局.xlsx", answers={("D02", "2026-11"): nil(), ("D04", "2026-11"): nil()})
    return desk.root.parent


@pytest.fixture(scope="module")
def names(prepared, tmp_path_factory) -> set[str]:
    """The top-level modules of a real run, those of its workers among them."""
    desk = copied(prepared, tmp_path_factory.mktemp("run"))
    told = subprocess.run(
        [sys.executable, "-P", "-c", textwrap.dedent(LOADED), desk.root, desk.root.parent / "attachments"],
        capture_output=True,
        check=True,
    )
    found = {name.partition(".")[0] for name in told.stdout.decode().partition("\n--\n")[2].splitlines()}
    return {name for name in found if name.isidentifier()} - {"__main__", "__mp_main__"}


def copied(prepared: Path, folder: Path) -> Desk:
    return Desk(Path(shutil.copytree(prepared, folder / "桌")) / "工作区", ISSUED)


def lay_traps(folder: Path, names: set[str], ran: Path) -> None:
    """A file for each name that notes that it was run; it needs no module itself."""
    folder.mkdir(exist_ok=True)
    for name in names:
        (folder / f"{name}.py").write_text(f"open({str(ran / name)!r}, 'w').close()\n", encoding="utf-8")


@pytest.fixture
def trapped(prepared, names, tmp_path):
    """The workspace, traps everywhere, and where they note that they were run."""
    ran = tmp_path / "ran"
    ran.mkdir()
    desk = copied(prepared, tmp_path)
    for folder in (desk.root, desk.root / "收件箱", desk.root.parent / "current"):
        lay_traps(folder, names, ran)
    return desk, ran


def started(command, desk: Desk, words, folder: Path) -> int:
    given = [str(desk.root.parent / word) if word == "attachments" else word for word in words]
    done = subprocess.run([*command, *given, "-w", desk.root], cwd=folder, capture_output=True, check=False)
    assert b"Traceback" not in done.stderr, done.stderr.decode()
    return done.returncode


def test_the_names_are_those_that_matter(names):
    assert names >= {"multiprocessing", "zwgk_excel", "openpyxl", "lxml", "json", "sqlite3", "python_calamine"}
    assert len(names) > 200


PLACES = pytest.mark.parametrize("place", ["current", "工作区/收件箱", "工作区"], ids=["current", "inbox", "workspace"])


@PLACES
@pytest.mark.parametrize("words", WORK, ids=lambda words: words[0])
def test_none_is_run(trapped, words, place):
    desk, ran = trapped
    assert started(ZWGK, desk, words, desk.root.parent / place) in (0, 1)
    assert [path.name for path in ran.iterdir()] == []


@PLACES
def test_none_is_run_by_a_scheduled_job(trapped, place):
    desk, ran = trapped
    (job,) = [each for each in jobs(open_workspace(desk.root)) if each.name == "daily"]
    done = subprocess.run(job.command, cwd=desk.root.parent / place, capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (1, b""), done.stdout.decode()
    assert [path.name for path in ran.iterdir()] == []
    assert "consolidate：退出码 1" in log_of(open_workspace(desk.root)).read_text("utf-8")


def test_started_as_a_module_only_our_own_name_is_looked_for_there(prepared, names, tmp_path):
    """``python -m`` itself looks for zwgk_excel, and for what it needs to do so, before any line of ours is run."""
    ran, current = tmp_path / "ran", tmp_path / "current"
    ran.mkdir()
    needed = "import sys, runpy, importlib.util; print(*{name.partition('.')[0] for name in sys.modules})"
    before = subprocess.run([sys.executable, "-P", "-c", needed], capture_output=True, text=True, check=True).stdout
    lay_traps(current, names - {"zwgk_excel", *before.split()}, ran)
    command = (sys.executable, "-m", "zwgk_excel")
    assert started(command, copied(prepared, tmp_path), ("receive", "attachments"), current) == 0
    assert [path.name for path in ran.iterdir()] == []


def test_a_program_that_imports_the_package_has_safe_workers_too(prepared, names, tmp_path):
    ran, current = tmp_path / "ran", tmp_path / "current"
    ran.mkdir()
    lay_traps(current, names, ran)
    desk = copied(prepared, tmp_path)
    (tmp_path / "program.py").write_text(
        textwrap.dedent("""
            import os, sys
            import zwgk_excel as z
            if __name__ == "__main__":
                with z.open_office(sys.argv[1]) as office:
                    assert len(list(z.receive(office, [sys.argv[2]]))) == 1
                assert "PYTHONSAFEPATH" not in os.environ, "whose environment this is"
        """),
        encoding="utf-8",
    )
    arguments = [desk.root, desk.root.parent / "attachments"]
    subprocess.run([sys.executable, tmp_path / "program.py", *arguments], cwd=current, check=True)
    assert [path.name for path in ran.iterdir()] == []
