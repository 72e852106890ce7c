"""The mark-up: marks, comments and the list are there; everything else is what it was."""

from __future__ import annotations

import io
import re
import struct
import zipfile
import zlib
from typing import Any

import openpyxl
import pytest
import xlsxwriter
from lxml import etree

from tests.ooxml import VERSIONS, validate_all
from tests.workbooks.report_sample import content, item
from tests.workbooks.sheets import zipped
from tests.xlsx_lint import lint
from zwgk_excel.domain.problems import Place, Problem, merged, problem
from zwgk_excel.layout.columns import layout
from zwgk_excel.layout.words import word
from zwgk_excel.workbooks import style
from zwgk_excel.workbooks.markup.cells import areas_in, by_cell, complaints
from zwgk_excel.workbooks.markup.opinions import is_opinions
from zwgk_excel.workbooks.markup.sheet import opinions_workbook
from zwgk_excel.workbooks.markup.workbook import NotEditable, mark_up
from zwgk_excel.workbooks.report.filling import fill, type_into
from zwgk_excel.workbooks.report.workbook import report_workbook

MARKUP, ITEMS, TASKS = layout("markup")["opinions"], layout("report")["items"].name, layout("report")["tasks"].name
HEADER, FIRST = 3, 4
START, END = (layout("markup").settings["comment"][key] for key in ("start", "end"))


def at(sheet: str, cell: str = "") -> Place:
    return Place("回复.xlsx", sheet, cell)


DATE = problem("date_form", at(ITEMS, "F5"), heading="发布日期", value="3月")
LINK = problem("link_form", at(ITEMS, "G5"), heading="发布链接", value="=1+1")
REVIEWER = problem("item_reviewer_repeated", at(ITEMS, "L7"), first="初审人", second="复审人", value="李四")
STATEMENT = problem("nil_without_statement", at(TASKS, "I4"), value="D01 政策文件")
VANISHED = problem("items_vanished", at(""), title="旧信息", task="D02 政府采购")
NOTE = problem("normalised", at(ITEMS, "E4"), heading="形成日期", value="2026.3.1", result="2026-03-01")
PROBLEMS = [REVIEWER, DATE, NOTE, LINK, VANISHED, STATEMENT]


@pytest.fixture(scope="module")
def returned() -> bytes:
    items: list[Any] = [item(), item(published_on="3月", url="=1+1"), item(title=None), item(second_review="李四")]
    return fill(report_workbook(content()), answers={("D01", "2026-11"): {"status": "本期无更新"}}, items=items)


@pytest.fixture(scope="module")
def marked(returned: bytes) -> bytes:
    return mark_up(returned, PROBLEMS, title="市政府办2026年11月信息报送表", author="大冶市公开办")


def opened(data: bytes) -> openpyxl.Workbook:
    return openpyxl.load_workbook(io.BytesIO(data), rich_text=False)


