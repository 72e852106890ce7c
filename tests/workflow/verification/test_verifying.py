"""The links of a month that count are visited, each visit recorded as it comes, and judged by what is on record."""

from __future__ import annotations

import shutil
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

import zwgk_excel
from tests.web.site import HOST, article, running
from tests.workflow.desk import CYCLE, Desk, issue, item, new_desk, nil
from zwgk_excel.domain.link_checks import LinkVerdict
from zwgk_excel.web import addresses
from zwgk_excel.web.crawling import Pace
from zwgk_excel.workflow.errors import UserError
from zwgk_excel.workflow.intake.receiving import receive
from zwgk_excel.workflow.verification import plan_verification, verify, verifying

DAY = datetime(2026, 12, 1, 9)


@pytest.fixture(scope="module")
def site(authority):
    with running(authority) as made:
        yield made


@pytest.fixture(scope="module")
def prepared(tmp_path_factory, site, authority) -> Path:
    """A workspace that may visit the site; its unit reported four of its pages, one elsewhere, and two in a row."""
    sent = issue(new_desk(tmp_path_factory.mktemp("verified")))
    (sent.root / "ca.pem").write_bytes(authority.file.read_bytes())
    hosts = ", ".join(f'"{each}"' for each in site.hosts)
    (sent.root / "zwgk.toml").write_text(
        f'[verify]\nhosts = [{hosts}]\nnetworks = ["127.0.0.0/8"]\nper_minute = 0\nca_file = "ca.pem"\n', "utf-8"
    )
    pages = [("meta", 11), ("secure", 12), ("dead", 13), ("date", 14)]
    items = [item("D02 政府采购", number, url=site.url(kind, number)) for kind, number in pages]
    for each, (_, number) in zip(items, pages, strict=True):
        each |= {"title": f"采购公告第{number}批", "published_on": date(2026, 11, 3)}
    items.append(item("D02 政府采购", 15, url="http://elsewhere.test/1"))
    items.append(item("D02 政府采购", 16, url=f"{site.url('dead', 16)} {site.url('dead', 17)}"))  # which of them?
    reply = sent.reply("市财政局", "a.xlsx", items=items, answers={("D04", str(CYCLE)): nil()})
    with sent.on(datetime(2026, 11, 20, 9)) as office:
        receive(office, [reply], received_at=datetime(2026, 11, 20, 9))
    return sent.root


@pytest.fixture
def desk(prepared, tmp_path, monkeypatch) -> Desk:
    """A copy of it, where every name is this machine."""
    monkeypatch.setattr(addresses, "addresses_of", lambda host, port: ["127.0.0.1"])
    return Desk(Path(shutil.copytree(prepared, tmp_path / "工作区")), DAY)


@pytest.fixture(autouse=True)
def pages(site, monkeypatch):
    """The pages are those that were reported."""
    handler = f"{site.__module__}._Handler"
    day = date(2026, 11, 3)

    def as_reported(this, number: int) -> None:
        this._send(article(f"采购公告第{number}批", day), ETag='"1"')

    def later(this, number: int) -> None:
        this._send(article(f"采购公告第{number}批", day + timedelta(days=50)))

    monkeypatch.setattr(f"{handler}._meta", as_reported)
    monkeypatch.setattr(f"{handler}._secure", as_reported)
    monkeypatch.setattr(f"{handler}._date", later)
    site.requests.clear()


def verdicts(checks) -> list[LinkVerdict | None]:
    return [each.verdict for each in checks]


FOUND = [LinkVerdict.FINE, LinkVerdict.FINE, LinkVerdict.GONE, LinkVerdict.DATE_DIFFERS, None]


