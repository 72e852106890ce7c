"""``zwgk bulletin``: the figures of the document are those of ``status --json``."""

import json
import re
from collections import Counter

import docx
import openpyxl
import pytest

from tests.workflow.desk import item, new_desk, nil
from zwgk_excel.cli.main import run


@pytest.fixture
def zwgk(tmp_path, capsys, december):
    """Run a command in a workspace whose November has been sent out and partly come back."""
    desk = new_desk(tmp_path)

    def call(*arguments):
        code = run([*arguments, "-w", str(desk.root)])
        said = capsys.readouterr()
        return code, json.loads(said.out) if "--json" in arguments else said.out + said.err

    call("generate", "2026-11", "--as-of", "2026-11-02")
    good = desk.reply("市财政局", "好.xlsx", answers={("D04", "2026-11"): nil()}, items=[item("D02 政府采购")])
    bad = desk.reply("市人社局", "缺.xlsx", items=[item("D04 稳岗就业", url=None)])
    call("receive", str(good), "--received-at", "2026-11-27T09:00")
    call("receive", str(bad), "--received-at", "2026-12-02T09:00")
    return call


def test_every_figure_is_that_of_status(zwgk):
    as_of = ("--as-of", "2026-12-03", "--json")
    _, status = zwgk("status", "2026-11", *as_of)
    owed = [o for o in status["obligations"] if o["mandatory"] and (o["due"] or "").startswith("2026-11")]
    outcomes, when = (Counter(o[key] for o in owed) for key in ("outcome", "timeliness"))
    code, done = zwgk("bulletin", "2026-11", *as_of)
    assert code == 0
    expected = {"due": len(owed), **outcomes, **when}
    assert {key: done["figures"][key] for key in expected} == expected
    assert sum(when.values()) == sum(done["figures"][key] for key in when)
    document = docx.Document(done["file"])
    said = "\n".join(paragraph.text for paragraph in document.paragraphs)
    numbers = r"共(\d+)项。其中，已报(\d+)项，零报告(\d+)项，退回待改(\d+)项，未报(\d+)项，免报(\d+)项"
    (shown,) = re.findall(numbers, said)
    words = ("reported", "nil", "returned", "missing", "waived")
    assert [int(each) for each in shown] == [len(owed), *(outcomes[each] for each in words)]
    (shown,) = re.findall(r"按时报送(\d+)项，宽限期内报送(\d+)项，迟报(\d+)项，逾期未报(\d+)项", said)
    assert [int(each) for each in shown] == [when[each] for each in ("on_time", "grace", "late", "overdue")]
    problems = [p for p in status["problems"] if p["severity"] != "note"]
    assert f"尚有问题{len(problems)}项" in said
    units = {row.cells[0].text: row.cells[1].text for row in document.tables[0].rows[1:]}
    dated = Counter(o["unit"] for o in owed)
    assert {unit: int(count or 0) for unit, count in units.items()} == {unit: dated[unit] for unit in units}
    late = [(row.cells[1].text, row.cells[2].text) for row in document.tables[1].rows[1:]]
    assert late == [(o["unit"], o["column"]) for o in owed if o["timeliness"] in {"late", "overdue"}]


def test_the_ranking_is_that_of_assess(zwgk):
    as_of = ("--as-of", "2026-12-03", "--json")
    _, assessed = zwgk("assess", "2026-11", *as_of)
    document = docx.Document(zwgk("bulletin", "2026-11", *as_of)[1]["file"])
    ranked = [unit for unit in assessed["units"] if unit["ranked"]]
    ranking = [[cell.text for cell in row.cells] for row in document.tables[3].rows[1:]]
    assert [(row[2], int(row[1]), float(row[3])) for row in ranking] == [
        (unit["unit"], unit["rank"], unit["score"]) for unit in ranked
    ]
    assert "没有应报任务、不参与排名的单位有金湖街道。" in [each.text for each in document.paragraphs]
    lost = [{rule: float(n) for rule, n in re.findall(r"(\w+?)扣([\d.]+)分", row[5])} for row in ranking]
    assert [sum(each.values()) for each in lost] == [
        -sum(line["points"] for line in unit["deductions"]) for unit in ranked
    ]
    assert any(lost)


def test_the_sheets_of_a_year(zwgk, monkeypatch):
    monkeypatch.setattr("zwgk_excel.workflow.bulletins.unit_sheets.find_soffice", lambda: None)
    as_of = ("--as-of", "2026-12-03")
    code, done = zwgk("bulletin", "2026", "--units", *as_of, "--json")
    assert code == 0
    assert "没有安装 LibreOffice" in done["no_pdf"]
    assert {sheet["unit"] for sheet in done["sheets"]} == {"市政府办", "市财政局", "市人社局", "金湖街道"}
    _, assessed = zwgk("assess", "2026", *as_of, "--json")
    scores = {unit["unit"]: unit["score"] for unit in assessed["units"]}
    for sheet in done["sheets"]:
        rows = openpyxl.load_workbook(sheet["file"]).active.iter_rows(values_only=True)
        (total,) = [row for row in rows if row[0] == "合计"]
        assert total[-2] == scores[sheet["unit"]]
    code, said = zwgk("bulletin", "2026", "--unit", "市财政局", *as_of)
    assert (code, "1 份，其中新写或有变化的 0 份" in said) == (0, True)


def test_what_people_read(zwgk):
    code, said = zwgk("bulletin", "2026-11", "--as-of", "2026-12-03")
    assert code == 0
    assert "数据截至 2026-12-03，尚未结账" in said
    assert "已写入" in said
    assert "没有变化" in zwgk("bulletin", "2026-11", "--as-of", "2026-12-03")[1]
    assert "模板已放在" in zwgk("bulletin", "--template")[1]
    assert "没有改动" in zwgk("bulletin", "--template")[1]


def test_wrong_usage(zwgk):
    for arguments, named in {
        ("bulletin",): "zwgk bulletin 2026-11",
        ("bulletin", "十一月"): "2026Q4",
        ("bulletin", "2026-11", "--units"): "zwgk bulletin 2026 --units",
        ("bulletin", "2026", "--unit", "市渔业局"): "市渔业局",
        ("bulletin", "2026-10"): "还没有生成过报送表",
    }.items():
        code, said = zwgk(*arguments)
        assert (code, named in said) == (2, True), said