def parts(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def canonical(part: bytes) -> bytes:
    return etree.tostring(etree.fromstring(part), method="c14n")


def look(cell) -> tuple[str, str]:
    return cell.fill.fgColor.rgb, cell.border.left.style


RED, AMBER = (f"FF{colour.lstrip('#')}" for colour in (style.RED_FILL, style.AMBER_FILL))


# --- what is to be seen ------------------------------------------------------------------------


def test_cells_are_marked_by_fill_and_by_frame(returned, marked):
    before, after = opened(returned), opened(marked)
    for each in (DATE, LINK, STATEMENT):
        assert look(after[each.place.sheet][each.place.cell]) == (RED, "medium")
    assert look(after[ITEMS]["L7"]) == (AMBER, "mediumDashed")
    for sheet in (ITEMS, TASKS):
        changed = {
            cell.coordinate
            for row in after[sheet].iter_rows(max_row=20)
            for cell in row
            if look(cell) != look(before[sheet][cell.coordinate])
        }
        assert changed == {p.place.cell for p in PROBLEMS if p.place.sheet == sheet and p is not NOTE}


def test_a_mark_keeps_the_number_format_protection_and_alignment(returned, marked):
    for cell in ("F5", "G5", "L7"):
        before, after = opened(returned)[ITEMS][cell], opened(marked)[ITEMS][cell]
        assert after.number_format == before.number_format
        assert after.protection.locked is before.protection.locked is False
        assert (after.alignment.wrap_text, after.alignment.horizontal) == (
            before.alignment.wrap_text,
            before.alignment.horizontal,
        )
        assert repr(after.font) == repr(before.font)


def test_comments_say_what_is_expected(marked):
    comment = opened(marked)[ITEMS]["F5"].comment
    assert comment.author == "大冶市公开办"
    assert all(text in comment.text for text in (DATE.found, DATE.expected, DATE.action, word("severity", "error")))
    assert comment.width > 100
    commented = [cell.coordinate for row in opened(marked)[ITEMS].iter_rows() for cell in row if cell.comment]
    assert commented == ["F5", "G5", "L7"]


def test_the_first_sheet_lists_errors_then_warnings_without_notes(marked):
    book = opened(marked)
    assert book.sheetnames[0] == MARKUP.name
    assert book.active.title == MARKUP.name
    page = book.worksheets[0]
    assert [cell.value for cell in page[HEADER]] == [column.heading for column in MARKUP]
    listed = [[cell.value for cell in row] for row in page.iter_rows(min_row=FIRST)]
    assert [row[MARKUP.index("found")] for row in listed] == [
        each.found for each in (DATE, LINK, STATEMENT, REVIEWER, VANISHED)
    ]
    assert [row[MARKUP.index("number")] for row in listed] == [1, 2, 3, 4, 5]
    assert [row[MARKUP.index("severity")][2:] for row in listed] == ["错误"] * 3 + ["提醒"] * 2
    assert "3 处必须改正" in page["A2"].value
    assert "2 处请核对" in page["A2"].value
    assert "市政府办2026年11月" in page["A1"].value


def test_every_line_links_to_its_cell(marked):
    page = opened(marked).worksheets[0]
    column = MARKUP.index("cell") + 1
    links = [page.cell(row, column).hyperlink for row in range(FIRST, FIRST + 5)]
    assert [link.location if link else None for link in links] == [
        f"'{ITEMS}'!F5",
        f"'{ITEMS}'!G5",
        f"'{TASKS}'!I4",
        f"'{ITEMS}'!L7",
        None,
    ]
    assert all(link is None or link.target is None for link in links)


def test_text_that_looks_like_a_formula_is_text(marked):
    hostile = problem("text_outside", at(ITEMS, "S9"), value="x")
    found = ("=HYPERLINK(\"http://x\")", "+1", "-1", "@SUM(1)", "\t=1", "a\x00b\x0bc", "长" * 40_000)
    problems = [Problem(hostile.code, hostile.severity, hostile.place, text, text, text) for text in found]
    data = mark_up(report_workbook(content()), problems, title="=1+1", author="=2")
    page = opened(data).worksheets[0]
    assert {cell.data_type for row in page.iter_rows() for cell in row if cell.value is not None} <= {"s", "n"}
    assert page.cell(FIRST, MARKUP.index("found") + 1).value == found[0]
    assert max(len(str(cell.value)) for row in page.iter_rows() for cell in row) <= style.CELL_LIMIT
    assert found[0] in opened(data)[ITEMS]["S9"].comment.text
    assert b"<f>" not in first_sheet(data)


def first_sheet(data: bytes) -> bytes:
    """The part of the first sheet."""
    names = [name for name in parts(data) if name.startswith("xl/worksheets/sheet")]
    (found,) = [parts(data)[name] for name in names if "修改意见".encode() in parts(data)[name][:6000]]
    return found


# --- what is to stay ---------------------------------------------------------------------------


def test_only_the_parts_that_must_change_do(returned, marked):
    before, after = parts(returned), parts(marked)
    assert before.keys() <= after.keys()
    changed = {name for name in before if before[name] != after[name]}
    assert changed == {
        "[Content_Types].xml",
        "xl/workbook.xml",
        "xl/_rels/workbook.xml.rels",
        "xl/styles.xml",
        "xl/worksheets/sheet1.xml",  # was the selected one
        "xl/worksheets/sheet2.xml",
        "xl/worksheets/sheet3.xml",
    }
    cover = before["xl/worksheets/sheet1.xml"].replace(b' tabSelected="1"', b"")
    assert canonical(after["xl/worksheets/sheet1.xml"]) == canonical(cover)
    assert after.keys() - before.keys() == {
        "xl/worksheets/sheet6.xml",
        *(f"xl/{name}{n}.{end}" for n in (1, 2) for name, end in (("comments", "xml"), ("drawings/vmlDrawing", "vml"))),
        *(f"xl/worksheets/_rels/sheet{n}.xml.rels" for n in (2, 3)),
    }


def test_a_marked_sheet_differs_in_marks_alone(returned, marked):
    before, after = (etree.fromstring(parts(data)["xl/worksheets/sheet3.xml"]) for data in (returned, marked))
    namespace = {"m": "http://schemas.openxmlformats.org/spreadsheetml/2006/main"}
    for cell in ("F5", "G5", "L7"):
        for root in (before, after):
            root.xpath(f"//m:c[@r='{cell}']", namespaces=namespace)[0].attrib.pop("s", None)
    (drawing,) = after.xpath("//m:legacyDrawing", namespaces=namespace)
    drawing.getparent().remove(drawing)
    for view in before.xpath("//m:sheetView", namespaces=namespace):
        view.attrib.pop("tabSelected", None)
    assert etree.tostring(after, method="c14n") == etree.tostring(before, method="c14n")


def test_names_of_sheets_follow_them(returned, marked):
    def local(data: bytes) -> dict[tuple[str, str], str]:
        root = etree.fromstring(parts(data)["xl/workbook.xml"])
        sheets = [each.get("name") for each in root.iter("{*}sheet")]
        names = list(root.iter("{*}definedName"))
        return {(each.get("name"), sheets[int(each.get("localSheetId", -1))]): each.text for each in names}

    before, after = local(returned), local(marked)
    added = {key: text for key, text in after.items() if key not in before}
    assert before.items() <= {key: after[key] for key in before if key in after}.items() | _global(before)
    assert ("_xlnm.Print_Titles", MARKUP.name) in added
    assert {name for name, sheet in before if name.startswith("zwgk_")} == {
        name for name, sheet in after if name.startswith("zwgk_")
    }


def _global(names: dict[tuple[str, str], str]) -> set[tuple[tuple[str, str], str]]:
    """Names of the whole workbook, which :func:`local` files under the last sheet."""
    return {(key, text) for key, text in names.items() if not key[0].startswith("_xlnm.")}


def test_states_protection_validation_and_formulas_are_kept(returned, marked):
    before, after = opened(returned), opened(marked)
    assert after.security.lockStructure
    for sheet in before.sheetnames:
        old, new = before[sheet], after[sheet]
        assert new.sheet_state == old.sheet_state
        assert new.protection.sheet == old.protection.sheet
        assert new.data_validations.dataValidation == old.data_validations.dataValidation
        assert len(new.conditional_formatting) == len(old.conditional_formatting)
    check = layout("report")["items"].index("check") + 1
    assert after[ITEMS].cell(5003, check).value == "=zwgk_item_check"
    assert after.defined_names["zwgk_item_check"].value == before.defined_names["zwgk_item_check"].value
    assert after.worksheets[0].protection.sheet


def busy_book(*, macros: bool = False) -> bytes:
    """A workbook with much that openpyxl would lose: comments, a picture, sparklines, rich text, extended formats."""
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream, {"in_memory": True}) as book:
        page, other = book.add_worksheet("表'一"), book.add_worksheet("二")
        bold = book.add_format({"bold": True})
        page.write_rich_string("A1", "一", bold, "二", "三")
        page.write_comment("B2", "自己的批注", {"author": "科员", "x_scale": 3})
        page.write_comment("C3", "另一条", {"author": "科员"})
        page.insert_image("E5", "p.png", {"image_data": io.BytesIO(_png())})
        page.conditional_format("A1:A9", {"type": "data_bar", "data_bar_2010": True})
        page.add_sparkline("H1", {"range": "二!A1:A5"})
        page.data_validation("D1:D9", {"validate": "list", "source": "=二!$A$1:$A$5"})
        page.merge_range("A20:C21", "合并")
        page.write_url("A9", "https://example.gov.cn/")
        other.write_column("A1", [1, 2, 3, 4, 5])
        book.define_name("表名", "=二!$A$1")
        other.activate()
    return stream.getvalue()


