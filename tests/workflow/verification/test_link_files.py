"""A list of links goes to another computer and its results come back; neither side believes more than it must."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.web.site import here, running, typed_rows
from tests.workflow.desk import CYCLE, Desk, issue, new_desk, nil
from zwgk_excel.domain.link_checks import LinkVerdict, Visit, VisitFinding
from zwgk_excel.web import addresses
from zwgk_excel.workflow.errors import UserError
from zwgk_excel.workflow.intake.receiving import receive
from zwgk_excel.workflow.verification import export_links, import_visits, link_files, plan_verification, visit_links
from zwgk_excel.workflow.verification.link_files import read_list, results_of

DAY = datetime(2026, 12, 1, 9)
KINDS = ("meta", "gbk", "dead", "title")
FOUND = [LinkVerdict.FINE, LinkVerdict.FINE, LinkVerdict.GONE, LinkVerdict.TITLE_DIFFERS]


@pytest.fixture(scope="module")
def site(authority):
    with running(authority) as made:
        yield made


@pytest.fixture(scope="module")
def prepared(tmp_path_factory, site) -> Path:
    """A workspace whose unit reported four pages of the site, and the list of them beside it."""
    sent = issue(new_desk(tmp_path_factory.mktemp("office")))
    hosts = ", ".join(f'"{each}"' for each in site.hosts)
    (sent.root / "zwgk.toml").write_text(f"[verify]\nhosts = [{hosts}]\nper_minute = 0\n", "utf-8")
    items = typed_rows(site, dict(enumerate(KINDS, 32)))
    reply = sent.reply("市财政局", "a.xlsx", items=items, answers={("D04", str(CYCLE)): nil()})
    with sent.on(datetime(2026, 11, 20, 9)) as office:
        receive(office, [reply], received_at=datetime(2026, 11, 20, 9))
    with sent.on(DAY) as office:
        assert export_links(office, plan_verification(office, CYCLE), sent.root.parent / "链接.json") == 4
    return sent.root


@pytest.fixture
def desk(prepared, tmp_path, monkeypatch) -> Desk:
    """A copy of both, an hour later, where every name is this machine."""
    monkeypatch.setattr(addresses, "addresses_of", here)
    monkeypatch.setattr(link_files, "NETWORKS", ("127.0.0.0/8",))
    monkeypatch.setattr("zwgk_excel.workflow.clock.now", lambda: DAY + timedelta(hours=1))
    shutil.copy(prepared.parent / "链接.json", tmp_path)
    return Desk(Path(shutil.copytree(prepared, tmp_path / "工作区")), DAY + timedelta(hours=2))


@pytest.fixture
def listed(desk) -> Path:
    return desk.root.parent / "链接.json"


def verdicts(desk) -> list[LinkVerdict | None]:
    with desk.open() as office:
        return [each.verdict for each in plan_verification(office, CYCLE).checks]


def visit(listed: Path) -> Path:
    visit_links(listed, read_list(listed))
    return results_of(listed)


def test_there_and_back(desk, listed, monkeypatch):
    with desk.open() as office:
        assert import_visits(office, visit(listed)) == (CYCLE, 4, 0)
        assert import_visits(office, results_of(listed)) == (CYCLE, 0, 0)
    assert verdicts(desk) == FOUND


def test_what_is_known_better_here_stays(desk, listed):
    found = visit(listed)
    head, *lines = found.read_text("utf-8").splitlines()
    links, key = read_list(listed).links, read_list(listed).answer_key
    undecided = Visit(links[0], DAY + timedelta(hours=1), VisitFinding.OFFLINE)
    here_found = [
        Visit(links[0], DAY - timedelta(days=30), VisitFinding.NOT_FOUND, 404),
        Visit(links[1], DAY + timedelta(minutes=1), VisitFinding.NOT_FOUND, 404),
    ]
    others = [each for each in lines if json.loads(each)["visit"]["url"] != links[0]]
    brought = [link_files._line(undecided, key), *others]
    found.write_text("\n".join([head, *brought]), "utf-8")
    with desk.open() as office:
        office.ledger.add_visits(here_found)
        assert import_visits(office, found) == (CYCLE, 2, 0), "an undecided one, and one that was found here since"
    assert verdicts(desk) == [LinkVerdict.GONE, LinkVerdict.GONE, *FOUND[2:]]


def test_the_key_of_the_workspace_stays_and_that_of_the_list_too(desk, listed):
    with desk.open() as office:
        key = office.ledger.key.hex()
    answer = json.loads(listed.read_text("utf-8"))["answer_key"]
    told = visit(listed).read_text("utf-8")
    assert key not in listed.read_text("utf-8") + told
    assert len(answer) == 64
    assert answer not in told


def test_a_run_that_was_cut_short_goes_on(desk, listed, site):
    def killed(done: int, total: int, name: str) -> None:
        if done == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        visit_links(listed, read_list(listed), progress=killed)
    with results_of(listed).open("a", encoding="utf-8") as stream:
        stream.write('{"visit": {"url": "http://')  # cut off within a line
    site.requests.clear()
    assert len(visit_links(listed, read_list(listed))) == 4
    assert sum(site.requests.values()) == 2
    with desk.open() as office:
        assert import_visits(office, results_of(listed)) == (CYCLE, 4, 0)


def test_a_list_leads_into_no_intranet(desk, listed, monkeypatch, site):
    monkeypatch.setattr(link_files, "NETWORKS", ())
    site.requests.clear()
    assert {each.finding for each in visit_links(listed, read_list(listed))} == {"internal"}
    assert not site.requests


def edited(path: Path, change) -> Path:
    """The results with what a function makes of each line as JSON; None leaves it out."""
    lines = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    made = [each for each in map(change, lines) if each is not None]
    path.write_text("".join(f"{json.dumps(each, ensure_ascii=False)}\n" for each in made), "utf-8")
    return path


def test_a_result_that_somebody_changed_is_refused(desk, listed):
    def improved(line):
        if "visit" in line:
            line["visit"] |= {"finding": "read", "titles": ["好"]}
        return line

    with desk.open() as office:
        assert import_visits(office, edited(visit(listed), improved)) == (CYCLE, 0, 4)
    assert verdicts(desk) == [None] * 4


def test_so_is_one_of_another_time_or_link(desk, listed):
    asked = read_list(listed)
    done = visit_links(listed, asked)
    odd: list[dict[str, Any]] = [{"at": DAY - timedelta(days=1)}, {"at": DAY + timedelta(days=3)}, {"url": "http://evil.test/"}]
    lines = [link_files._line(replace(done[0], **each), asked.answer_key) for each in odd]
    head, *rest = results_of(listed).read_text("utf-8").splitlines()
    results_of(listed).write_text("\n".join((head, *lines, *rest)), "utf-8")
    with desk.open() as office:
        assert import_visits(office, results_of(listed)) == (CYCLE, 4, 3)


def test_the_results_of_another_workspace_or_of_a_changed_list_are_refused(desk, listed, tmp_path):
    results = visit(listed)
    other = Desk(new_desk(tmp_path / "别的").root)
    with other.open() as office, pytest.raises(UserError, match="不是这个工作区导出的"):
        import_visits(office, results)

    def more(line):
        return line | {"links": [*line["links"], "http://evil.test/"]} if "links" in line else line

    with desk.open() as office, pytest.raises(UserError, match="不是这个工作区导出的"):
        import_visits(office, edited(results, more))


STRANGE = [
    b"",
    b"{}",
    b"\x00" * 100,
    b"[" * 100_000,
    b'{"zwgk_links": 1, "cycle": "2026-99", "made_at": "2026-12-01", "hosts": [], "per_minute": 0, "links": []}',
    b'{"zwgk_links": 2, "cycle": "2026-11", "made_at": "2026-12-01", "hosts": [], "per_minute": 0, "links": []}',
    b'{"zwgk_links":1,"cycle":"2026-11","made_at":"2026-12-01T00:00:00Z","hosts":[],"per_minute":0,"links":[]}',
]


@pytest.mark.parametrize("data", STRANGE)
def test_what_is_no_list_is_refused_in_a_sentence(desk, listed, data):
    listed.write_bytes(data)
    with pytest.raises(UserError):
        read_list(listed)
    with desk.open() as office, pytest.raises(UserError):
        import_visits(office, listed)


def test_what_is_too_large_is_not_read(desk, listed, monkeypatch):
    monkeypatch.setattr(link_files, "LIST_BYTES", 100)
    with pytest.raises(UserError, match="文件超过"):
        read_list(listed)


def test_hosts_that_are_none_are_refused_before_anything_is_visited(desk, listed, site):
    told = json.loads(listed.read_text("utf-8"))
    listed.write_text(json.dumps(told | {"hosts": ["*"]}), "utf-8")
    site.requests.clear()
    with pytest.raises(UserError, match="写法不对"):
        read_list(listed)


def test_results_are_no_list(desk, listed):
    with pytest.raises(UserError, match="--import"):
        read_list(edited(visit(listed), lambda line: None if "visit" in line else line))
