"""What a unit filled in is what it was, in our workbooks and in those of others; what acts is in test_leaves_inert."""

from __future__ import annotations

import io
import struct
import zlib

import xlsxwriter
from lxml import etree

from tests.ooxml import VERSIONS, validate_all
from tests.workbooks.correction.marked import FIRST, ITEMS, MARKUP, PROBLEMS, START, at, opened, parts
from tests.workbooks.report_sample import content
from tests.workbooks.sheets import zipped
from tests.xlsx_lint import lint
from zwgk_excel.domain.problems import Problem, problem
from zwgk_excel.layout.columns import layout
from zwgk_excel.workbooks.correction.correction_workbook import correction_workbook
from zwgk_excel.workbooks.correction.mark_up import correction_copy
from zwgk_excel.workbooks.report.report_workbook import report_workbook


def canonical(part: bytes) -> bytes:
    return etree.tostring(etree.fromstring(part), method="c14n")


def test_the_parts_of_a_report_come_back_as_they_were(returned, marked):
    before, after = parts(returned), parts(marked)
    sheets = [f"xl/worksheets/sheet{number}.xml" for number in range(1, 7)]
    assert after.keys() == {
        *(name for name in before if not name.startswith("docProps/")),
        "xl/worksheets/sheet7.xml",
        *(f"xl/{name}{n}.{end}" for n in (1, 2) for name, end in (("comments", "xml"), ("drawings/vmlDrawing", "vml"))),
        *(f"xl/worksheets/_rels/sheet{n}.xml.rels" for n in (2, 3)),
    }
    before[sheets[0]] = before[sheets[0]].replace(b' tabSelected="1"', b"")
    for name in (sheets[0], *sheets[3:], "xl/sharedStrings.xml"):
        assert canonical(without_results(after[name])) == canonical(without_results(before[name]))


def without_results(part: bytes) -> bytes:
    """A part without what its formulas came to: that is written anew."""
    root = etree.fromstring(part)
    for cell in root.iter("{*}c"):
        if cell.find("{*}f") is not None:
            cell.attrib.pop("t", None)
            for value in cell.findall("{*}v"):
                cell.remove(value)
    return etree.tostring(root)


def test_a_marked_sheet_differs_in_marks_alone(returned, marked):
    before, after = (
        etree.fromstring(without_results(parts(data)["xl/worksheets/sheet3.xml"])) for data in (returned, marked)
    )
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
    data = correction_copy(busy_book(), busy_problems("B2", "Z99"), author="办公室")
    page = opened(data)["表'一"]
    assert page["B2"].comment.text.startswith("自己的批注\n" + START)
    assert page["B2"].comment.author == "科员"
    assert page["C3"].comment.text == "另一条"
    assert page["Z99"].comment.author == "办公室"
    assert page["Z99"].value is None
    again = opened(correction_copy(data, busy_problems("A20")))["表'一"]
    assert again["B2"].comment.text == "自己的批注"
    assert again["Z99"].comment is None
    assert START in again["A20"].comment.text


def test_what_others_wrote_stays_as_far_as_it_does_nothing(tmp_path):
    before = busy_book()
    after = correction_copy(before, busy_problems("B2"))
    old, new = parts(before), parts(after)
    assert canonical(old["xl/sharedStrings.xml"]) == canonical(new["xl/sharedStrings.xml"])
    book = opened(after)
    assert book.sheetnames == [MARKUP.name, "表'一", "二"]
    page = book["表'一"]
    assert (page["A1"].value, page["A9"].value) == ("一二三", "https://example.gov.cn/")
    assert page["A9"].hyperlink is None
    assert [str(each) for each in page.merged_cells.ranges] == ["A20:C21"]
    assert [each.formula1 for each in page.data_validations.dataValidation] == ["二!$A$1:$A$5"]
    assert [str(each.sqref) for each in page.conditional_formatting] == ["A1:A9"]
    # Two selected sheets would be edited together.
    selected = [name for name, part in new.items() if name.startswith("xl/worksheets/s") and b"tabSelected" in part]
    assert len(selected) == 1
    link = book.worksheets[0].cell(FIRST, MARKUP.index("cell") + 1).hyperlink
    assert link.location == "'表''一'!B2"


def test_validators_find_nothing(tmp_path, returned, marked):
    again = correction_copy(marked, PROBLEMS[:2])
    files = {"a": marked, "b": again, "c": correction_copy(busy_book(), busy_problems("B2", "A20", "Z99"))}
    files["d"] = correction_workbook(PROBLEMS, title="市政府办")
    files["e"] = correction_copy(returned, [])
    paths = []
    for name, data in files.items():
        paths.append(tmp_path / f"{name}.xlsx")
        paths[-1].write_bytes(data)
        assert lint(paths[-1]) == []
    assert validate_all(paths, VERSIONS) == {}


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
    path.write_bytes(correction_copy(zipped(before), PROBLEMS))
    assert validate_all([path], VERSIONS[-1:]) == {}
