"""Three counties in one workbook and one data set: a folder, and two databases."""

from __future__ import annotations

import hashlib
import json
import shutil
import socket
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow.dataset as ds
import pytest

from tests.clock import in_december
from tests.ooxml import validate_all
from tests.postgres import Server
from tests.workflow.desk import CYCLE, UNITS, Desk, new_desk
from tests.workflow.month import LATER, new_shared_desk, play
from tests.xlsx_lint import lint
from zwgk_excel.cli.main import run
from zwgk_excel.cli.month import status_fields
from zwgk_excel.layout.columns import layout
from zwgk_excel.layout.words import word
from zwgk_excel.ledger import file_lock, schema_of, url_of
from zwgk_excel.workflow.assessment.closing import close
from zwgk_excel.workflow.consolidation.consolidating import consolidate
from zwgk_excel.workflow.counties.county import CountySource, sources_of
from zwgk_excel.workflow.counties.rolling_up import CountyLimits, Rollup, rollup
from zwgk_excel.workflow.decisions.extend_and_waive import extend, waive
from zwgk_excel.workflow.errors import UserError
from zwgk_excel.workflow.tracking.statuses import cycle_status

ON = LATER.date()
LOCK = ".zwgk-lock"
SHEETS = layout("rollup")


@dataclass
class Counties:
    """What the tests gather: it is never changed, so one serves them all."""

    folder: Path
    desks: dict[str, Desk]
    places: list[CountySource]


def name_it(desk: Desk, region: str) -> None:
    settings = desk.root / "zwgk.toml"
    text = settings.read_text(encoding="utf-8")
    settings.write_text(text.replace("[office]", f'[office]\nregion = "{region}"'), encoding="utf-8")


@pytest.fixture(scope="module")
def counties(tmp_path_factory: pytest.TempPathFactory, postgresql: Server) -> Counties:
    folder = tmp_path_factory.mktemp("counties")
    url = postgresql.new_url()
    of_yi = postgresql.new_url()
    jia, yi = new_desk(folder / "甲"), new_shared_desk(folder / "乙", of_yi)
    bing = new_shared_desk(folder / "丙", url)
    for desk, region in ((jia, "甲县"), (yi, "乙/区")):
        name_it(desk, region)
        play(desk)
    play(bing)
    with jia.open() as office:
        close(office, CYCLE, as_of=date(2026, 12, 1), who="科长")
    with yi.open() as office:
        waive(office, CYCLE, "市政府办", ["D01"], cancel=False, who="科长", reason="")
        extend(office, CYCLE, "市人社局", [], date(2026, 12, 20), who="科长", reason="")
    desks = {"甲县": jia, "乙/区": yi, schema_of(url_of(url)): bing}
    return Counties(folder, desks, [jia.root, of_yi, url])


def gather(places: Sequence[CountySource], to: Path) -> Rollup:
    return rollup(places, to, as_of=ON, now=lambda: LATER)


@pytest.fixture(scope="module")
def gathered(counties: Counties, tmp_path_factory: pytest.TempPathFactory) -> Rollup:
    return gather(counties.places, tmp_path_factory.mktemp("rollup") / "汇总")


def told_by(desk: Desk) -> dict[str, Any]:
    """The county's own ``zwgk status --json``."""
    with desk.open() as office:
        found: dict[str, Any] = json.loads(json.dumps(status_fields(cycle_status(office, CYCLE, ON)), default=str))
        return found


