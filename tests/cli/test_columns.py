"""What was published last in each column, on the terminal and as JSON, and to the units."""

from __future__ import annotations

import json
from datetime import date, datetime
from email import message_from_bytes
from email.policy import default
from pathlib import Path

import pytest

from tests.clock import set_clock
from tests.workflow.desk import CYCLE, Desk, issue, item, new_desk, nil
from tests.workflow.mail_setup import address_book
from zwgk_excel.cli.main import run
from zwgk_excel.workflow.intake.receiving import receive

MONTH = str(CYCLE)
DAY = datetime(2026, 11, 27, 9)
MAILBOX = '[office]\nmailbox = "zwgk@example.cn"\n'
LIMITS = "[column_updates]\nconfirmed = true\n[column_updates.regular]\ndays = 30\nwarn = 10\n"


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """November: 市财政局 reported D02 with an item of 3 November and D04 nil, 市人社局 nothing."""
    sent = issue(new_desk(tmp_path))
    address_book(sent, {"市人社局": "rsj@example.cn"})
    items = [item("D02 政府采购", 1, published_on=date(2026, 11, 3))]
    reply = sent.reply("市财政局", "a.xlsx", items=items, answers={("D04", MONTH): nil()})
    with sent.on(datetime(2026, 11, 20, 9)) as office:
        receive(office, [reply], received_at=datetime(2026, 11, 20, 9))
    set_clock(monkeypatch, DAY)
    return sent


@pytest.fixture
def zwgk(desk: Desk, capsys: pytest.CaptureFixture[str]):
    def call(*arguments: str):
        code = run([*arguments, "-w", str(desk.root)])
        said = capsys.readouterr().out
        return code, json.loads(said) if "--json" in arguments else said.replace("\n", "")

    return call


def settings(desk: Desk, text: str) -> None:
    (desk.root / "zwgk.toml").write_text(MAILBOX + text, "utf-8")


def reminded(desk: Desk, zwgk) -> str:
    """What a unit is reminded of, as plain text."""
    code, said = zwgk("remind", "--unit", "市人社局", "--yes", "--eml")
    assert code == 0, said
    (found,) = desk.root.joinpath("发件箱").glob("催报_*/*.eml")
    body = message_from_bytes(found.read_bytes(), policy=default).get_body(("plain",))
    assert body is not None
    return str(body.get_content())


def test_for_people_and_for_programs(desk: Desk, zwgk):
    settings(desk, LIMITS)
    code, told = zwgk("columns", "--json", "--unit", "市财政局")
    keys = ("published_on", "days_since", "days_left", "state")
    states = {each["duty"]: tuple(each[key] for key in keys) for each in told["columns"]}
    assert code == 1
    assert states["D02"] == ("2026-11-03", 24, 6, "soon")
    assert states["D04"] == (None, None, None, "never"), "a nil report updates nothing"
    assert told["confirmed"]
    code, said = zwgk("columns", "--unit", "市财政局")
    assert "从未更新" in said
    assert "将到时限" in said
    assert "样例" not in said
    assert zwgk("columns", "--as-of", "2026-12-20", "--json")[1]["columns"]


def test_a_limit_of_its_own_and_none(desk: Desk, zwgk):
    settings(desk, '[column_updates.duties]\nD04 = "unlimited"\nD24 = "unlimited"\nD02 = "dynamic"\n')
    code, told = zwgk("columns", "--json", "--unit", "市财政局")
    assert {each["duty"]: each["state"] for each in told["columns"]} == {
        "D02": "stale",
        "D04": "unlimited",
        "D24": "unlimited",
    }
    kinds = "\n".join(f'{each} = "unlimited"' for each in ("D02", "D04", "D24"))
    settings(desk, f"[column_updates.duties]\n{kinds}\n[column_updates.dynamic]\ndays = 10\n")
    code, said = zwgk("columns", "--all", "--unit", "市财政局")
    assert code == 0
    assert "不设时限" in said
    assert "样例，待确认" in said


def test_kinds_go_with_cadences(desk: Desk, zwgk):
    kinds = '[column_updates.cadences]\nmonthly = "documents"\non_demand = "regular"\n'
    settings(desk, f"{kinds}[column_updates.documents]\ndays = 100\n[column_updates.regular]\ndays = 20\n")
    _, told = zwgk("columns", "--json")
    limits = {each["duty"]: each["limit"] for each in told["columns"]}
    assert (limits["D02"], limits["D24"]) == (100, 20)


def test_units_hear_of_it_once_the_limits_are_the_offices(desk: Desk, zwgk):
    settings(desk, LIMITS)
    told = reminded(desk, zwgk).partition("栏目超过更新时限")[2]
    assert "稳岗就业" in told
    assert "从未更新" in told


def test_a_sample_is_told_to_no_unit(desk: Desk, zwgk):
    settings(desk, "")
    assert "更新时限" not in reminded(desk, zwgk)
