"""What each system is told, read back the way the system reads it."""

import dataclasses
import os
import plistlib
import shlex
import subprocess
from datetime import time
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.tools import posix_only, require
from zwgk_excel.workflow.errors import UserError
from zwgk_excel.workflow.scheduling.jobs import ScheduledJob
from zwgk_excel.workflow.scheduling.unix import agent, cron_line, units, with_lines
from zwgk_excel.workflow.scheduling.windows import NAMESPACE, task

MONTHLY = ScheduledJob(
    name="monthly",
    label="zwgk-0123abcd-monthly",
    day=3,
    at=time(9, 5),
    command=(
        "/opt/python 3/bin/python",
        "-P",
        "-m",
        "zwgk_excel",
        "schedule",
        "run",
        "monthly",
        "-w",
        "/home/张 三/政务 100%",
    ),
    description="政务公开信息报送：每月任务（/home/张 三/政务 100%）",
)
DAILY = dataclasses.replace(MONTHLY, name="daily", label="zwgk-0123abcd-daily", day=0, at=time(8, 30))

ODD = "/home/a b/100% $HOME ${HOME} \"q\" 'q' \\n `x` #;&|*?~!(政务)"
# Whatever a path may hold but what cannot be seen, which is refused before.
PATHS = st.text(st.characters(exclude_categories=("C", "Z"), include_characters=" "), min_size=1, max_size=30)


def at(job, path):
    return dataclasses.replace(job, command=(*job.command[:-1], path), description=f"x（{path}）")


# --- cron, read by a real shell ---


def run_by_cron(line):
    """The arguments that a command of a crontab gets: cron's own % first, then /bin/sh."""
    command = line.split(" ", 5)[5]
    out, rest = "", command
    while rest:
        if rest.startswith("\\%"):
            out, rest = out + "%", rest[2:]
            continue
        assert not rest.startswith("%"), "cron would end the command here"
        out, rest = out + rest[0], rest[1:]
    program = shlex.split(out, comments=True)[0]
    shown = out.replace(shlex.quote(program), 'printf "%s\\0"', 1)
    done = subprocess.run(["/bin/sh", "-c", shown], capture_output=True, check=True)
    return done.stdout.decode("utf-8").split("\0")[:-1]


@posix_only("a POSIX shell, which cron runs")
@pytest.mark.parametrize("path", ["/home/张 三/政务 100%", ODD])
def test_cron_runs_what_is_meant(path):
    assert run_by_cron(cron_line(at(DAILY, path))) == [*DAILY.command[1:-1], path]


def test_times_of_cron():
    assert cron_line(MONTHLY).startswith("5 9 3 * * ")
    assert cron_line(DAILY).startswith("30 8 * * * ")


def test_only_our_lines_of_a_crontab_change():
    comment, other_workspace = "# zwgk-0123abcd-daily is ours", "0 2 * * * x # zwgk-ffffffff-daily"
    others = f"MAILTO=a@example.cn\n{comment}\n0 1 * * * backup # nightly\n{other_workspace}\n"
    once = with_lines(others, {DAILY.label: cron_line(DAILY), MONTHLY.label: cron_line(MONTHLY)})
    assert once == f"{others}{cron_line(DAILY)}\n{cron_line(MONTHLY)}\n"
    assert with_lines(once, {DAILY.label: cron_line(DAILY), MONTHLY.label: ""}) == f"{others}{cron_line(DAILY)}\n"
    assert with_lines(once, {DAILY.label: "", MONTHLY.label: ""}) == others


# --- systemd ---


@pytest.fixture
def verified(tmp_path):
    """Have systemd read the units of a job; what it complains of, and what it would run."""
    (analyze,) = require("systemd-analyze")

    def verify(job):
        for suffix, text in units(job).items():
            (tmp_path / f"{job.label}{suffix}").write_text(text, encoding="utf-8")
        names = [str(tmp_path / f"{job.label}{suffix}") for suffix in (".service", ".timer")]
        done = subprocess.run(
            [analyze, "verify", "--user", *names],
            capture_output=True,
            text=True,
            check=False,
            env={**os.environ, "XDG_RUNTIME_DIR": str(tmp_path)},
        )
        said = [line for line in done.stderr.splitlines() if job.label in line]
        assert bool(said) == bool(done.returncode), done.stderr
        return "\n".join(said)

    return verify


@pytest.mark.parametrize("job", [MONTHLY, DAILY])
def test_systemd_accepts_the_units(verified, job):
    here = dataclasses.replace(job, command=("/bin/sh", *job.command[1:]))
    assert verified(here) == ""
    assert verified(at(here, ODD)) == ""


def test_a_broken_unit_would_be_noticed(verified):
    """The check above can fail."""
    assert verified(dataclasses.replace(DAILY, command=("bin/no-such-program",))) != ""


def words_of_systemd(line):
    """The words of ExecStart= after systemd's quotes, specifiers and variables (systemd.service, COMMAND LINES)."""
    words: list[str] = []
    text = line.removeprefix("ExecStart=")
    while text:
        assert text[0] == '"'
        word, text = "", text[1:]
        while text[0] != '"':
            pair = text[:2]
            if pair[0] == "\\":
                assert pair[1] in '\\"'
            elif pair[0] in "%$" and (words or pair[0] == "%"):
                assert pair == pair[0] * 2
            if pair[0] == "\\" or (pair[0] in "%$" and pair[0] * 2 == pair):
                word, text = word + pair[1], text[2:]
            else:
                word, text = word + pair[0], text[1:]
        words, text = [*words, word], text[1:].lstrip(" ")
    return tuple(words)


