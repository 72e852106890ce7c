"""Installing, showing and removing: with a real crontab program of our own, and with systems that are played."""

import stat
import subprocess
import sys
from pathlib import Path

import pytest

from tests.tools import posix_only
from zwgk_excel.workflow.errors import UserError
from zwgk_excel.workflow.office.workspace import open_workspace
from zwgk_excel.workflow.scheduling.installing import install, printed, remove, show
from zwgk_excel.workflow.scheduling.jobs import jobs
from zwgk_excel.workflow.scheduling.systems import Computer
from zwgk_excel.workflow.setup.workspace_setup import init_workspace

ALL = '[mail.imap]\nhost = "imap.example.cn"\n[schedule]\nmails = true\n'


@pytest.fixture
def root(tmp_path):
    made = init_workspace(tmp_path / "政务 公开 100%").root
    (made / "zwgk.toml").write_text(ALL, encoding="utf-8")
    return made


@pytest.fixture
def workspace(root):
    return open_workspace(root)


@pytest.fixture
def cron(tmp_path):
    """A computer whose crontab command keeps the table in a file."""
    kept, program = tmp_path / "crontab.txt", tmp_path / "crontab"
    kept.write_text("MAILTO=a@example.cn\n")
    program.write_text(
        f'#!/bin/sh\nif [ "$1" = -l ]; then cat "{kept}"; else cat > "{kept}.new"; mv "{kept}.new" "{kept}"; fi\n'
    )
    program.chmod(program.stat().st_mode | stat.S_IXUSR)

    def run(command, given):
        done = subprocess.run([str(tmp_path / command[0]), *command[1:]], input=given, capture_output=True, check=False)
        return done.returncode, done.stdout + done.stderr

    return Computer("cron", tmp_path / "home", "u", run), kept


class Played:
    """A system that takes every command and remembers what is registered."""

    def __init__(self, home, system, fails=""):
        self.called, self.known, self.fails = [], set(), fails
        self.computer = Computer(system, home, "OFFICE\\u", self.run)

    def run(self, command, given):
        line = " ".join(command)
        self.called.append(line)
        label = next(
            (
                word.split("\\")[-1].removesuffix(".timer")
                for word in command
                if "zwgk-" in word and "/home" not in word
            ),
            "",
        )
        if self.fails and self.fails in line:
            return 1, "拒绝访问".encode("oem" if sys.platform == "win32" else "utf-8")
        if any(word in line for word in ("/query", "is-enabled", "launchctl list")):
            return (0 if label in self.known else 1), b""
        if any(word in line for word in ("/delete", "disable", "launchctl remove")):
            self.known.discard(label)
        elif any(word in line for word in ("/create", "enable")):
            self.known.add(label)
        elif "launchctl load" in line:
            self.known.add(Path(command[-1]).stem)
        return 0, b""


def files(home):
    return {path for path in home.rglob("*") if path.is_file()} if home.exists() else set()


def marks(entries):
    """Each job by its name: whether the computer has it, and has it as it should be."""
    return {entry.job.name: (entry.installed, entry.current) for entry in entries}


crontab = posix_only("crontab, a script that stands for it")
IN_PLACE = {"monthly": (True, True), "daily": (True, True)}


@crontab
def test_a_crontab_keeps_everything_else(workspace, cron):
    computer, kept = cron
    before = kept.read_text()
    assert [entry.installed for entry in show(workspace, computer)] == [False, False]
    assert [(entry.installed, entry.current) for entry in install(workspace, computer)] == [(True, True)] * 2
    once = kept.read_text()
    install(workspace, computer)
    assert kept.read_text() == once
    assert printed(workspace, computer)["crontab"] == once.removeprefix(before)
    assert len(remove(workspace, computer)) == 2
    assert kept.read_text() == before
    assert remove(workspace, computer) == ()


@pytest.mark.parametrize("system", ["windows", "systemd", "launchd"])
def test_install_show_remove(workspace, tmp_path, system):
    played = Played(tmp_path / "home", system)
    assert marks(install(workspace, played.computer)) == IN_PLACE
    written = files(tmp_path / "home")
    assert len(written) == (4 if system == "systemd" else 2)
    install(workspace, played.computer)
    assert files(tmp_path / "home") == written
    assert set(printed(workspace, played.computer)) == {str(path) for path in written}
    assert len(remove(workspace, played.computer)) == 2
    assert files(tmp_path / "home") == set()
    assert played.known == set()


def test_settings_that_changed_are_noticed(root, tmp_path):
    played = Played(tmp_path / "home", "systemd")
    install(open_workspace(root), played.computer)
    (root / "zwgk.toml").write_text(ALL + 'daily_at = "10:00"\n', encoding="utf-8")
    changed = open_workspace(root)
    assert [(e.job.name, e.current) for e in show(changed, played.computer)] == [("monthly", True), ("daily", False)]
    assert marks(install(changed, played.computer)) == IN_PLACE


def test_a_job_without_steps_is_taken_out(root, tmp_path):
    played = Played(tmp_path / "home", "systemd")
    install(open_workspace(root), played.computer)
    (root / "zwgk.toml").write_text("[schedule]\nmonthly = []\n", encoding="utf-8")
    assert [entry.job.name for entry in install(open_workspace(root), played.computer)] == ["daily"]
    assert {label.rpartition("-")[2] for label in played.known} == {"daily"}


@crontab
def test_two_workspaces_do_not_mix(workspace, tmp_path, cron):
    computer, _ = cron
    other = init_workspace(tmp_path / "其他").root
    (other / "zwgk.toml").write_text(ALL, encoding="utf-8")
    install(workspace, computer)
    install(open_workspace(other), computer)
    remove(open_workspace(other), computer)
    assert marks(show(workspace, computer)) == IN_PLACE


def test_a_system_that_refuses(workspace, tmp_path):
    played = Played(tmp_path / "home", "windows", fails="/create")
    with pytest.raises(UserError, match=r"schtasks：拒绝访问.*--print"):
        install(workspace, played.computer)
    played.fails = ""
    assert marks(install(workspace, played.computer)) == IN_PLACE


def test_a_computer_without_cron(workspace, tmp_path):
    def run(command, given):
        raise FileNotFoundError(command[0])

    with pytest.raises(UserError, match="不能使用 crontab"):
        install(workspace, Computer("cron", tmp_path, "u", run))


@posix_only("a path with a line break, which Windows forbids")
def test_a_path_that_cannot_be_seen(tmp_path):
    made = init_workspace(tmp_path / "a\nb")
    with pytest.raises(UserError, match="不可见"):
        jobs(made)


def test_unknown_system(workspace, tmp_path):
    with pytest.raises(UserError, match="systemd"):
        printed(workspace, Computer("at", tmp_path, "u", lambda *_: (0, b"")))
