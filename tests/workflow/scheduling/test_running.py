"""Scheduled runs: which steps, in which order, what stops the mails, and what is written down."""

import pytest

from tests.terminal import HOSTILE, acting
from tests.workflow.desk import new_desk
from zwgk_excel.domain.periods import Month
from zwgk_excel.workflow.errors import UserError
from zwgk_excel.workflow.office.workspace import open_workspace
from zwgk_excel.workflow.scheduling import running
from zwgk_excel.workflow.scheduling.jobs import arguments, left_out, steps
from zwgk_excel.workflow.scheduling.running import log_of, run_job
from zwgk_excel.workflow.setup.workspace_setup import init_workspace

ALL = '[mail.imap]\nhost = "imap.example.cn"\n[schedule]\nmails = true\n'


@pytest.fixture
def workspace(tmp_path):
    root = init_workspace(tmp_path / "工作区").root

    def with_settings(text):
        (root / "zwgk.toml").write_text(text, encoding="utf-8")
        return open_workspace(root)

    return with_settings


class Steps:
    """Plays zwgk; ``codes`` are the exit codes of the steps."""

    def __init__(self, **codes):
        self.codes, self.ran = codes, []

    def __call__(self, words):
        self.ran.append(words[0])
        return self.codes.get(words[0], 0), f"{words[0]} 说\n"


def test_nothing_is_mailed_unless_the_office_says_so(workspace):
    plain = workspace("").settings
    assert steps(plain, "monthly") == ("generate",)
    assert steps(plain, "daily") == ("consolidate",)
    assert "mails" in left_out(plain, "send")
    everything = workspace(ALL).settings
    assert steps(everything, "monthly") == ("generate", "send")
    assert steps(everything, "daily") == ("fetch", "consolidate", "remind")


def test_only_what_mails_is_told_that_it_is_meant(tmp_path):
    month, root = Month(2026, 11), tmp_path
    assert arguments("generate", root, month) == ("generate", "2026-11", "-w", str(root))
    assert arguments("send", root, month) == ("send", "2026-11", "--yes", "-w", str(root))
    assert arguments("consolidate", root, month) == ("consolidate", "-w", str(root))
    assert "--yes" in arguments("remind", root, month)
    assert "--yes" not in arguments("fetch", root, month)


@pytest.mark.parametrize(
    ("codes", "ran", "code"),
    [
        ({}, ["fetch", "consolidate", "remind"], 0),
        ({"fetch": 1}, ["fetch", "consolidate", "remind"], 1),
        ({"fetch": 2}, ["fetch", "consolidate"], 2),
        ({"consolidate": 2}, ["fetch", "consolidate"], 2),
    ],
)
def test_after_a_failure_nobody_is_reminded(workspace, codes, ran, code):
    played = Steps(**codes)
    opened = workspace(ALL)
    assert run_job(opened, "daily", step=played) == code
    assert played.ran == ran
    log = log_of(opened).read_text(encoding="utf-8")
    assert ("不发信" in log) == (code == 2)
    assert "fetch 说" in log
    assert f"退出码 {code}" in log


@pytest.mark.parametrize("text", HOSTILE)
def test_what_strangers_wrote_does_nothing_where_the_log_is_read(workspace, text):
    opened = workspace(ALL)
    run_job(opened, "daily", step=lambda words: (0, f"{words[0]} 说\n{text}"))
    assert acting(log_of(opened).read_text(encoding="utf-8")) == []


def test_the_log_is_rotated(workspace, monkeypatch):
    monkeypatch.setattr(running, "LOG_BYTES", 200)
    monkeypatch.setattr(running, "LOGS", 2)
    opened = workspace(ALL)
    for _ in range(8):
        run_job(opened, "daily", step=Steps())
    logs = sorted(path.name for path in log_of(opened).parent.iterdir())
    assert logs == ["定时任务.log", "定时任务.log.1", "定时任务.log.2"]


def test_a_log_that_cannot_be_written(workspace):
    opened = workspace(ALL)
    log_of(opened).parent.write_text("a file where the folder should be")
    with pytest.raises(UserError, match="无法写入日志"):
        run_job(opened, "daily", step=Steps())


def test_the_real_steps(tmp_path):
    """generate of this month, in a process of its own; the second time nothing is new."""
    opened = open_workspace(new_desk(tmp_path).root)
    assert run_job(opened, "monthly") == 0
    assert list((opened.root / "发件箱").rglob("*.xlsx"))
    assert run_job(opened, "monthly") == 0
    assert "无变化" in log_of(opened).read_text(encoding="utf-8")
