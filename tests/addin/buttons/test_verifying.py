"""链接核验 clicked: asked first, then visited; faults are told."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path

import pytest
import xlwings as xw

from tests.addin.clicks import click, desk_at
from tests.addin.grid import GridApp
from tests.web.site import here, running, typed_rows
from tests.workflow.desk import CYCLE, Desk, issue, new_desk, nil
from tests.workflow.mail_setup import MAILS, address_book
from zwgk_excel.layout.columns import layout
from zwgk_excel.web import addresses
from zwgk_excel.workflow.intake.receiving import receive


@pytest.fixture(scope="module")
def site(authority):
    with running(authority) as made:
        yield made


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory, site) -> Path:
    """A workspace that may visit the site, whose unit reported three of its pages."""
    sent = issue(new_desk(tmp_path_factory.mktemp("verifying")))
    items = typed_rows(site, dict(enumerate(("meta", "dead", "title"), 32)))
    reply = sent.reply("市财政局", "a.xlsx", items=items, answers={("D04", str(CYCLE)): nil()})
    with sent.on(datetime(2026, 11, 20, 9)) as office:
        receive(office, [reply], received_at=datetime(2026, 11, 20, 9))
    return sent.root


@pytest.fixture
def front(grid: GridApp, prepared: Path, site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> GridApp:
    """The application with a book of a copy in front; every name is this machine."""
    desk: Desk = desk_at(datetime(2026, 11, 26, 9), prepared, tmp_path, monkeypatch)
    monkeypatch.setattr(addresses, "addresses_of", here)
    site.requests.clear()
    lines = ("[verify]", f"hosts = {json.dumps(site.hosts)}", 'networks = ["127.0.0.0/8"]', "per_minute = 0")
    (desk.root / "zwgk.toml").write_text("\n".join(lines), "utf-8")
    xw.books.open(desk.root / layout("roster").file_name).set_mock_caller()
    return grid


def test_visited_where_the_user_says_so(front, site):
    said = click(front, "verify", "ok", "ok")
    assert f"www.city.test:{site.ports['plain']}：3 条" in front.alerts[1][0]
    assert "计入的链接 3 条" in said
    assert "页面不存在，服务器说没有这个页面" in said
    assert "标题不符，网页上是" in said
    assert sum(site.requests.values()) == 3
    assert "页面不存在" in click(front, "verify", "ok")  # nothing is due: only told


def test_not_visited_where_not(front, site):
    click(front, "verify", "ok", "cancel")
    assert not site.requests


def test_what_was_found_goes_to_the_units_where_the_user_says_so_too(front, site):
    root = Path(xw.books.active.fullname).parent
    address_book(Desk(root), MAILS)
    with (root / "zwgk.toml").open("a", encoding="utf-8") as settings:
        settings.write('\n[office]\nmailbox = "zwgk@example.gov.cn"\n')
    assert "没有发给单位整改" in click(front, "verify", "ok", "ok", "cancel")
    assert "网站整改登记 2 处，发出 1 封邮件" in click(front, "verify", "ok", "ok")
    made = sorted((root / "发件箱" / str(CYCLE)).glob("市财政局*整改链接表*"))
    assert [path.suffix for path in made] == [".eml", ".xlsx"]
    assert "网站整改" not in click(front, "verify", "ok")  # nothing is asked twice
