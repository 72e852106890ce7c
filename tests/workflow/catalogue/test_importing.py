"""标准目录 imported, edited by the office, imported again, exported."""

from __future__ import annotations

import io
from pathlib import Path

import openpyxl
import pytest

from tests.workbooks.catalogue import published as made
from zwgk_excel.workbooks.catalogue.book import read_catalogue
from zwgk_excel.workbooks.catalogue.official_form import official_form, rows_of
from zwgk_excel.workbooks.catalogue.official_tables import read_published
from zwgk_excel.workbooks.catalogue.sample import sample_catalogue
from zwgk_excel.workflow.acts.undoing import undo
from zwgk_excel.workflow.catalogue import carry_out_import, export_catalogue, plan_import
from zwgk_excel.workflow.errors import UserError


def imported(desk, *files: Path, adopt: bool = False):
    with desk.open() as office:
        plan = plan_import(office, files, adopt=adopt)
        if plan.is_change:
            plan = carry_out_import(office, plan, who="王芳")
    return plan


def entries(desk):
    path = desk.root / "标准目录.xlsx"
    return {row["id"]: row for row in read_catalogue(path.read_bytes(), path.name).entries}


def edited(desk, **cells: str) -> None:
    """Cells of 标准目录.xlsx typed over by the office."""
    path = desk.root / "标准目录.xlsx"
    book = openpyxl.load_workbook(path)
    for cell, text in cells.items():
        book["标准目录"][cell] = text
    book.save(path)


def changed_sample(tmp_path, number: int, **cells: str) -> Path:
    """The sample as published a second time, with another text in one entry."""
    rows = [dict(row.cells) for row in read_published(sample_catalogue(), "样表.xlsx").rows]
    rows[number] |= cells
    path = tmp_path / "第二次.xlsx"
    path.write_bytes(official_form(rows_of(rows)))
    return path


def test_the_first_import_makes_the_workbook(desk, sample):
    with desk.open() as office:
        plan = plan_import(office, [sample])
        assert not (desk.root / "标准目录.xlsx").exists(), "nothing is written before it is wanted"
        carry_out_import(office, plan, who="王芳")
    found = entries(desk)
    assert list(found) == [f"M00{n}" for n in range(1, 8)]
    assert found["M003"]["audience"] == "特定群体：在校学生"
    assert found["M004"]["proposed_units"] == "市人社局"
    assert found["M004"]["proposed_duties"] == "D04 稳岗就业"
    assert found["M006"]["proposed_units"] == "各乡镇(街道)", "the desk has no 市民政局"
    assert found["M006"]["proposed_duties"] == "D24 基层信息公开"
    assert not any(row["duties"] or row["units"] for row in found.values()), "the office chooses"


def test_what_is_proposed_is_adopted_where_nothing_is_chosen(desk, sample):
    imported(desk, sample)
    edited(desk, O7="D02 政府采购")
    plan = imported(desk, sample, adopt=True)
    found = entries(desk)
    assert found["M004"]["duties"] == "D02 政府采购"
    assert found["M004"]["units"] == "市人社局"
    assert found["M006"]["duties"] == "D24 基层信息公开"
    assert plan.adopted == 7 - sum(not row["proposed_duties"] for row in found.values())


def test_a_second_import_of_the_same_changes_nothing(desk, sample):
    imported(desk, sample)
    before = (desk.root / "标准目录.xlsx").read_bytes()
    assert not imported(desk, sample).is_change
    assert (desk.root / "标准目录.xlsx").read_bytes() == before


def test_what_the_office_changed_is_kept_and_the_rest_updated(desk, sample, tmp_path):
    imported(desk, sample)
    edited(desk, G4="10个工作日内", R4="与教育局商定", S3="自设", S4="办公室自己的一列")
    again = changed_sample(tmp_path, 0, limit="15个工作日内", content="招生人数和班额", basis="《教育法》")
    plan = imported(desk, again)
    row = entries(desk)["M001"]
    assert (row["limit"], row["remark"]) == ("10个工作日内", "与教育局商定")
    assert (row["content"], row["basis"]) == ("招生人数和班额", "《教育法》")
    kept = {each.key: each.kept for each in plan.update.changed}
    assert kept == {"content": False, "basis": False, "limit": True}
    book = openpyxl.load_workbook(desk.root / "标准目录.xlsx")
    assert book["标准目录"]["S4"].value == "办公室自己的一列"
    assert not imported(desk, again).is_change, "what was kept is told once"