def _png() -> bytes:
    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    head = struct.pack(">IIBBBBB", 4, 4, 8, 2, 0, 0, 0)
    rows = b"".join(b"\0" + b"\xff\0\0" * 4 for _ in range(4))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def busy_problems(*cells: str) -> list[Problem]:
    return [problem("text_outside", at("表'一", cell), value=cell) for cell in cells]


def test_the_users_own_comments_stay(tmp_path):
    data = mark_up(busy_book(), busy_problems("B2", "Z99"), author="办公室")
    page = opened(data)["表'一"]
    assert page["B2"].comment.text.startswith("自己的批注\n" + START)
    assert page["B2"].comment.author == "科员"
    assert page["C3"].comment.text == "另一条"
    assert page["Z99"].comment.author == "办公室"
    assert page["Z99"].value is None
    again = opened(mark_up(data, busy_problems("A20")))["表'一"]
    assert again["B2"].comment.text == "自己的批注"
    assert again["Z99"].comment is None
    assert START in again["A20"].comment.text


def test_what_openpyxl_would_lose_is_there(tmp_path):
    before = busy_book()
    after = mark_up(before, busy_problems("B2"))
    old, new = parts(before), parts(after)
    same = {"xl/sharedStrings.xml", "xl/media/image1.png", "xl/drawings/drawing1.xml"}
    assert all(old[name] == new[name] for name in same)
    assert b"sparkline" in new["xl/worksheets/sheet1.xml"]
    assert b"x14:dataBar" in new["xl/worksheets/sheet1.xml"]
    book = opened(after)
    assert book.sheetnames == [MARKUP.name, "表'一", "二"]
    # Two selected sheets would be edited together.
    selected = [name for name, part in new.items() if name.startswith("xl/worksheets/s") and b"tabSelected" in part]
    assert len(selected) == 1
    link = book.worksheets[0].cell(FIRST, MARKUP.index("cell") + 1).hyperlink
    assert link.location == "'表''一'!B2"


