"""汇总 over a tracker with what offices and their programs put into it: kept, or stopped before anything is changed."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.workbooks.tracker.previous import office_parts as parts
from tests.workbooks.tracker.previous.office_parts import MAKERS, names_in, text_of, with_sheet
from tests.workflow.desk import Desk, item
from zwgk_excel.layout.columns import layout
from zwgk_excel.workflow.consolidation.consolidating import ConsolidationResult, consolidate
from zwgk_excel.workflow.errors import UserError

TRACKER = layout("tracker").file_name


def run(desk: Desk) -> ConsolidationResult:
    with desk.open() as office:
        return consolidate(office, as_of=None, who="科员")


@pytest.fixture
def path(sent: Desk) -> Path:
    """The tracker of a desk, with a sheet of the office's."""
    run(sent)
    path = sent.root / TRACKER
    path.write_bytes(with_sheet(path.read_bytes()))
    return path


def arrive(desk: Desk) -> None:
    """A return lies in 收件箱."""
    made = desk.reply("市财政局", "回复.xlsx", items=[item("D02 政府采购")])
    (desk.root / "收件箱" / "回复.xlsx").write_bytes(made.read_bytes())


@pytest.mark.parametrize("name", ["宏", "数字签名", "共享工作簿的修订记录"])
def test_what_would_be_lost_stops_before_anything_is_taken_in(sent: Desk, path: Path, name: str):
    before = MAKERS[name].make(path.read_bytes())
    path.write_bytes(before)
    arrive(sent)
    with pytest.raises(UserError) as caught:
        run(sent)
    assert name in str(caught.value)
    assert "从备份恢复" not in str(caught.value)
    assert str(caught.value).endswith("什么也没有改动。")
    assert path.read_bytes() == before
    with sent.open() as office:
        assert list(office.ledger.receipts()) == []


def test_queries_and_pictures_survive_while_returns_are_taken_in(sent: Desk, path: Path):
    path.write_bytes(parts.wps_pictures(parts.power_query(path.read_bytes())))
    arrive(sent)
    done = run(sent)
    assert (len(done.taken), done.notes) == (1, ())
    result = path.read_bytes()
    assert {"customXml/item1.xml", "xl/connections.xml", "xl/cellimages.xml"} <= names_in(result)
    assert "DISPIMG" in text_of(result)
    assert not run(sent).written, "a second run changes no byte"


def test_a_tracker_that_wps_saved_comes_through_without_a_remark(sent: Desk, path: Path):
    saved = parts.as_wps_saves(path.read_bytes())
    path.write_bytes(saved)
    done = run(sent)
    assert (done.notes, [each.code for each in done.problems]) == ((), [])
    result = path.read_bytes()
    assert {"xl/cellimages.xml", "docProps/custom.xml"} <= names_in(result)
    assert 'etc:docId val="9f2c"' in text_of(result)
    assert "etc:autoFilterAnalysis" in text_of(result), "of the office's own sheet"
    assert not run(sent).written


@pytest.mark.parametrize("name", ["总台账.xlsm", "总台账.et", "总台账.ods"])
def test_a_tracker_in_another_format_beside_ours_is_told_of(sent: Desk, path: Path, name: str):
    (sent.root / name).write_bytes(path.read_bytes())
    (note,) = run(sent).notes
    assert f"“{name}”中的内容没有读入" in note
