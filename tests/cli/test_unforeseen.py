"""The last resort: what nobody foresaw is one Chinese sentence, and the details are in a log."""

import errno
import sys

import pytest

from tests.terminal import HOSTILE, acting
from zwgk_excel.cli import main
from zwgk_excel.cli.chinese import typer


@pytest.fixture
def ends_with(monkeypatch, tmp_path):
    """Runs ``zwgk`` with a command that raises; gives the exit code. The log is in ``tmp_path / "own"``."""
    monkeypatch.setenv("ZWGK_CONFIG_DIR", str(tmp_path / "own"))
    monkeypatch.setattr(sys, "argv", ["zwgk"])

    def run(error):
        app = typer.Typer()

        @app.command()
        def fails():
            raise error

        monkeypatch.setattr(main, "app", app)
        with pytest.raises(SystemExit) as ended:
            main.main()
        return ended.value.code

    return run


def test_the_details_are_in_the_log(ends_with, capsys, tmp_path):
    assert ends_with(ZeroDivisionError("1/0")) == 3
    log = tmp_path / "own" / "zwgk.log"
    shown = capsys.readouterr()
    assert shown.out == ""
    assert "Traceback" not in shown.err
    assert "意外的错误。" in shown.err
    assert str(log) in shown.err
    assert ends_with(KeyError("二")) == 3
    kept = log.read_text(encoding="utf-8")
    assert ("ZeroDivisionError: 1/0" in kept, "KeyError: '二'" in kept) == (True, True)


def test_without_a_log_they_are_shown(ends_with, capsys, tmp_path):
    (tmp_path / "own").write_text("no folder")
    assert ends_with(ZeroDivisionError("1/0")) == 3
    shown = capsys.readouterr().err
    assert shown.index("Traceback") < shown.index("详情见上")


@pytest.mark.parametrize("text", HOSTILE)
def test_what_strangers_wrote_does_nothing_where_the_log_is_read(ends_with, tmp_path, text):
    ends_with(ValueError(text))
    assert acting((tmp_path / "own" / "zwgk.log").read_text(encoding="utf-8")) == []


def test_ctrl_c_is_told(ends_with, capsys):
    assert ends_with(KeyboardInterrupt()) == 130
    assert capsys.readouterr().err.strip() == "已中断；已写好的文件都是完整的，可再次运行。"


def test_a_file_that_is_held_is_foreseen_wherever_it_is_read(ends_with, capsys, tmp_path):
    """Another program has it open, and the step that reads it says nothing of that itself."""
    assert ends_with(PermissionError(errno.EACCES, "Permission denied", "D:\\甲\\通报.docx")) == 2
    shown = capsys.readouterr().err.replace("\n", "")
    assert "“D:\\甲\\通报.docx”不能读写：没有权限，或正被其他程序打开" in shown
    assert not (tmp_path / "own").exists()
    assert ends_with(PermissionError(errno.EPERM, "a call, and no file")) == 3