def test_validators_find_nothing(tmp_path, returned, marked):
    again = mark_up(marked, PROBLEMS[:2])
    files = {"a": marked, "b": again, "c": mark_up(busy_book(), busy_problems("B2", "A20", "Z99"))}
    files["d"] = opinions_workbook(PROBLEMS, title="市政府办")
    files["e"] = mark_up(returned, [])
    paths = []
    for name, data in files.items():
        paths.append(tmp_path / f"{name}.xlsx")
        paths[-1].write_bytes(data)
        assert lint(paths[-1]) == []
    assert validate_all(paths, VERSIONS) == {}


# --- marked up again ---------------------------------------------------------------------------


def test_a_second_mark_up_takes_the_first_away(returned, marked):
    again = opened(mark_up(marked, [REVIEWER]))
    assert again.sheetnames == opened(marked).sheetnames
    before = opened(returned)
    for cell in ("F5", "G5"):
        assert again[ITEMS][cell].comment is None
        assert look(again[ITEMS][cell]) == look(before[ITEMS][cell])
        assert again[ITEMS][cell].protection.locked is False
    assert look(again[ITEMS]["L7"]) == (AMBER, "mediumDashed")
    assert again[ITEMS]["L7"].comment.text.count(START) == 1
    (line,) = again.worksheets[0].iter_rows(min_row=FIRST, values_only=True)
    assert line[MARKUP.index("found")] == REVIEWER.found


def test_no_problem_left_leaves_no_mark(returned, marked):
    clean = mark_up(marked, [])
    styles = etree.fromstring(parts(clean)["xl/styles.xml"])
    old = etree.fromstring(parts(returned)["xl/styles.xml"])
    count = len(old.find("{*}cellXfs"))
    # Cells have the very formats they had, not others that look alike.
    for name in ("xl/worksheets/sheet2.xml", "xl/worksheets/sheet3.xml"):
        used = [cell.get("s") for cell in etree.fromstring(parts(clean)[name]).iter("{*}c")]
        assert used == [cell.get("s") for cell in etree.fromstring(parts(returned)[name]).iter("{*}c")]
        assert max(int(number) for number in used if number) < count
    assert len(styles.find("{*}cellXfs")) > count
    assert not any(cell.comment for row in opened(clean)[ITEMS].iter_rows(max_row=20) for cell in row)


