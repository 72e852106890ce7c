"""zwgk schedule as a person sees it."""

import json

import pytest

from zwgk_excel.cli.main import run
from zwgk_excel.workflow.scheduling import installing
from zwgk_excel.workflow.scheduling.systems import Computer
from zwgk_excel.workflow.setup.workspace_setup import init_workspace


@pytest.fixture
def zwgk(tmp_path, capsys, monkeypatch):
    """schedule in a new workspace, on a computer whose crontab is a variable."""
    root, table = init_workspace(tmp_path / "工作区").root, [b""]

    def crontab(command, given):
        if command[-1] == "-":
            table[0] = given
        return 0, table[0]

    monkeypatch.setattr(
        installing, "this_computer", lambda system="": Computer(system or "cron", tmp_path / "home", "u", crontab)
    )

    def call(*arguments):
        code = run(["schedule", *arguments, "-w", str(root)])
        said = capsys.readouterr()
        return code, json.loads(said.out) if "--json" in arguments else said.out, said.err.strip()

    return call


def test_from_nothing_to_nothing(zwgk):
    code, said, _ = zwgk("show")
    assert code == 1
    assert "每月 1 日 09:00：generate（未安装）" in said
    assert "不执行 send：没有允许定时任务发信" in said
    assert zwgk("install")[0] == 0
    code, entries, _ = zwgk("show", "--json")
    assert (code, [(e["job"], e["steps"], e["current"]) for e in entries]) == (
        0,
        [("monthly", ["generate"], True), ("daily", ["consolidate"], True)],
    )
    assert "2 项" in zwgk("remove")[1]
    assert "没有安装" in zwgk("remove")[1]


def test_the_help_is_whole(zwgk, capsys):
    assert run(["schedule", "--help"]) == 0
    assert "写在 zwgk.toml 里" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("system", "words"),
    [("windows", "<LogonType>InteractiveToken"), ("systemd", "OnCalendar=*-*-01 09:00:00"), ("launchd", "<key>Label")],
)
def test_what_another_computer_would_be_told(zwgk, tmp_path, system, words):
    code, texts, _ = zwgk("install", "--print", "--system", system, "--json")
    assert code == 0
    assert words in "".join(texts.values())
    assert not (tmp_path / "home").exists()
    assert zwgk("show")[0] == 1


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["install", "--system", "windows"], "--print"),
        (["install", "--print", "--system", "at"], "systemd"),
        (["run", "weekly"], "monthly"),
    ],
)
def test_wrong_usage(zwgk, arguments, words):
    code, out, err = zwgk(*arguments)
    assert (code, out) == (2, "")
    assert words in err
