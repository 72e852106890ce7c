"""``settings list`` and ``settings set``: the button 设置 without the program."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.workflow.desk import new_desk
from zwgk_excel.cli.main import run


def test_a_setting_is_looked_at_changed_and_checked(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    root = new_desk(tmp_path).root

    def zwgk(*arguments: str) -> tuple[int, str]:
        code = run(["settings", *arguments, "-w", str(root)])
        said = capsys.readouterr()
        return code, said.out + said.err

    assert zwgk("set", "联系人", "李科员") == (0, "联系人：（空） → 李科员\n")
    assert zwgk("set", "office.contact", "李科员") == (0, "没有变化。\n")
    found = json.loads(zwgk("list", "--json")[1])
    assert (found["office.contact"], found["deadlines.monthly.due"]) == ("李科员", "25")
    assert "李科员" in zwgk("list")[1]
    before = (root / "zwgk.toml").read_bytes()
    code, said = zwgk("set", "每月报送时限", "下周")
    assert (code, "应为整数" in said) == (2, True)
    assert zwgk("set", "mail.password", "secret")[0] == 2
    code, said = zwgk("set", "办公室名称", "  ")
    assert (code, "办公室名称不能留空" in said) == (2, True)
    code, said = zwgk("set", "deadlines.monthly.final", "10")
    assert (code, "最迟时限不能早于报送时限 25 日" in said, "{" in said) == (2, True, False)
    assert (root / "zwgk.toml").read_bytes() == before