def test_marking_up_twice_is_marking_up_once(returned, marked):
    again = mark_up(marked, PROBLEMS, title="市政府办2026年11月信息报送表", author="大冶市公开办")
    assert mark_up(returned, PROBLEMS, title="市政府办2026年11月信息报送表", author="大冶市公开办") == marked
    thrice = mark_up(again, PROBLEMS, title="市政府办2026年11月信息报送表", author="大冶市公开办")
    assert parts(thrice)["xl/styles.xml"] == parts(again)["xl/styles.xml"]
    assert {name: len(part) for name, part in parts(thrice).items()} == {
        name: len(part) for name, part in parts(again).items()
    }


def test_what_the_officer_adds_to_our_comment_stays(marked):
    part = "xl/comments2.xml"
    text = parts(marked)[part].decode()
    assert text.count(END) == 3
    edited = zipped({**parts(marked), part: text.replace(END, f"{END}\n已与网站核对", 1)})
    page = opened(mark_up(edited, []))[ITEMS]
    assert page["F5"].comment.text.strip() == "已与网站核对"


def test_a_sheet_of_the_unit_with_our_name_stays():
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream, {"in_memory": True}) as book:
        book.add_worksheet(MARKUP.name).write("A1", "本单位自己的")
    book = opened(mark_up(stream.getvalue(), [VANISHED]))
    assert book.sheetnames == [f"{MARKUP.name}2", MARKUP.name]
    assert book[MARKUP.name]["A1"].value == "本单位自己的"
    again = opened(mark_up(mark_up(stream.getvalue(), [VANISHED]), [VANISHED]))
    assert again.sheetnames == [f"{MARKUP.name}2", MARKUP.name]


def test_our_sheet_is_known_by_its_headings():
    page = opened(opinions_workbook([VANISHED])).worksheets[0]
    assert is_opinions(page.title, page.iter_rows(values_only=True))
    assert not is_opinions("别的", page.iter_rows(values_only=True))
    assert not is_opinions(page.title, [["发现"], [None, 3]])


def test_cells_typed_into_the_mark_up_are_read(marked):
    corrected = type_into(marked, {ITEMS: {"F5": "2026-11-05"}})
    assert opened(corrected)[ITEMS]["F5"].value == "2026-11-05"


# --- merged problems, many problems ------------------------------------------------------------


def test_merged_problems_mark_the_cells_they_name():
    each = [problem("item_field_missing", at(ITEMS, f"K{row}"), heading="初审人") for row in range(10, 25)]
    book = opened(mark_up(report_workbook(content()), merged(each)))
    marked = [cell.coordinate for row in book[ITEMS].iter_rows(max_row=40) for cell in row if cell.comment]
    assert marked == [f"K{row}" for row in range(10, 25)]
    page = book.worksheets[0]
    assert page.cell(FIRST, MARKUP.index("cell") + 1).value == "K10:K24"
    assert "15 处必须改正" in page["A2"].value


def test_unmerged_problems_are_one_line_and_all_marked():
    each = [problem("item_field_missing", at(ITEMS, f"K{row}"), heading="初审人") for row in range(10, 25)]
    book = opened(mark_up(report_workbook(content()), each))
    marked = [cell.coordinate for row in book[ITEMS].iter_rows(max_row=40) for cell in row if cell.comment]
    assert marked == [f"K{row}" for row in range(10, 25)]
    page = book.worksheets[0]
    assert page.cell(FIRST, MARKUP.index("cell") + 1).value == "K10:K24"
    assert page.max_row == FIRST


def test_two_problems_of_one_cell_share_its_comment():
    both = [REVIEWER, problem("cell_too_long", REVIEWER.place, heading="复审人", length=30, limit=20)]
    cell = opened(mark_up(report_workbook(content()), both))[ITEMS]["L7"]
    assert look(cell) == (RED, "medium")
    assert all(each.found in cell.comment.text for each in both)


@pytest.mark.parametrize(
    ("text", "areas"),
    [
        ("F4", ["F4"]),
        ("F4、F5、AB6 等 10 处", ["F4", "F5", "AB6"]),
        ("$B$2:C9", ["B2:C9"]),
        ("C9:B2", ["B2:C9"]),
        ("", []),
        ("A0", []),
        ("XFE1", []),
        ("A1048577", []),
        ("第5行", []),
        ("ABCD12", []),
    ],
)
def test_addresses(text, areas):
    assert [str(area) for area in areas_in(text)] == areas


