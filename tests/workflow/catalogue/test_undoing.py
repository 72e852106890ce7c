"""An import of the catalogue is an act: recorded with what it changed, undone cell by cell, finished after a kill."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import openpyxl
import pytest

from tests.workflow.catalogue.test_importing import changed_sample, edited, entries, imported
from zwgk_excel.domain.acts import Act, ActKind
from zwgk_excel.domain.periods import Month
from zwgk_excel.workbooks.catalogue.book import CatalogueRows, read_catalogue
from zwgk_excel.workbooks.catalogue.official_form import official_form, rows_of
from zwgk_excel.workbooks.catalogue.official_tables import read_published
from zwgk_excel.workbooks.catalogue.sample import sample_catalogue
from zwgk_excel.workflow.acts.undoing import preview_undo, undo
from zwgk_excel.workflow.catalogue import carry_out_import, importing, new_tables, plan_import
from zwgk_excel.workflow.errors import UserError
from zwgk_excel.workflow.issuing.generation import generate


def rows(desk) -> list[list[Mapping[str, str]]]:
    path = desk.root / "标准目录.xlsx"
    found = read_catalogue(path.read_bytes(), path.name) if path.exists() else CatalogueRows()
    return [[row.cells for row in each] for each in (found.entries, found.imported)]


def imports(office) -> list[Act]:
    return [each for each in office.ledger.acts() if each.kind is ActKind.IMPORT_CATALOGUE]


def undone(desk, number: int) -> Act:
    with desk.open() as office:
        return undo(office, number, who="李强", reason="导错了").undoing


def test_the_first_import_undone_and_done_again(desk, sample):
    plan = imported(desk, sample, adopt=True)
    after = rows(desk)
    with desk.open() as office:
        (act,) = imports(office)
        assert (act.number, act.who, act.changes[0].subject) == (plan.act, "王芳", "样表.xlsx")
        assert act.changes[0].after.startswith("新增 7 个事项")
        effect = preview_undo(office, plan.act, who="李强", reason="导错了")
        assert (effect.rows, rows(desk)) == ((), after), "looked at only"
    undoing = undone(desk, plan.act)
    assert rows(desk) == [[], []]
    assert undone(desk, undoing.number).changes[0].after == act.changes[0].after
    assert [sorted(map(str, each)) for each in rows(desk)] == [sorted(map(str, each)) for each in after]


def test_undone_the_tables_are_new_again_and_bring_the_same_entries(desk, sample):
    plan = imported(desk, sample)
    before = rows(desk)
    folder = desk.root / "标准目录"
    folder.mkdir()
    (folder / "再来.xlsx").write_bytes(sample.read_bytes())
    with desk.open() as office:
        assert new_tables(office) == ()
    undone(desk, plan.act)
    with desk.open() as office:
        assert [each.name for each in new_tables(office)] == ["再来.xlsx"]
    again = imported(desk, sample)
    assert (len(again.update.added), len(again.update.removed), rows(desk)) == (7, 0, before)


def test_an_update_undone_leaves_what_the_office_typed_elsewhere(desk, sample, tmp_path):
    imported(desk, sample)
    before = entries(desk)
    second = imported(desk, changed_sample(tmp_path, 0, limit="每年1月底前"))
    assert entries(desk)["M001"]["limit"] == "每年1月底前"
    edited(desk, C5="办公室改的")
    undone(desk, second.act)
    assert entries(desk)["M001"].cells == before["M001"].cells
    assert entries(desk)["M002"]["primary"] == "办公室改的"
    third = imported(desk, changed_sample(tmp_path, 0, limit="每年1月底前"))
    assert [(each.id, each.kept) for each in third.update.changed] == [("M001", False)], "not taken for the office's"


def test_a_later_import_of_the_same_cell_is_to_be_undone_first(desk, sample, tmp_path):
    imported(desk, sample)
    second = imported(desk, changed_sample(tmp_path, 0, limit="每年1月底前"))
    third = imported(desk, changed_sample(tmp_path, 0, limit="每年2月底前"))
    hint = f"请先撤销第 {third.act} 号，再撤销第 {second.act} 号"
    with pytest.raises(UserError, match=hint):
        undone(desk, second.act)
    assert entries(desk)["M001"]["limit"] == "每年2月底前"
    undone(desk, third.act)
    undone(desk, second.act)
    assert entries(desk)["M001"]["limit"] not in {"每年1月底前", "每年2月底前"}


def test_a_later_import_of_other_cells_is_not_in_the_way(desk, sample, tmp_path):
    imported(desk, sample)
    second = imported(desk, changed_sample(tmp_path, 0, limit="每年1月底前"))
    rows = [dict(row.cells) for row in read_published(sample_catalogue(), "样表.xlsx").rows]
    rows[0]["limit"], rows[1]["limit"] = "每年1月底前", "每年2月底前"
    (tmp_path / "三.xlsx").write_bytes(official_form(rows_of(rows)))
    imported(desk, tmp_path / "三.xlsx")
    undone(desk, second.act)
    assert entries(desk)["M002"]["limit"] == "每年2月底前"
    again = imported(desk, changed_sample(tmp_path, 0, limit="每年1月底前"))
    edited(desk, G4="办公室改的")
    with pytest.raises(UserError, match="标准目录!G4：“M001”的公开时限现在是“办公室改的”"):
        undone(desk, again.act)


def test_what_was_typed_into_a_row_since_is_not_lost(desk, sample):
    plan = imported(desk, sample)
    book = openpyxl.load_workbook(desk.root / "标准目录.xlsx")
    page = book["标准目录"]
    column = next(cell.column for cell in page[3] if cell.value == "责任事项")
    cell = page.cell(5, column, "D04 稳岗就业")
    book.save(desk.root / "标准目录.xlsx")
    before = rows(desk)
    with pytest.raises(UserError, match=f"标准目录!{cell.coordinate}：“M002”的责任事项现在是“D04 稳岗就业”"):
        undone(desk, plan.act)
    assert rows(desk) == before
    with desk.open() as office:
        assert [each.undone_by for each in imports(office)] == [0]


def test_entries_that_a_month_was_issued_with_stay(desk, sample, tmp_path):
    first = imported(desk, sample, adopt=True)
    with desk.open() as office:
        generate(office, Month(2026, 12), as_of=desk.now.date())
    with pytest.raises(UserError, match="2026-12 的报送表已按其中的目录事项（M004、M005、M006）下发；不再公开的，请在"):
        undone(desk, first.act)
    second = imported(desk, changed_sample(tmp_path, 3, limit="每年1月底前"))
    undone(desk, second.act)
    assert entries(desk)["M004"]["limit"] != "每年1月底前", "texts are not what the month was issued with"


def test_a_number_given_to_another_entry_meanwhile_is_not_given_back(desk, sample, tmp_path):
    undoing = undone(desk, imported(desk, sample).act)
    later = imported(desk, changed_sample(tmp_path, 0, primary="另一事项"))
    before = rows(desk)
    with pytest.raises(UserError, match=f"请先撤销第 {later.act} 号，再撤销第 {undoing.number} 号"):
        undone(desk, undoing.number)
    assert rows(desk) == before
    undone(desk, later.act)
    edited(desk, A4="M001", D4="办公室自己的事项")
    with pytest.raises(UserError, match="目录编号“M001”写法不对，或与别的重复"):
        undone(desk, undoing.number)


def test_a_killed_import_is_finished_when_the_office_is_opened_next(desk, sample, monkeypatch):
    def killed(path: Path, data: bytes) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch, desk.open() as office:
        patch.setattr(importing, "write_atomic", killed)
        plan = plan_import(office, [sample], adopt=True)
        with pytest.raises(KeyboardInterrupt):
            carry_out_import(office, plan, who="王芳")
    assert not (desk.root / "标准目录.xlsx").exists()
    with desk.open() as office:
        (act,) = imports(office)
        assert office.ledger.table_edit() is None
    finished = rows(desk)
    assert len(finished[0]) == 7
    undone(desk, act.number)
    imported(desk, sample, adopt=True)
    assert rows(desk) == finished


def test_a_catalogue_changed_since_it_was_looked_at_is_not_written(desk, sample, tmp_path):
    imported(desk, sample)
    with desk.open() as office:
        plan = plan_import(office, [changed_sample(tmp_path, 0, limit="每年1月底前")])
        edited(desk, C5="办公室改的")
        with pytest.raises(UserError, match="”刚刚有改动"):
            carry_out_import(office, plan, who="王芳")
        assert len(imports(office)) == 1
    assert entries(desk)["M002"]["primary"] == "办公室改的"


def test_the_office_that_imported_has_the_entries(desk, sample):
    with desk.open() as office:
        carry_out_import(office, plan_import(office, [sample], adopt=True), who="王芳")
        generate(office, Month(2026, 12), as_of=desk.now.date())
        assert office.issues.issue(Month(2026, 12)).entries
