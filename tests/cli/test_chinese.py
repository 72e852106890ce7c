"""Typer in Chinese: every word that it would show is set or hooked, and nothing is patched."""

import re
from pathlib import Path

import pytest

import zwgk_excel
from zwgk_excel.cli.chinese import WORDS
from zwgk_excel.cli.main import run


def test_every_setting_of_typer_that_holds_words_has_chinese_ones(capsys):
    assert run(["--help"]) == 0
    from typer import rich_utils

    worded = {name for name in vars(rich_utils) if re.fullmatch(r"[A-Z_]+_(STRING|TITLE|TEXT|HELP)", name)}
    shown = {name: re.sub(r"\{.*?\}", "", getattr(rich_utils, name)) for name in worded}
    assert set(WORDS) <= worded
    assert not [name for name, text in shown.items() if re.search("[A-Za-z]", text)]


@pytest.mark.parametrize("group", [[], ["schedule"], ["rectify"], ["addin"]])
def test_groups(capsys, group):
    run([*group, "--help"])
    shown = capsys.readouterr().out
    assert "─ 选项 " in shown
    assert "─ 命令 " in shown
    assert not re.search(r"… *│$", shown, re.M)


def test_what_is_longer_than_a_line_goes_on_in_the_next(capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    run(["--help"])
    shown = "".join(re.sub(r"[│\s]", "", line) for line in capsys.readouterr().out.splitlines())
    assert "先预览，加--yes才发出。extend" in shown
    assert "撤销也可以再撤销。" in shown


def test_what_is_required_and_what_is_usual(capsys):
    assert run(["plan", "--help"]) == 0
    shown = capsys.readouterr().out
    assert "─ 参数 " in shown
    assert "[必填]" in shown
    assert "[默认：.]" in shown


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["plann"], "没有命令 plann，是不是 plan；用法见 --help。"),
        (["甲乙"], "没有命令 甲乙；用法见 --help。"),
        (["plan"], "缺少参数 月份；用法见 --help。"),
        (["plan", "2026-11", "more", "还有"], "多出了 more 还有；用法见 --help。"),
        (["plan", "2026-11", "--foo"], "没有选项 --foo；用法见 --help。"),
        (["plan", "2026-11", "--as"], "没有选项 --as，是不是 --as-of；用法见 --help。"),
        (["plan", "2026-11", "-w"], "选项 -w 后面要有值；用法见 --help。"),
        (["plan", "2026-11", "--json=是"], "选项 --json 后面不写值；用法见 --help。"),
        (["bulletin", "2026-11", "--as-of"], "选项 --as-of 后面要有值；用法见 --help。"),
        (["rectify", "close", "三"], "号数（整改编号，见 zwgk rectify list）应为数字；用法见 --help。"),
        (["rectify", "opne"], "没有命令 opne；用法见 --help。"),
    ],
)
def test_sentences(capsys, arguments, sentence):
    assert run(arguments) == 2
    assert "".join(capsys.readouterr().err.splitlines()) == sentence


def test_nothing_is_patched_in_the_package():
    sources = Path(zwgk_excel.__file__).parent.rglob("*.py")
    assert not [path.name for path in sources if re.search(r"\bunittest\b|\bmock\b", path.read_text(encoding="utf-8"))]