def test_an_area_without_end_marks_no_more_than_the_limit():
    everything = problem("text_outside", at(ITEMS, "A1:XFD1048576"), value="x")
    assert sum(len(cells) for cells in by_cell([everything], 50).values()) == 50
    assert complaints([everything])[0].cells == "A1:XFD1048576"


# --- what cannot be edited ---------------------------------------------------------------------


def without(data: bytes, name: str) -> bytes:
    return zipped({key: body for key, body in parts(data).items() if key != name})


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600),
        "单位,月份\n市教育局,2026-11".encode("gb18030"),
        without(report_workbook(content()), "xl/styles.xml"),
        without(report_workbook(content()), "xl/_rels/workbook.xml.rels"),
        without(report_workbook(content()), "_rels/.rels"),
        report_workbook(content())[:20_000],
        zipped({**parts(report_workbook(content())), "xl/workbook.xml": b"<workbook"}),
        zipped({**parts(report_workbook(content())), "xl/styles.xml": b"<styleSheet/>"}),
    ],
)
def test_what_cannot_be_edited_says_so(data):
    with pytest.raises(NotEditable):
        mark_up(data, PROBLEMS)


def test_a_sheet_that_is_gone_is_only_listed():
    data = mark_up(report_workbook(content()), [problem("text_outside", at("没有", "B2"), value="x")])
    page = opened(data).worksheets[0]
    assert page.cell(FIRST, MARKUP.index("cell") + 1).value == "B2"
    assert page.cell(FIRST, MARKUP.index("cell") + 1).hyperlink is None


def test_macros_do_not_come_back():
    before = parts(report_workbook(content()))
    relations = before["xl/_rels/workbook.xml.rels"].replace(
        b"</Relationships>",
        b'<Relationship Id="rIdX" Type="http://schemas.microsoft.com/office/2006/relationships/vbaProject" '
        b'Target="vbaProject.bin"/></Relationships>',
    )
    main_type = b"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
    types = before["[Content_Types].xml"].replace(main_type, b"application/vnd.ms-excel.sheet.macroEnabled.main+xml")
    default = b'<Default Extension="bin" ContentType="application/vnd.ms-office.vbaProject"/></Types>'
    types = types.replace(b"</Types>", default)
    changed = {"xl/_rels/workbook.xml.rels": relations, "[Content_Types].xml": types, "xl/vbaProject.bin": b"macro"}
    after = parts(mark_up(zipped({**before, **changed}), PROBLEMS))
    assert "xl/vbaProject.bin" not in after
    assert b"vbaProject" not in after["xl/_rels/workbook.xml.rels"]
    assert main_type in after["[Content_Types].xml"]
    assert b"macroEnabled" not in after["[Content_Types].xml"]


# --- the list alone ----------------------------------------------------------------------------


def test_the_list_alone_has_no_links_and_says_so():
    page = opened(opinions_workbook(PROBLEMS, title="市教育局")).worksheets[0]
    assert page.title == MARKUP.name
    assert not any(cell.hyperlink for row in page.iter_rows() for cell in row)
    assert "无法直接批注" in page["A2"].value
    assert page.max_row == FIRST + 4


def test_a_very_long_list_ends_with_how_many_more():
    many = [problem("text_outside", at(ITEMS, f"S{row}"), value=str(row)) for row in range(1, 1_103)]
    page = opened(opinions_workbook(many)).worksheets[0]
    assert re.search(r"其余 102 处", page.cell(page.max_row, 1).value)


def test_headings_of_the_layout():
    names = [name for column in MARKUP for name in column.names]
    assert len(set(names)) == len(names) == len(MARKUP.columns)


def test_relations_parts_have_a_type_where_the_file_names_each(tmp_path):
    """As ClosedXML and ExcelJS write it: no default for .rels, an override for every part that there is."""
    before = parts(report_workbook(content()))
    default = '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    types = before["[Content_Types].xml"].decode()
    assert default in types
    named = "".join(
        default.replace('Default Extension="rels"', f'Override PartName="/{name}"')
        for name in before
        if name.endswith(".rels")
    )
    before["[Content_Types].xml"] = types.replace(default, "").replace("</Types>", f"{named}</Types>").encode()
    path = tmp_path / "a.xlsx"
    path.write_bytes(mark_up(zipped(before), PROBLEMS))
    assert validate_all([path], VERSIONS[-1:]) == {}
