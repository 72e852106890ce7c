"""``zwgk catalogue`` as the office runs it."""

from __future__ import annotations

from collections.abc import Sequence

import docx
import pytest
from openpyxl import load_workbook

from tests.workbooks.catalogue import published as made
from zwgk_excel.cli.main import run
from zwgk_excel.layout.columns import layout
from zwgk_excel.workbooks.catalogue.sample import sample_catalogue
from zwgk_excel.workbooks.report.fill_in import type_into


@pytest.fixture
def sample(tmp_path):
    path = tmp_path / "样表.xlsx"
    path.write_bytes(sample_catalogue())
    return path


def test_imported_after_a_look_and_exported(desk, zwgk, sample, tmp_path):
    code, out = zwgk("catalogue", "import", str(sample))
    assert (code, "以上还没有写入" in out, (desk.root / "标准目录.xlsx").exists()) == (1, True, False)
    code, found = zwgk("catalogue", "import", str(sample), "--yes", "--json")
    assert (code, found["written"], len(found["added"]), found["problems"]) == (0, True, 7, [])
    assert found["added"][0]["id"] == "M001"
    code, out = zwgk("catalogue", "import", str(sample), "--adopt", "--yes")
    assert (code, "采用建议的" in out) == (0, True)
    assert zwgk("catalogue", "import", str(sample))[0] == 0
    out = zwgk("catalogue", "import", str(sample), "--adopt", "--yes")[1]
    assert ("没有变化。" in out, "已写入" in out) == (True, False)
    to = tmp_path / "公布.xlsx"
    assert zwgk("catalogue", "export", str(to), "--json") == (0, {"file": str(to), "entries": 7})
    assert zwgk("catalogue", "import", str(to), "--json")[1]["unchanged"] == 7


def test_what_is_no_catalogue(zwgk, tmp_path):
    assert zwgk("catalogue", "export", str(tmp_path / "公布.docx"))[0] == 2
    assert zwgk("catalogue", "export", str(tmp_path / "公布.xlsx"))[0] == 2, "there is none yet"
    (tmp_path / "坏.xlsx").write_bytes(b"PK\x03\x04")
    assert zwgk("catalogue", "import", str(tmp_path / "坏.xlsx"), "--yes")[0] == 2


def test_words_alone_are_no_catalogue(desk, tmp_path, capsys):
    words = docx.Document()
    words.add_paragraph("只有文字")
    words.save(str(tmp_path / "文字.docx"))
    (tmp_path / "网页.html").write_bytes("<table><tr><td>甲</td><td>乙</td></tr></table>".encode())
    (tmp_path / "表.csv").write_text("甲,乙\n1,2\n", "utf-8")
    (tmp_path / "坏.xlsx").write_bytes(b"PK\x03\x04")
    for name in ("文字.docx", "网页.html", "表.csv", "坏.xlsx"):
        assert run(["catalogue", "import", str(tmp_path / name), "--yes", "-w", str(desk.root)]) == 2
        said = capsys.readouterr().err.replace("\n", "")
        assert "没有找到标准目录的表" in said or "不能导入" in said
        assert "报送" not in said, "advice for a unit"


def test_a_domain_that_cannot_be_seen_is_no_domain(zwgk, tmp_path):
    rows = [made.USUAL_HEADS, made.USUAL_SUBS, ["1", "甲", "乙", "丙", "丁", "及时", "戊", "■政府网站"]]
    (tmp_path / "目录.xlsx").write_bytes(made.workbook(("Sheet1", rows, ())))
    assert "读到 1 个表、0 个领域、1 个事项" in zwgk("catalogue", "import", str(tmp_path / "目录.xlsx"))[1]


