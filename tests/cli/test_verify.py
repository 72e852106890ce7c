"""The links of a month on the terminal and as JSON: looked at first, visited then, also by way of another computer."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import time
from datetime import datetime
from pathlib import Path

import pytest

from tests.clock import set_clock
from tests.terminal import HOSTILE, acting
from tests.web.site import article, day_of, here, reported, running, typed_rows
from tests.workflow.desk import CYCLE, Desk, issue, item, new_desk, nil
from zwgk_excel.cli.main import run
from zwgk_excel.web import addresses
from zwgk_excel.workflow.intake.receiving import receive
from zwgk_excel.workflow.verification import link_files

MONTH = str(CYCLE)
DAY = datetime(2026, 12, 1, 9)
KINDS = {32: "meta", 33: "dead", 34: "title", 35: "date", 36: "challenge"}


@pytest.fixture(scope="module")
def site(authority):
    with running(authority) as made:
        yield made


@pytest.fixture(scope="module")
def prepared(tmp_path_factory, site) -> Path:
    """A workspace whose unit reported five pages of the site and one of another."""
    sent = issue(new_desk(tmp_path_factory.mktemp("office")))
    items = typed_rows(site, KINDS)
    items.append(item("D02 政府采购", 9, url="http://elsewhere.test/1"))
    reply = sent.reply("市财政局", "a.xlsx", items=items, answers={("D04", MONTH): nil()})
    with sent.on(datetime(2026, 11, 20, 9)) as office:
        receive(office, [reply], received_at=datetime(2026, 11, 20, 9))
    return sent.root


@pytest.fixture
def desk(prepared, tmp_path, site, monkeypatch) -> Desk:
    """A copy of it in December, which may visit the site, and where every name is this machine."""
    monkeypatch.setattr(addresses, "addresses_of", here)
    set_clock(monkeypatch, DAY)
    site.requests.clear()
    made = Desk(Path(shutil.copytree(prepared, tmp_path / "工作区")), DAY)
    settings(made, f"hosts = {json.dumps(site.hosts)}", 'networks = ["127.0.0.0/8"]', "per_minute = 0")
    return made


def settings(desk: Desk, *lines: str) -> None:
    (desk.root / "zwgk.toml").write_text("\n".join(("[verify]", *lines)), "utf-8")


@pytest.fixture
def zwgk(desk, capsys):
    def call(*arguments: str):
        code = run([*arguments, "-w", str(desk.root)])
        said = capsys.readouterr()
        out = json.loads(said.out) if "--json" in arguments and said.out else said.out.replace("\n", "")
        return code, out, said.err.replace("\n", "")

    return call


def test_looked_at_then_visited(zwgk, site):
    code, said, _ = zwgk("verify", MONTH)
    assert (code, sum(site.requests.values())) == (1, 0)
    assert "www.city.test" in said
    assert "以上 5 条还没有访问；核对后加 --yes" in said
    assert "有 1 条的网站不在 [verify] hosts 之列，没有访问：elsewhere.test（1）" in said
    code, said, _ = zwgk("verify", MONTH, "--yes")
    assert code == 1
    for word in ("页面不存在", "标题不符", "日期不符", "无法判断", "要人工验证", "森林防火"):
        assert word in said
    assert "报的是 2026-11-05，网页上是 2026-11-06" in said
    assert "计入的链接 6 条：" in said
    assert "正常 1" in said


def test_for_other_programs(zwgk, desk, site):
    code, found, _ = zwgk("verify", MONTH, "--yes", "--keep", "--json")
    assert code == 1
    assert [each["verdict"] for each in found["links"]] == [
        "fine",
        "gone",
        "title_differs",
        "date_differs",
        "uncertain",
        None,
    ]
    first = found["links"][0]
    assert (first["unit"], first["similarity"], first["visit"]["status"]) == ("市财政局", 1.0, 200)
    assert (desk.root / "网页存档" / f"{first['visit']['sha256']}.txt").is_file()
    assert (found["not_visited"], found["unlisted"]) == ([], {"elsewhere.test": 1})
    count = sum(site.requests.values())
    assert zwgk("verify", MONTH, "--yes", "--json")[0] == 1
    assert sum(site.requests.values()) == count + 1  # only what nobody could see


def test_all_is_well(zwgk, site, monkeypatch):
    def as_reported(handler, path):
        number = int(path.rpartition("/")[2])
        handler._send(article(reported(site, "meta", number).item.title, day_of(number)))

    for kind in set(KINDS.values()):
        monkeypatch.setattr(f"{site.__module__}._Handler._{kind}", lambda this, number: as_reported(this, this.path))
    assert zwgk("verify", MONTH, "--yes")[0] == 0
    code, said, _ = zwgk("verify", MONTH)
    assert (code, "还没有访问" in said) == (0, False)


def test_what_a_page_says_does_not_act_on_the_terminal(zwgk, site, monkeypatch, desk):
    title = f"{''.join(HOSTILE[:-1])}=cmd|' /C calc'!A0 <script>alert(1)</script>"
    monkeypatch.setattr(
        f"{site.__module__}._Handler._meta", lambda this, number: this._send(f"<h1>{title}</h1>{'正文' * 40}")
    )
    for more in ((), ("--json",)):
        run(["verify", MONTH, "--yes", *more, "-w", str(desk.root)])
    _, said, _ = zwgk("verify", MONTH)
    assert "标题不符" in said
    assert acting(said) == []


def test_once_more_after_a_time_or_when_asked(zwgk, site, desk, monkeypatch):
    zwgk("verify", MONTH, "--yes")
    assert zwgk("verify", MONTH, "--again", "--unit", "市财政局", "--json")[1]["hosts"] != {}
    assert len(zwgk("verify", MONTH, "--json")[1]["not_visited"]) == 1
    settings(desk, f"hosts = {json.dumps(site.hosts)}", "again_after_days = 0")
    assert len(zwgk("verify", MONTH, "--json")[1]["not_visited"]) == 5


def test_where_visits_may_lead(zwgk, site, desk):
    settings(desk)
    code, _, err = zwgk("verify", MONTH)
    assert (code, "[verify] 中填写 hosts" in err) == (2, True)
    settings(desk, f"hosts = {json.dumps(site.hosts)}", "per_minute = 0")  # the networks are not listed
    _, found, _ = zwgk("verify", MONTH, "--yes", "--json")
    assert {each["visit"]["finding"] for each in found["links"][:5]} == {"internal"}
    for wrong in ('hosts = ["http://a.cn"]', 'networks = ["a"]', "per_minute = -1"):
        settings(desk, wrong)
        assert zwgk("verify", MONTH)[0] == 2


def test_a_host_that_never_answers_is_told(zwgk, site, desk):
    settings(desk, f'hosts = ["{site.hosts[0]}"]', "per_minute = 0")
    _, _, err = zwgk("verify", MONTH, "--yes")
    assert "一条也没有打开；可能是本机上不了这个网站" in err


def test_by_way_of_another_computer(zwgk, site, desk, monkeypatch, tmp_path):
    monkeypatch.setattr(link_files, "NETWORKS", ("127.0.0.0/8",))
    monkeypatch.setattr("zwgk_excel.workflow.clock.now", lambda: DAY)
    listed = str(tmp_path / "链接.json")
    assert zwgk("verify", MONTH, "--export", listed)[0] == 0
    code, said, _ = zwgk("verify", listed)
    assert (code, "的链接 5 条" in said, sum(site.requests.values())) == (1, True, 0)
    assert zwgk("verify", listed, "--json")[1]["links"] == 5
    assert zwgk("verify", listed, "--yes")[0] == 0
    code, said, _ = zwgk("verify", "--import", str(tmp_path / "链接.结果.jsonl"))
    assert (code, "导入 2026-11 的核验结果 5 条" in said, "标题不符" in said) == (1, True, True)


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        (("verify",), "请写明报送月份"),
        (("verify", "没有.json"), "没有文件“没有.json”"),
        (("verify", "2026-13"), "“2026-13”不是月份"),
        (("verify", MONTH, "--import", "a"), "--import"),
        (("verify", "--import", "没有.jsonl"), "没有.jsonl"),
        (("verify", "2027-11"), "2027-11"),
        (("verify", MONTH, "--unit", "没有局"), "没有局"),
    ],
)
def test_wrong_usage(zwgk, wrong, told):
    code, out, err = zwgk(*wrong)
    assert (code, out) == (2, "")
    assert told in err


def test_a_list_is_visited_as_it_is(zwgk, tmp_path):
    listed = str(tmp_path / "链接.json")
    zwgk("verify", MONTH, "--export", listed)
    assert zwgk("verify", listed, "--keep")[0] == 2


KILLED = """
import sys
from zwgk_excel.web import addresses
from zwgk_excel.cli.main import run
addresses.addresses_of = lambda host, port: ["127.0.0.1"]
run(sys.argv[1:])
"""


@pytest.mark.slow
def test_a_run_that_was_killed_goes_on(zwgk, site, desk):
    hosts = f"hosts = {json.dumps(site.hosts)}"
    settings(desk, hosts, 'networks = ["127.0.0.0/8"]', "per_minute = 60")
    process = subprocess.Popen([sys.executable, "-c", KILLED, "verify", MONTH, "--yes", "-w", str(desk.root)])
    deadline = time.monotonic() + 30
    while sum(site.requests.values()) < 3 and time.monotonic() < deadline:
        time.sleep(0.02)
    process.kill()
    process.wait()
    settings(desk, hosts, 'networks = ["127.0.0.0/8"]', "per_minute = 0")
    left = len(zwgk("verify", MONTH, "--json")[1]["not_visited"])
    assert 0 < left < 5
    code, found, _ = zwgk("verify", MONTH, "--yes", "--json")
    assert (code, [each["verdict"] for each in found["links"]].count(None)) == (1, 1)