def rows_of(data_set: Path, name: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = ds.dataset(data_set / name, partitioning="hive").to_table().to_pylist()
    return rows


def sheet_rows(workbook: Path, key: str) -> list[dict[str, Any]]:
    sheet = openpyxl.load_workbook(workbook)[SHEETS[key].name]
    _, _, headings, *rows = sheet.iter_rows(values_only=True)
    return [dict(zip(headings, row, strict=True)) for row in rows]


def test_the_data_set_says_of_every_obligation_what_the_county_says(counties: Counties, gathered: Rollup) -> None:
    rows = rows_of(gathered.data_set, "obligations")
    for county, desk in counties.desks.items():
        own = {each["key"]: each for each in told_by(desk)["obligations"]}
        mine = {row["key"]: row for row in rows if row["county"] == county}
        assert set(mine) == set(own)
        for key, each in own.items():
            same = ("outcome", "timeliness", "days_late", "days_left", "items", "problems", "closed", "mandatory")
            assert {name: mine[key][name] for name in same} == {name: each[name] for name in same}
            for name in ("due", "final", "received_at", "extended_to"):
                value = mine[key][name]
                assert (value.isoformat() if value else None) == each[name]


def test_receipts_problems_and_items_are_those_of_the_counties(counties: Counties, gathered: Rollup) -> None:
    receipts, problems = rows_of(gathered.data_set, "receipts"), rows_of(gathered.data_set, "problems")
    for county, desk in counties.desks.items():
        own = told_by(desk)
        assert {(r["file"], r["verdict"], r["items"], r["cycle"]) for r in receipts if r["county"] == county} == {
            (r["file"], r["verdict"], r["items"], r["cycle"]) for r in own["receipts"]
        }
        assert sorted(p["code"] for p in problems if p["county"] == county) == sorted(
            p["code"] for p in own["problems"]
        )
    titles = {(row["county"], row["unit"], row["title"], row["type"]) for row in rows_of(gathered.data_set, "items")}
    assert ("乙/区", "市财政局", "信息1", "notice") in titles


def test_the_workbook_says_the_same_in_words(counties: Counties, gathered: Rollup) -> None:
    tracking = SHEETS["tracking"]
    heads = [tracking.heading(key) for key in ("county", "unit", "duty", "reference", "outcome", "timeliness")]
    shown = {tuple(row[head] or "" for head in heads) for row in sheet_rows(gathered.workbook, "tracking")}
    assert shown == {
        (
            county,
            each["unit"],
            each["duty"],
            each["reference"],
            word("outcome", each["outcome"]),
            word("timeliness", each["timeliness"] or ""),
        )
        for county, desk in counties.desks.items()
        for each in told_by(desk)["obligations"]
    }


def test_the_first_sheet_counts_each_county_and_month(counties: Counties, gathered: Rollup) -> None:
    rows = sheet_rows(gathered.workbook, "summary")
    head = SHEETS["summary"].heading
    assert [(row[head("county")], row[head("cycle")]) for row in rows] == [(name, "2026-11") for name in counties.desks]
    for row, desk in zip(rows, counties.desks.values(), strict=True):
        dated = [each for each in told_by(desk)["obligations"] if each["due"]]
        assert row["应报"] == len(dated)
        assert row[word("outcome", "reported")] == sum(each["outcome"] == "reported" for each in dated)
        assert row[word("timeliness", "overdue")] == sum(each["timeliness"] == "overdue" for each in dated)


def test_excel_opens_the_workbook(gathered: Rollup) -> None:
    assert lint(gathered.workbook) == []
    assert not any(validate_all([gathered.workbook]).values())


def test_not_a_byte_of_any_county_is_touched(counties: Counties, tmp_path: Path, postgresql: Server) -> None:
    def state() -> dict[str, object]:
        files = {
            str(path): (hashlib.sha256(path.read_bytes()).hexdigest(), path.stat().st_mtime_ns)
            for path in sorted(counties.folder.rglob("*"))
            if path.is_file()
        }
        with postgresql.connection() as admin:
            written = admin.execute("SELECT sum(n_tup_ins + n_tup_upd + n_tup_del) FROM pg_stat_user_tables").fetchone()
        return {**files, "rows written": written}

    before = state()
    gather(counties.places, tmp_path)
    assert state() == before


def copy_of(desk: Desk, to: Path) -> Path:
    return Path(shutil.copytree(desk.root, to))


def test_a_broken_workspace_is_told_and_the_others_are_gathered(counties: Counties, tmp_path: Path) -> None:
    jia = counties.desks["甲县"]
    for name in ("坏库", "缺表", "坏设置", "空"):
        copy_of(jia, tmp_path / name)
    (tmp_path / "坏库/zwgk.db").write_bytes(b"junk" * 1000)
    (tmp_path / "缺表/责任分工表.xlsx").unlink()
    (tmp_path / "坏设置/zwgk.toml").write_text("[office", encoding="utf-8")
    (tmp_path / "空/zwgk.db").unlink()
    broken: list[CountySource] = [tmp_path / name for name in ("坏库", "缺表", "坏设置", "空")]
    nowhere = "postgresql://zwgk@127.0.0.1:1/zwgk?schema=jin"
    done = gather([*broken, nowhere, jia.root], tmp_path / "汇总")
    assert [each.county for each in done.failed] == ["甲县", "甲县", "坏设置", "甲县", "jin"]
    for each, words in zip(
        done.failed, ("数据库文件已损坏", "责任分工表.xlsx", "写法不对", "找不到数据库", "无法连接"), strict=True
    ):
        assert words in each.reason
    assert {row["county"] for row in rows_of(done.data_set, "obligations")} == {"甲县"}
    reasons = [row[SHEETS["sources"].heading("reason")] for row in sheet_rows(done.workbook, "sources")]
    assert [bool(reason) for reason in reasons] == [True] * 5 + [False]


def test_a_ledger_with_values_that_mean_nothing_costs_that_county_only(
    counties: Counties, tmp_path: Path
) -> None:
    import sqlite3

    odd = copy_of(counties.desks["甲县"], tmp_path / "怪")
    with sqlite3.connect(odd / "zwgk.db") as connection:
        connection.execute("UPDATE receipts SET verdict = 'nonsense'")
    done = gather([odd, *counties.places[1:2]], tmp_path / "汇总")
    assert ["数据库文件已损坏" in each.reason for each in done.failed] == [True]


def test_a_ledger_of_an_earlier_version_is_told_and_not_brought_up_to_date(
    counties: Counties, tmp_path: Path
) -> None:
    import sqlite3

    old = copy_of(counties.desks["甲县"], tmp_path / "旧")
    with sqlite3.connect(old / "zwgk.db") as connection:
        connection.execute("DELETE FROM migrations WHERE name = (SELECT max(name) FROM migrations)")
    before = (old / "zwgk.db").read_bytes()
    done = gather([old, *counties.places[1:2]], tmp_path / "汇总")
    assert ["zwgk consolidate" in each.reason for each in done.failed] == [True]
    assert (old / "zwgk.db").read_bytes() == before


def test_two_counties_of_one_name_are_not_mixed(counties: Counties, tmp_path: Path) -> None:
    twin = copy_of(counties.desks["甲县"], tmp_path / "又一个")
    done = gather([counties.places[0], twin], tmp_path / "汇总")
    assert [("region" in each.reason, each.place) for each in done.failed] == [(True, str(twin))]
    assert len(rows_of(done.data_set, "receipts")) == done.sources[0].receipts


def test_a_database_without_the_tables_of_its_office(postgresql: Server, counties: Counties, tmp_path: Path) -> None:
    url = postgresql.new_url()
    desk = new_shared_desk(tmp_path / "新", url)
    done = gather([url, counties.places[0]], tmp_path / "汇总")
    assert "责任分工表" in done.failed[0].reason
    with desk.open() as office:
        consolidate(office, as_of=ON, who="科员")
    assert gather([url, counties.places[0]], tmp_path / "汇总").failed == ()


def test_a_county_is_counted_by_what_it_issued_until_it_amends_that(postgresql: Server, tmp_path: Path) -> None:
    url = postgresql.new_url()
    desk = new_shared_desk(tmp_path / "县", url)
    play(desk)
    before = gather([url], tmp_path / "汇总").sources[0].obligations
    desk.set_units(UNITS[:-1])
    with desk.open() as office:
        consolidate(office, as_of=ON, who="科员")
    assert gather([url], tmp_path / "汇总").sources[0].obligations == before
    desk.reissue()
    assert gather([url], tmp_path / "汇总").sources[0].obligations == before - 1


def test_a_second_run_replaces_the_first(counties: Counties, tmp_path: Path) -> None:
    gather(counties.places, tmp_path)
    done = gather(counties.places[:1], tmp_path)
    assert {row["county"] for row in rows_of(done.data_set, "items")} == {"甲县"}
    assert sorted(path.name for path in tmp_path.iterdir()) == [LOCK, done.workbook.name, done.data_set.name]


def test_what_a_killed_run_left_is_put_right(counties: Counties, tmp_path: Path) -> None:
    done = gather(counties.places[:1], tmp_path)
    done.data_set.rename(tmp_path / ".zwgk-old-1")
    (tmp_path / ".zwgk-new-x").mkdir()
    (tmp_path / ".zwgk-abc.tmp").write_bytes(b"half")
    with pytest.raises(UserError, match="没有一个工作区能汇总"):
        gather(["postgresql://zwgk@127.0.0.1:1/zwgk"], tmp_path)
    assert {row["county"] for row in rows_of(done.data_set, "items")} == {"甲县"}
    assert sorted(path.name for path in tmp_path.iterdir()) == [LOCK, done.workbook.name, done.data_set.name]


def test_other_peoples_files_are_not_replaced(counties: Counties, tmp_path: Path) -> None:
    mine = tmp_path / SHEETS.settings["data_folder"] / "论文.txt"
    mine.parent.mkdir()
    mine.write_text("别删", encoding="utf-8")
    with pytest.raises(UserError, match="别的文件"):
        gather(counties.places[:1], tmp_path)
    assert mine.read_text(encoding="utf-8") == "别删"
    assert sorted(path.name for path in tmp_path.iterdir()) == [LOCK, mine.parent.name]


def test_a_workbook_that_somebody_edited_is_not_replaced(counties: Counties, tmp_path: Path) -> None:
    jia = counties.desks["甲县"]
    done = gather([jia.root], tmp_path)
    book = openpyxl.load_workbook(done.workbook)
    book.worksheets[0]["A1"] = "领导批示"
    book.save(done.workbook)
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    with pytest.raises(UserError, match="导出后有人改动过"):
        gather([jia.root], tmp_path)
    assert {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()} == before
    done.workbook.rename(tmp_path / "批示.xlsx")
    assert gather([jia.root], tmp_path).workbook.is_file()


def test_one_that_is_edited_while_the_counties_are_read_is_not_replaced_either(
    counties: Counties, tmp_path: Path
) -> None:
    jia = counties.desks["甲县"]
    done = gather([jia.root], tmp_path)

    def edit(count: int, total: int, name: str) -> None:
        done.workbook.write_bytes("批示".encode())

    with pytest.raises(UserError, match="导出后有人改动过"):
        rollup([jia.root], tmp_path, as_of=ON, now=lambda: LATER, progress=edit)
    assert done.workbook.read_text("utf-8") == "批示"


def test_a_file_put_into_the_data_set_is_not_lost(counties: Counties, tmp_path: Path) -> None:
    done = gather(counties.places[:1], tmp_path)
    gather(counties.places[:1], tmp_path)
    mine = next(done.data_set.rglob("*.parquet")).with_name("我的.parquet")
    mine.write_text("别删", encoding="utf-8")
    with pytest.raises(UserError, match="我的"):
        gather(counties.places[:1], tmp_path)
    assert mine.read_text(encoding="utf-8") == "别删"
    marker = done.data_set / "_zwgk.json"
    marker.write_text('{"as_of": "2026-12-03"}', encoding="utf-8")  # as an earlier version wrote it
    assert gather(counties.places[:1], tmp_path).failed == ()


def test_one_at_a_time_writes_to_a_folder(counties: Counties, tmp_path: Path) -> None:
    with file_lock(tmp_path / LOCK, 0), pytest.raises(UserError, match="另一个 zwgk"):
        gather(counties.places[:1], tmp_path)
    assert gather(counties.places[:1], tmp_path).failed == ()


def test_results_do_not_go_into_a_workspace(counties: Counties) -> None:
    for to in (counties.desks["甲县"].root, counties.desks["甲县"].root / "汇总"):
        with pytest.raises(UserError, match="在工作区里"):
            gather(counties.places, to)


class Listener:
    """A server that only looks who comes: what a stranger's settings would have passwords sent to."""

    def __init__(self) -> None:
        self._socket = socket.create_server(("127.0.0.1", 0))
        self._socket.settimeout(0.2)
        self.port = self._socket.getsockname()[1]

    def came(self) -> bool:
        try:
            self._socket.accept()[0].close()
        except TimeoutError:
            return False
        return True


@pytest.mark.parametrize("url", ["postgresql://zwgk@127.0.0.1:{port}/zwgk", "sqlite:///{other}"])
def test_a_database_that_only_a_countys_settings_name_is_not_opened(
    counties: Counties, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, url: str
) -> None:
    monkeypatch.setenv("ZWGK_LEDGER_PASSWORD", "office-secret")
    listener, desk = Listener(), counties.desks["甲县"]
    hostile = copy_of(desk, tmp_path / "各县" / "丁")
    named = url.format(port=listener.port, other=desk.root / "zwgk.db")
    (hostile / "zwgk.toml").write_text(f'[ledger]\nurl = "{named}"\n', encoding="utf-8")
    done = gather([*sources_of([str(hostile.parent)]), counties.places[0]], tmp_path / "汇总")
    assert [each.county for each in done.failed] == ["丁"]
    assert "用该数据库的地址代替" in done.failed[0].reason
    assert not listener.came()
    named = f"postgresql://zwgk@127.0.0.1:{listener.port}/zwgk?connect_timeout=2"
    threading.Thread(target=gather, args=([named, counties.places[0]], tmp_path / "另"), daemon=True).start()
    assert any(listener.came() for _ in range(50)), "one that the operator names is"


def test_what_lies_in_the_inbox_of_a_county_is_no_county(counties: Counties, tmp_path: Path) -> None:
    jia = copy_of(counties.desks["甲县"], tmp_path / "甲")
    inner = copy_of(counties.desks["甲县"], jia / "收件箱" / "压缩包_解压")
    assert sources_of([str(inner.parent)]) == [inner]
    with pytest.raises(UserError, match="里面"):
        gather([inner], tmp_path / "汇总")
    with pytest.raises(UserError, match="在工作区里"):
        gather(counties.places[:1], jia / "收件箱" / "汇总")


def test_a_folder_of_workspaces_stands_for_all_of_them(counties: Counties, tmp_path: Path) -> None:
    root = counties.desks["甲县"].root
    assert sources_of([str(root.parent), str(root), "postgresql://a@b/c"]) == [root, "postgresql://a@b/c"]
    for nothing in (tmp_path, tmp_path / "没有"):
        with pytest.raises(UserError, match=nothing.name):
            sources_of([str(nothing)])


def test_a_day_to_come_is_refused(counties: Counties, tmp_path: Path) -> None:
    with pytest.raises(UserError, match="还没有到"):
        rollup(counties.places, tmp_path, as_of=ON, now=lambda: LATER - timedelta(days=1))
    assert not list(tmp_path.iterdir())


def test_as_a_command(
    counties: Counties, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    in_december(monkeypatch)
    arguments = ["rollup", *map(str, counties.places), "--to", str(tmp_path), "--as-of", ON.isoformat()]
    assert run([*arguments, "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert [each["county"] for each in told["counties"]] == list(counties.desks)
    assert told["as_of"] == "2026-12-03"
    empty = tmp_path / "空"
    shutil.copytree(counties.desks["甲县"].root, empty)
    (empty / "zwgk.db").unlink()
    assert run([*arguments, str(empty)]) == 1
    assert "未汇总" in capsys.readouterr().out


def test_a_server_with_a_view_without_end_costs_that_county(
    postgresql: Server, counties: Counties, tmp_path: Path
) -> None:
    url = postgresql.new_url()
    play(new_shared_desk(tmp_path / "县", url))
    endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT 1 - i FROM n) SELECT old.* FROM old, n"
    with postgresql.connection() as admin:
        admin.execute(f"SET search_path = {schema_of(url_of(url))}")
        admin.execute("ALTER TABLE receipts RENAME TO old")
        admin.execute(f"CREATE VIEW receipts AS {endless}")
        admin.execute("ALTER VIEW receipts OWNER TO zwgk")
    limits = CountyLimits(20, 1 << 30)
    done = rollup([url, counties.places[0]], tmp_path / "汇总", as_of=ON, now=lambda: LATER, limits=limits)
    assert ["已中止" in each.reason or "读取时出错" in each.reason for each in done.failed] == [True]
    assert [each.county for each in done.sources if not each.reason] == ["甲县"]


def test_a_county_that_fails_keeps_the_name_that_it_gives_itself(counties: Counties, tmp_path: Path) -> None:
    jia = counties.desks["甲县"]
    broken = copy_of(jia, tmp_path / "文件夹")
    (broken / "zwgk.db").write_bytes(b"junk" * 1000)
    done = gather([broken, jia.root], tmp_path / "汇总")
    assert [(each.county, bool(each.reason)) for each in done.sources] == [("甲县", True), ("甲县", False)]