def test_more_limits_not_understood_than_are_named(zwgk, tmp_path):
    odd = ["视情况而定", "长期", "按规定", "另行通知", "届时", "常年"]
    rows: list[Sequence[str]] = [made.USUAL_HEADS, made.USUAL_SUBS]
    rows += [[f"{n}", "就业", f"岗位{n}", "丙", "丁", text, "市人社局", "■政府网站"] for n, text in enumerate(odd, 1)]
    (tmp_path / "目录.xlsx").write_bytes(made.workbook(("就业领域", rows, ())))
    zwgk("catalogue", "import", str(tmp_path / "目录.xlsx"), "--adopt", "--yes")
    zwgk("generate", "2026-12")
    out = zwgk("coverage")[1].replace("\n", "")
    named = out[out.index("未能识别、不判断迟不迟的 6 个：") :]
    assert (named.count("M0"), named.rstrip().endswith("等")) == (5, True)


@pytest.mark.parametrize(
    "limit", ["收到申请之日起10日内或次月15日前", "每年2月30日前", "0个工作日内", "99999999个工作日内"]
)
def test_a_time_limit_that_is_not_understood_is_named_with_its_cell(desk, zwgk, sample, limit):
    zwgk("catalogue", "import", str(sample), "--adopt", "--yes")
    book = load_workbook(desk.root / "标准目录.xlsx")
    page = book.worksheets[0]
    cell = next(cell for row in page for cell in row if cell.value == "每年5月底前")
    cell.value = limit
    book.save(desk.root / "标准目录.xlsx")
    told = [each for each in zwgk("check", "--json")[1]["problems"] if each["code"] == "catalogue_limit_unknown"]
    assert [(each["cell"], limit in each["found"]) for each in told if each["cell"] == cell.coordinate] == [
        (cell.coordinate, True)
    ]


def test_what_was_published_and_what_never(desk, zwgk, sample, tmp_path):
    assert zwgk("coverage", "--json") == (0, [])
    assert "zwgk catalogue import" in zwgk("coverage")[1]
    zwgk("catalogue", "import", str(sample), "--adopt", "--yes")
    assert "个目录事项还没有指定" in zwgk("check")[1].replace("\n", "")
    zwgk("generate", "2026-12")
    code, found = zwgk("coverage", "--json", "--as-of", "2026-12-31")
    assert (code, {each["state"] for each in found}) == (1, {"never"})
    assert {(each["unit"], each["entry"], each["limit_kind"]) for each in found} == {
        ("市人社局", "M004", "at_once"),
        ("市人社局", "M005", "workdays"),
    }
    to = tmp_path / "覆盖.xlsx"
    code, out = zwgk("coverage", "--unit", "市人社局", "--export", str(to), "--as-of", "2026-12-31")
    assert (code, to.exists(), "× 从未公开 2" in out) == (1, True, True)


def test_an_untouched_workbook_with_entries_has_no_remark_and_one_typed_over_has(desk, zwgk, sample):
    """The 目录事项 of 填写示例 is the product's own text."""
    zwgk("catalogue", "import", str(sample), "--adopt", "--yes")
    zwgk("generate", "2026-11")
    issued = desk.sent("市人社局")
    page = load_workbook(issued)["填写示例"]
    row = next(row for row in page.iter_rows(min_col=1, max_col=2) if row[0].value == "目录事项")
    assert row[1].value.startswith("M004 "), "there is one to be mistaken"
    (desk.root / "收件箱").mkdir(exist_ok=True)
    returned = desk.root / "收件箱" / issued.name
    returned.write_bytes(issued.read_bytes())
    assert "表外有内容" not in zwgk("consolidate")[1].replace("\n", "")

    over = {row[1].coordinate: "岗位信息也请登"}
    heading = layout("report")["items"]["title"].display
    title = next(row for row in page.iter_rows(min_col=1, max_col=2) if row[0].value == heading)[1].coordinate
    returned.with_name("改.xlsx").write_bytes(type_into(issued.read_bytes(), {"填写示例": over}))
    out = zwgk("consolidate")[1].replace("\n", "").replace(" ", "")
    assert f"填写示例!{row[1].coordinate}：表外有内容“岗位信息也请登”" in out
    returned.with_name("再改.xlsx").write_bytes(type_into(issued.read_bytes(), {"填写示例": {title: "关于招聘的公告"}}))
    out = zwgk("consolidate")[1].replace("\n", "").replace(" ", "")
    assert f"填写示例!{row[1].coordinate}：表外有内容“M004" in out, "beside a title of the unit's own it is an item"
