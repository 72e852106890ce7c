"""A column that was not updated for too long is a fault like any other: told once, mended by what the records say."""

from __future__ import annotations

import json
from datetime import date, datetime
from email import message_from_bytes
from email.policy import default
from pathlib import Path

import pytest

from tests.clock import set_clock
from tests.workflow.desk import CYCLE, Desk, copied_desk, issue, item
from tests.workflow.fault_tables import answered, rows_of
from tests.workflow.mail_setup import MAILS, address_book
from zwgk_excel.cli import main
from zwgk_excel.workflow.intake.receiving import receive
from zwgk_excel.workflow.issuing import generate

UNIT, DECEMBER, JANUARY = "市财政局", CYCLE + 1, CYCLE + 2
LAST, NEW = date(2026, 11, 3), date(2026, 12, 14)
OTHERS = "".join(f'{each} = "unlimited"\n' for each in ("D01", "D04", "D16", "D24"))
LIMIT = f"[column_updates.regular]\ndays = 30\nwarn = 5\n[column_updates.duties]\n{OTHERS}"


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """Of D02 there is an item of 3 November; it is 10 December. No website may be visited."""
    made = issue(copied_desk(tmp_path))
    address_book(made, MAILS)
    _settings(made, confirmed=True)
    reported(made, CYCLE, LAST, datetime(2026, 11, 20, 9))
    set_day(made, monkeypatch, datetime(2026, 12, 10, 9))
    return made


def _settings(desk: Desk, *, confirmed: bool) -> None:
    agreed = f"[column_updates]\nconfirmed = {str(confirmed).lower()}\n"
    (desk.root / "zwgk.toml").write_text(f'[office]\nmailbox = "zwgk@example.gov.cn"\n{agreed}{LIMIT}', "utf-8")


def set_day(desk: Desk, monkeypatch: pytest.MonkeyPatch, moment: datetime) -> None:
    desk.now = moment
    set_clock(monkeypatch, moment)


def reported(desk: Desk, cycle, day: date, at: datetime) -> None:
    """The unit reports an item of D02 that was published on a day."""
    items = [item("D02 政府采购", published_on=day, formed_on=day)]
    reply = desk.reply(UNIT, f"{cycle}.xlsx", items=items, cycle=cycle)
    with desk.on(at) as office:
        (receipt,) = receive(office, [reply], received_at=at)
    assert receipt.items == 1


@pytest.fixture
def zwgk(desk: Desk, capsys: pytest.CaptureFixture[str]):
    def call(*words: str):
        capsys.readouterr()
        main.run([*words, "-w", str(desk.root)])
        said = capsys.readouterr().out
        return json.loads(said) if "--json" in words else said

    return call


def send(zwgk, cycle=CYCLE, *more: str) -> list[dict]:
    """The tables of the units, as ``fault send`` gives them."""
    return zwgk("fault", "send", str(cycle), "--json", *more)["units"]


def test_from_a_stale_column_to_one_that_is_updated_and_stale_anew(desk, zwgk, monkeypatch):
    (row,) = send(zwgk, CYCLE, "--yes")
    (fault,) = row["faults"]
    assert (row["unit"], fault["found"]) == (UNIT, "最近一条“信息1”发布于 2026-11-03，已 37 天没有更新")
    assert [each["action"] for each in send(zwgk, CYCLE, "--yes")] == ["sent"]
    with desk.open() as office:
        generate(office, DECEMBER, as_of=desk.now.date())
    assert send(zwgk, DECEMBER, "--yes") == [], "a column is stale once, not once a month"

    # The unit gives the link of what it published, and nothing is visited; its report is what counts.
    table = (desk.root / "发件箱" / str(CYCLE) / f"{UNIT}_{CYCLE}_整改链接表.xlsx").read_bytes()
    (asked,) = rows_of(table).values()
    assert (asked["task"], asked["title"], asked["url"]) == ("D02 政府采购", "", "")
    assert asked["expected"].startswith("30 天内至少更新一次")
    path = desk.root.parent / "整改.xlsx"
    path.write_bytes(answered(table, {1: {"status": "mended", "new_url": "http://a.cn/neu"}}))
    set_day(desk, monkeypatch, datetime(2026, 12, 15, 9))
    with desk.open() as office:
        receive(office, [path])
    assert [each["outcome"] for each in zwgk("fault", "list", "--json")] == ["answered"]
    reported(desk, DECEMBER, NEW, datetime(2026, 12, 16, 9))
    set_day(desk, monkeypatch, datetime(2026, 12, 17, 9))
    (mended,) = zwgk("fault", "list", "--json")
    assert (mended["kind"], mended["outcome"], mended["mended_on"]) == ("column", "mended", str(NEW))
    assert mended["verdict"] is None, "no page was visited"
    assert send(zwgk, DECEMBER) == []

    # The column is stale anew: another fault. Where the office accepts why, it is asked no more while nothing changes.
    set_day(desk, monkeypatch, datetime(2027, 1, 20, 9))
    with desk.open() as office:
        generate(office, JANUARY, as_of=desk.now.date())
    (again,) = send(zwgk, JANUARY, "--yes")
    assert again["faults"][0]["found"] == "最近一条“2026-12 信息1”发布于 2026-12-14，已 37 天没有更新"
    outcomes = {each["number"]: each["outcome"] for each in zwgk("fault", "list", "--json")}
    assert outcomes == {1: "mended", 2: "asked"}
    table = (desk.root / "发件箱" / str(JANUARY) / f"{UNIT}_{JANUARY}_整改链接表.xlsx").read_bytes()
    path.write_bytes(answered(table, {2: {"status": "impossible", "explanation": "采购平台维护"}}))
    set_day(desk, monkeypatch, datetime(2027, 1, 21, 9))
    with desk.open() as office:
        receive(office, [path])
    zwgk("fault", "accept", "2", "--reason", "采购平台维护", "--who", "王芳")
    assert send(zwgk, JANUARY) == []


def test_a_reminder_tells_of_it_once(desk, zwgk, monkeypatch):
    send(zwgk, CYCLE, "--yes")
    set_day(desk, monkeypatch, datetime(2026, 12, 21, 9))
    zwgk("remind", "--unit", UNIT, "--yes", "--eml")
    (mail,) = (desk.root / "发件箱").glob("催报_*/*.eml")
    body = message_from_bytes(mail.read_bytes(), policy=default).get_body(("plain",))
    assert body is not None
    assert body.get_content().count("政府采购") == 1
    assert "最近一条“信息1”发布于 2026-11-03" in body.get_content()


def test_what_was_never_published_says_so_and_a_sample_is_asked_of_nobody(desk, zwgk):
    _settings(desk, confirmed=False)
    assert send(zwgk) == []
    _settings(desk, confirmed=True)
    with (desk.root / "zwgk.toml").open("a", encoding="utf-8") as stream:
        stream.write('D02 = "unlimited"\n')
    settings = desk.root / "zwgk.toml"
    settings.write_text(settings.read_text("utf-8").replace('D04 = "unlimited"', 'D04 = "regular"'), "utf-8")
    rows = send(zwgk)
    assert {each["unit"] for each in rows} == {UNIT, "市人社局"}
    assert {fault["found"] for each in rows for fault in each["faults"]} == {"从来没有发布过信息"}
