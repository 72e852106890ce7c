"""``zwgk consolidate`` over a tracker with what it cannot keep: one sentence, exit 2, nothing changed."""

from __future__ import annotations

from tests.workbooks.tracker.previous import office_parts as parts
from zwgk_excel.cli.main import run
from zwgk_excel.layout.columns import layout


def test_what_would_be_lost_is_one_sentence_and_nothing_is_changed(zwgk, desk, capsys):
    zwgk("generate", "2026-11")
    zwgk("consolidate")
    path = desk.root / layout("tracker").file_name
    made = parts.macros(parts.with_sheet(path.read_bytes()))
    path.write_bytes(made)
    assert run(["consolidate", "-w", str(desk.root)]) == 2
    told = "".join(capsys.readouterr().err.split())
    assert "含有宏" in told
    assert "什么也没有改动" in told
    assert path.read_bytes() == made