@given(path=PATHS)
def test_systemd_runs_what_is_meant(path):
    job = at(DAILY, path)
    (line,) = (each for each in units(job)[".service"].splitlines() if each.startswith("ExecStart="))
    assert words_of_systemd(line) == job.command


def test_times_of_systemd():
    (analyze,) = require("systemd-analyze")
    for job, expected in ((MONTHLY, "*-*-03 09:05:00"), (DAILY, "*-*-* 08:30:00")):
        line = next(each for each in units(job)[".timer"].splitlines() if each.startswith("OnCalendar="))
        shown = subprocess.run(
            [analyze, "calendar", line.removeprefix("OnCalendar=")], capture_output=True, text=True, check=True
        ).stdout
        assert f"Normalized form: {expected}" in shown


def test_a_python_that_systemd_cannot_start():
    with pytest.raises(UserError, match=r"\$"):
        units(dataclasses.replace(DAILY, command=("/opt/$x/python", "-m")))


# --- Windows ---

WINDOWS = (
    "C:\\Program Files\\Python\\python.exe",
    *DAILY.command[1:-1],
    "D:\\政务 公开\\",
)
ORDER = {
    "Task": ["RegistrationInfo", "Triggers", "Principals", "Settings", "Actions"],
    "CalendarTrigger": ["Enabled", "StartBoundary", "ScheduleByDay", "ScheduleByMonth"],
    "ScheduleByMonth": ["DaysOfMonth", "Months"],
    "Principal": ["UserId", "LogonType", "RunLevel"],
    "Exec": ["Command", "Arguments"],
}
"""Elements as Microsoft's Task Scheduler schema has them; a sequence where the schema is one."""


def windows_words(text):
    """Arguments as CommandLineToArgvW splits them: backslashes count only before a quote."""
    words, word, quoted, slashes, started = [], "", False, 0, False
    for char in f"{text} ":
        if char == "\\":
            slashes, started = slashes + 1, True
            continue
        word += "\\" * (slashes // 2 if char == '"' else slashes)
        odd, slashes = slashes % 2, 0
        if char == '"' and not odd:
            quoted, started = not quoted, True
        elif char == " " and not quoted:
            if started:
                words.append(word)
            word, started = "", False
        else:
            word, started = word + char, True
    return tuple(words)


def parsed(job, exists=lambda _: False):
    content = task(job, "OFFICE\\张三", exists)
    assert content.startswith((b"\xff\xfe", b"\xfe\xff"))
    return ElementTree.fromstring(content.decode("utf-16").partition("?>")[2])


def find(root, path):
    return root.findtext("/".join(f"{{{NAMESPACE}}}{name}" for name in path.split("/")))


@pytest.mark.parametrize("job", [MONTHLY, DAILY])
def test_the_task_has_the_documented_order(job):
    root = parsed(dataclasses.replace(job, command=WINDOWS))
    assert root.tag == f"{{{NAMESPACE}}}Task"
    for element in root.iter():
        name = element.tag.partition("}")[2]
        children = [child.tag.partition("}")[2] for child in element]
        assert children == [each for each in ORDER.get(name, children) if each in children]


def test_what_the_task_says():
    root = parsed(dataclasses.replace(MONTHLY, command=WINDOWS))
    assert find(root, "Principals/Principal/LogonType") == "InteractiveToken"
    assert find(root, "Principals/Principal/UserId") == "OFFICE\\张三"
    assert find(root, "Settings/StartWhenAvailable") == "true"
    assert find(root, "Triggers/CalendarTrigger/ScheduleByMonth/DaysOfMonth/Day") == "3"
    assert find(root, "Triggers/CalendarTrigger/StartBoundary").endswith("T09:05:00")
    assert len(root.find(f".//{{{NAMESPACE}}}Months")) == 12
    assert find(root, "Actions/Exec/Command") == WINDOWS[0]
    assert windows_words(find(root, "Actions/Exec/Arguments")) == WINDOWS[1:]
    assert "assword" not in ElementTree.tostring(root, encoding="unicode")


@given(path=PATHS.filter(lambda path: "%" not in path and "$(" not in path))
def test_windows_runs_what_is_meant(path):
    root = parsed(dataclasses.replace(DAILY, command=(*WINDOWS[:-1], path)))
    assert windows_words(find(root, "Actions/Exec/Arguments"))[-1] == path


def test_no_window_where_python_can_do_without():
    root = parsed(dataclasses.replace(DAILY, command=WINDOWS), exists=lambda path: path.endswith("\\pythonw.exe"))
    assert find(root, "Actions/Exec/Command") == "C:\\Program Files\\Python\\pythonw.exe"


@pytest.mark.parametrize("path", ["D:\\%USERNAME%\\x", "D:\\$(Arg0)"])
def test_what_the_task_scheduler_would_replace_is_refused(path):
    with pytest.raises(UserError, match="变量"):
        task(dataclasses.replace(DAILY, command=(*WINDOWS[:-1], path)), "u", lambda _: False)


# --- macOS ---


def test_the_agent_of_macos():
    content = plistlib.loads(agent(at(MONTHLY, ODD)))
    assert content["ProgramArguments"] == [*MONTHLY.command[:-1], ODD]
    assert content["StartCalendarInterval"] == {"Day": 3, "Hour": 9, "Minute": 5}
    assert "Day" not in plistlib.loads(agent(DAILY))["StartCalendarInterval"]
