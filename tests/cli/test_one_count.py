"""A cell is counted once, and alike, when a file is received, on the sheet of opinions, and when it is sent back."""

from __future__ import annotations

from datetime import datetime

import openpyxl

from tests.workflow.desk import item


def test_receive_the_sheet_and_return_give_the_same_numbers(desk, zwgk):
    desk.now = datetime(2026, 11, 20, 9)
    assert zwgk("generate", "2026-11", "--as-of", "2026-11-03")[0] == 0
    wrong = [item("D02 政府采购", title=f"公告{number}", type="别的", final_review=None) for number in range(3)]
    path = desk.reply("市财政局", "错.xlsx", items=wrong)
    _, received = zwgk("receive", str(path), "--received-at", "2026-11-20T09:00:00+08:00")
    _, returned = zwgk("return", "2026-11")
    (row,) = zwgk("return", "2026-11", "--json")[1]["units"]
    both = f"{row['errors']}/{row['warnings']}"
    assert row["errors"] == 4, "three types, and the one cell of the cover that three rows take"
    assert all("错误/提醒（处）" in each and f" {both} " in each for each in (received, returned))
    (marked,) = (desk.root / "退回修改").rglob("*.xlsx")
    hint = openpyxl.load_workbook(marked).worksheets[0]["A2"].value
    assert hint.startswith(f"共 4 处必须改正（×），{row['warnings']} 处请核对（▲），同样的合为一行。")
    assert "应为" in received
    assert " 项之一；请从下拉列表选择" in received