def test_what_would_be_visited_is_told_and_nothing_is_visited(desk, site):
    with desk.open() as office:
        plan = plan_verification(office, CYCLE)
    assert (len(plan.links), len(plan.due), plan.unlisted) == (5, 4, {"elsewhere.test": 1})
    assert plan.hosts == {f"{HOST}:{site.ports['plain']}": 3, f"{HOST}:{site.ports['good']}": 1}
    assert verdicts(plan.checks) == [None] * 5
    assert not site.requests


def test_visited_once_and_judged_by_the_record(desk, site):
    with desk.open() as office:
        revision = office.ledger.revision
        checks = verify(office, plan_verification(office, CYCLE))
        plan = plan_verification(office, CYCLE)
        assert office.ledger.revision == revision  # no figure depends on it
    assert verdicts(checks) == verdicts(plan.checks) == FOUND
    assert (plan.due, sum(site.requests.values())) == ((), 4)
    visits = [each.visit for each in checks if each.visit]
    assert visits[3].published_on == date(2026, 12, 23)
    assert checks[3].late_by > 20
    assert {each.at for each in visits} == {DAY}


def test_an_older_verdict_or_a_wish_visits_again(desk, site):
    with desk.open() as office:
        verify(office, plan_verification(office, CYCLE))
        assert len(plan_verification(office, CYCLE, again=True).due) == 4
        assert plan_verification(office, CYCLE, units=["市人社局"], again=True).due == ()
    desk.now = DAY + timedelta(days=8)
    with desk.open() as office:
        plan = plan_verification(office, CYCLE)
        assert len(plan.due) == 4
        assert verdicts(verify(office, plan)) == FOUND


def test_a_run_that_was_cut_short_goes_on(desk, site, monkeypatch):
    def killed(done: int, total: int, name: str) -> None:
        if done == 2:
            raise KeyboardInterrupt

    with desk.open() as office, pytest.raises(KeyboardInterrupt):
        verify(office, plan_verification(office, CYCLE), progress=killed)
    with desk.open() as office:
        plan = plan_verification(office, CYCLE)
        assert len(plan.due) == 2
        assert verdicts(verify(office, plan)) == FOUND


def test_pages_are_kept_as_they_were_and_as_mere_text(desk):
    with desk.open() as office:
        checks = verify(office, plan_verification(office, CYCLE), keep=True)
    kept = {path.name: path.read_bytes() for path in (desk.root / "网页存档").iterdir()}
    assert set(kept) == {f"{each.visit.sha256}.txt" for each in checks if each.visit and each.visit.sha256}
    assert article("采购公告第11批", date(2026, 11, 3)).encode() in kept.values()


def test_nothing_is_visited_where_no_host_is_listed(desk):
    (desk.root / "zwgk.toml").write_text("", "utf-8")
    with desk.open() as office, pytest.raises(UserError, match=r"\[verify\] 中填写 hosts"):
        plan_verification(office, CYCLE)


def test_a_file_that_is_no_certificate(desk):
    (desk.root / "ca.pem").write_text("nothing", "utf-8")
    with desk.open() as office, pytest.raises(UserError, match="ca_file"):
        verify(office, plan_verification(office, CYCLE))


def test_so_many_a_minute(desk, monkeypatch):
    paces = []

    def noted(per_minute: int) -> Pace:
        paces.append(per_minute)
        return Pace(0)

    monkeypatch.setattr(verifying, "Pace", noted)
    text = (desk.root / "zwgk.toml").read_text("utf-8")
    (desk.root / "zwgk.toml").write_text(text.replace("per_minute = 0", "per_minute = 7"), "utf-8")
    with desk.open() as office:
        verify(office, plan_verification(office, CYCLE))
    assert paces == [7]


def test_from_python(desk, site):
    with zwgk_excel.open_office(desk.root, now=lambda: DAY) as office:
        assert len(zwgk_excel.planned_verification(office, "2026-11", units="市财政局").due) == 4
        assert verdicts(zwgk_excel.verify(office, "2026-11")) == FOUND
        assert zwgk_excel.planned_verification(office, "2026-11").due == ()
