"""``zwgk bulletin``: the figures of the document are those of ``status --json``."""

import json
import re
from collections import Counter

import docx
import pytest

from tests.workflow.desk import item, new_desk, nil
from zwgk_excel.cli.main import run


@pytest.fixture
def zwgk(tmp_path, capsys):
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
    assert f"尚有问题{len(problems)}处" in said
    units = {row.cells[0].text: row.cells[1].text for row in document.tables[0].rows[1:]}
    dated = Counter(o["unit"] for o in owed)
    assert {unit: int(count or 0) for unit, count in units.items()} == {unit: dated[unit] for unit in units}
    late = [(row.cells[1].text, row.cells[2].text) for row in document.tables[1].rows[1:]]
    assert late == [(o["unit"], o["column"]) for o in owed if o["timeliness"] in {"late", "overdue"}]


def test_what_people_read(zwgk):
    code, said = zwgk("bulletin", "2026-11", "--as-of", "2026-12-03")
    assert code == 0
    assert "数据截至 2026-12-03，尚未结账" in said
    assert "已写入" in said
    assert "没有变化" in zwgk("bulletin", "2026-11", "--as-of", "2026-12-03")[1]
    assert "模板已放在" in zwgk("bulletin", "--template")[1]
    assert "没有改动" in zwgk("bulletin", "--template")[1]


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (["bulletin"], "zwgk bulletin 2026-11"),
        (["bulletin", "十一月"], "2026Q4"),
        (["bulletin", "2026-10"], "还没有生成过报送表"),
    ],
)
def test_wrong_usage(zwgk, arguments, named):
    code, said = zwgk(*arguments)
    assert code == 2
    assert named in said