def test_new_entries_stand_below_and_what_is_gone_stays(desk, sample, tmp_path):
    imported(desk, sample)
    rows = [dict(row.cells) for row in read_published(sample_catalogue(), "样表.xlsx").rows][1:3]
    rows.append({**rows[0], "secondary": "新生入学", "content": "报到须知"})
    path = tmp_path / "教育.xlsx"
    path.write_bytes(official_form(rows_of(rows)))
    plan = imported(desk, path)
    assert [each.id for each in plan.update.added] == ["M008"]
    assert [row["id"] for row in plan.update.absent] == ["M001"], "other domains were not in this file"
    found = entries(desk)
    assert found["M001"]["secondary"] == "招生计划"
    assert found["M008"]["secondary"] == "新生入学"


def test_an_entry_that_the_office_took_out_stays_out(desk, sample):
    imported(desk, sample)
    path = desk.root / "标准目录.xlsx"
    book = openpyxl.load_workbook(path)
    book["标准目录"].delete_rows(5)
    book.save(path)
    plan = imported(desk, sample)
    assert [row["secondary"] for row in plan.update.removed] == ["学区划分"]
    assert "M002" not in entries(desk)


def test_the_export_is_imported_again_without_a_change(desk, sample, tmp_path):
    imported(desk, sample)
    with desk.open() as office:
        assert export_catalogue(office, tmp_path / "公布.xlsx") == 7
    plan = imported(desk, tmp_path / "公布.xlsx")
    assert (plan.is_change, plan.update.unchanged) == (False, 7)


def test_an_ended_entry_is_not_exported(desk, sample, tmp_path):
    imported(desk, sample)
    edited(desk, Q4="是")
    with desk.open() as office:
        assert export_catalogue(office, tmp_path / "公布.xlsx") == 6
    written = read_published((tmp_path / "公布.xlsx").read_bytes(), "公布.xlsx")
    assert "招生计划" not in {row["secondary"] for row in written.rows}


def test_several_files_at_once_and_what_is_in_both(desk, tmp_path):
    for name, data in (("甲.xlsx", made.usual()), ("乙.docx", made.document()), ("丙.xlsx", made.usual())):
        (tmp_path / name).write_bytes(data)
    plan = imported(desk, *(tmp_path / name for name in ("甲.xlsx", "乙.docx", "丙.xlsx")))
    assert len(plan.update.added) == 6
    assert [each.code for each in plan.problems].count("catalogue_entry_repeated") == 3


def test_what_cannot_be_read_is_refused_and_nothing_is_written(desk, tmp_path):
    (tmp_path / "坏.xlsx").write_bytes(b"PK\x03\x04")
    (tmp_path / "信.xlsx").write_bytes(made.workbook(("信", [["各单位"]], ())))
    with desk.open() as office:
        for name in ("坏.xlsx", "信.xlsx", "没有.xlsx"):
            with pytest.raises((UserError,)):
                plan_import(office, [tmp_path / name])
    assert not (desk.root / "标准目录.xlsx").exists()


def test_a_catalogue_with_an_id_twice_is_told(desk, sample):
    imported(desk, sample)
    edited(desk, A5="M001")
    with desk.open() as office, pytest.raises(UserError, match="M001"):
        plan_import(office, [sample])


def test_the_workbook_is_the_same_every_time(desk, sample):
    with desk.open() as office:
        first, second = plan_import(office, [sample]).data, plan_import(office, [sample]).data
    assert first == second
    assert openpyxl.load_workbook(io.BytesIO(first)).sheetnames == ["标准目录", "导入原文", "选项"]


def without_imported_texts(desk) -> None:
    path = desk.root / "标准目录.xlsx"
    book = openpyxl.load_workbook(path)
    del book["导入原文"]
    book.save(path)


def imported_texts(desk) -> list[dict[str, str]]:
    path = desk.root / "标准目录.xlsx"
    return sorted((dict(row.cells) for row in read_catalogue(path.read_bytes(), path.name).imported), key=str)


def test_without_its_sheet_of_imported_texts_the_records_say_what_the_office_changed(desk, sample, tmp_path):
    imported(desk, sample)
    imported(desk, changed_sample(tmp_path, 2, limit="每年1月底前"))
    before = imported_texts(desk)
    edited(desk, G4="10个工作日内")
    book = openpyxl.load_workbook(desk.root / "标准目录.xlsx")
    book["标准目录"].delete_rows(5)
    book.save(desk.root / "标准目录.xlsx")
    without_imported_texts(desk)
    rows = [dict(row.cells) for row in read_published(sample_catalogue(), "样表.xlsx").rows]
    rows[0]["limit"] = "15个工作日内"
    rows[2]["limit"] = "每年1月底前"
    (tmp_path / "三.xlsx").write_bytes(official_form(rows_of(rows)))
    plan = imported(desk, tmp_path / "三.xlsx")
    assert [(each.id, each.key, each.kept) for each in plan.update.changed] == [("M001", "limit", True)]
    assert [row["secondary"] for row in plan.update.removed] == ["学区划分"], "not added again"
    assert entries(desk)["M001"]["limit"] == "10个工作日内"
    after = {row["id"]: row for row in imported_texts(desk)}
    assert after == {row["id"]: row for row in before} | {"M001": {**after["M001"], "limit": "15个工作日内"}}
    assert not imported(desk, tmp_path / "三.xlsx").is_change


def test_without_the_sheet_the_same_tables_write_it_again_and_nothing_else(desk, sample):
    imported(desk, sample)
    before, texts = entries(desk), imported_texts(desk)
    without_imported_texts(desk)
    plan = imported(desk, sample)
    assert (plan.update.unchanged, plan.update.changed, plan.update.added) == (7, (), ())
    assert imported_texts(desk) == texts
    assert [row.cells for row in entries(desk).values()] == [row.cells for row in before.values()]


def test_a_row_that_no_import_wrote_is_the_offices(desk, sample, tmp_path):
    imported(desk, changed_sample(tmp_path, 6, secondary="另一事项"))
    row = read_published(sample_catalogue(), "样表.xlsx").rows[6]
    keys = ("domain", "primary", "secondary", "content")
    named = dict(zip(("B11", "C11", "D11", "E11"), (row[key] for key in keys), strict=True))
    edited(desk, A11="M008", G11="办公室写的", **named)
    plan = imported(desk, sample)
    assert [each.key for each in plan.update.changed if each.id == "M008" and each.kept] == ["limit"]
    found = entries(desk)["M008"]
    assert (found["limit"], found["owner"]) == ("办公室写的", row["owner"]), "its empty cells are filled"


def test_a_row_without_a_number_is_told_with_the_next_one_and_stops_nothing(desk, sample, tmp_path):
    imported(desk, sample)
    edited(desk, D11="自己加的", D12="又一个")
    plan = imported(desk, changed_sample(tmp_path, 0, limit="每年1月底前"))
    told = [(each.place.cell, each.action.partition("；")[0]) for each in plan.problems]
    assert told == [("A11:A12", "请从 M008 起接着编")]
    assert entries(desk)["M001"]["limit"] == "每年1月底前"
    book = openpyxl.load_workbook(desk.root / "标准目录.xlsx")
    assert [book["标准目录"][cell].value for cell in ("A11", "D11", "D12")] == [None, "自己加的", "又一个"]
    edited(desk, A11="M008", A12="M009")
    assert imported(desk, sample).problems == ()


def test_new_entries_get_their_numbers_before_what_is_told_of_a_row_without_one(desk, sample, tmp_path):
    imported(desk, sample)
    edited(desk, D11="自己加的")
    plan = imported(desk, changed_sample(tmp_path, 0, secondary="新生入学", content="报到须知"))
    assert [each.id for each in plan.update.added] == ["M008"]
    assert [each.action.partition("；")[0] for each in plan.problems] == ["请从 M009 起接着编"]


def test_a_formula_without_a_value_stops_neither_import_nor_undo_and_is_kept(desk, sample, tmp_path):
    imported(desk, sample)
    edited(desk, E4="=A4&B4", O7="=A1")
    plan = imported(desk, changed_sample(tmp_path, 0, content="另一内容", limit="每年1月底前"), adopt=True)
    assert {(each.code, each.place.cell, each.is_error) for each in plan.problems} == {
        ("cell_formula", "E4", False),
        ("cell_formula", "O7", False),
    }
    assert {each.key: each.kept for each in plan.update.changed} == {"content": True, "limit": False}
    book = openpyxl.load_workbook(desk.root / "标准目录.xlsx")
    assert (book["标准目录"]["E4"].value, book["标准目录"]["O7"].value) == ("=A4&B4", "=A1")
    with desk.open() as office:
        undo(office, plan.act, who="李强", reason="导错了")
    assert entries(desk)["M001"]["limit"] != "每年1月底前"
    with desk.open() as office, pytest.raises(UserError, match="标准目录!E4 读不出来"):
        export_catalogue(office, tmp_path / "公布.xlsx")
