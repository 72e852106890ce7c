"""One county's bad database or file costs that county: the others are rolled up, and the reason is told."""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.clock import in_december
from tests.tools import posix_only
from tests.workflow.desk import new_desk
from tests.workflow.month import LATER, play
from zwgk_excel.cli.main import run
from zwgk_excel.workflow.counties.rolling_up import COUNTY_LIMITS, CountyLimits, Rollup, rollup
from zwgk_excel.workflow.errors import UserError

pytestmark = [pytest.mark.slow, posix_only("pipes and devices, and a limit of memory, which wine does not keep")]
ON = LATER.date()


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An honest county; tests spoil copies of it."""
    desk = new_desk(tmp_path_factory.mktemp("county"))
    play(desk)
    return desk.root


def altered(*statements: str) -> Callable[[Path], None]:
    def spoil(county: Path) -> None:
        connection = sqlite3.connect(county / "zwgk.db")
        for statement in statements:
            connection.execute(statement)
        connection.commit()
        connection.close()

    return spoil


def in_place_of(name: str, make: Callable[[Path], object]) -> Callable[[Path], None]:
    def spoil(county: Path) -> None:
        (county / name).unlink()
        make(county / name)

    return spoil


def pipe(path: Path) -> None:
    os.mkfifo(path)


def sparse(path: Path) -> None:
    with path.open("wb") as file:
        file.write(b"SQLite format 3\0")
        file.truncate(200 << 30)


def flipped(county: Path) -> None:
    data = bytearray((county / "zwgk.db").read_bytes())
    for place in range(5000, len(data), 97):
        data[place] ^= 0xFF
    (county / "zwgk.db").write_bytes(data)


ENDLESS = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT * FROM n"
SPOILT: dict[str, tuple[Callable[[Path], None], str]] = {
    "a view without end": (
        altered("ALTER TABLE receipts RENAME TO old", f"CREATE VIEW receipts AS {ENDLESS}"),
        "视图、触发器或虚拟表（receipts）",
    ),
    "another view": (altered(f"CREATE VIEW v AS {ENDLESS}"), "虚拟表（v）"),
    "a trigger": (
        altered("CREATE TRIGGER t AFTER INSERT ON receipts BEGIN DELETE FROM receipts; END"),
        "虚拟表（t）",
    ),
    "a virtual table": (altered("CREATE VIRTUAL TABLE f USING fts5(x)"), "虚拟表（f"),
    "values of gigabytes": (
        altered(
            "ALTER TABLE receipts RENAME COLUMN file TO file_",
            "ALTER TABLE receipts ADD COLUMN file TEXT GENERATED ALWAYS AS (hex(zeroblob(499000000))) VIRTUAL",
        ),
        "",
    ),
    "a pipe as database": (in_place_of("zwgk.db", pipe), "找不到数据库"),
    "a pipe as settings": (in_place_of("zwgk.toml", pipe), "不是工作区"),
    "a pipe as duty table": (in_place_of("责任分工表.xlsx", pipe), "不是普通文件"),
    "a device as roster": (in_place_of("单位通讯录.xlsx", lambda path: path.symlink_to("/dev/zero")), "不是普通文件"),
    "a database of 200 GB": (in_place_of("zwgk.db", sparse), ""),
    "settings of 200 GB": (in_place_of("zwgk.toml", sparse), "超过 1 MB"),
    "a roster of 200 GB": (in_place_of("单位通讯录.xlsx", sparse), "超过 30 MB"),
    "no database": (in_place_of("zwgk.db", lambda path: path.write_bytes(b"PK\x03\x04" * 500)), "已损坏"),
    "flipped bytes": (flipped, ""),
}


def gather(places: list[Path], to: Path, limits: CountyLimits = COUNTY_LIMITS) -> Rollup:
    return rollup(places, to, as_of=ON, now=lambda: LATER, limits=limits)


@pytest.mark.parametrize("what", SPOILT)
def test_it_costs_its_own_county(what: str, good: Path, tmp_path: Path) -> None:
    spoil, words = SPOILT[what]
    bad = Path(shutil.copytree(good, tmp_path / "坏县"))
    spoil(bad)
    done = gather([bad, good], tmp_path / "汇总", CountyLimits(60, 2 << 30))
    (failed,) = done.failed
    assert (failed.county, failed.place) == ("坏县", str(bad))
    assert words in failed.reason
    assert failed.reason.count("\n") == 0
    assert [each.county for each in done.sources if not each.reason] == [good.name]


def test_one_that_is_locked_is_not_waited_for_longer_than_the_limit(good: Path, tmp_path: Path) -> None:
    locked = Path(shutil.copytree(good, tmp_path / "锁着"))
    holder = sqlite3.connect(locked / "zwgk.db", isolation_level=None)
    holder.execute("BEGIN EXCLUSIVE")
    try:
        done = gather([locked, good], tmp_path / "汇总", CountyLimits(9, 4 << 30))
    finally:
        holder.close()
    assert [(each.county, "读取超过 9 秒" in each.reason) for each in done.failed] == [("锁着", True)]
    assert [each.county for each in done.sources if not each.reason] == [good.name]


def test_one_that_takes_too_much_memory_is_told(good: Path, tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"没有一个工作区能汇总.*读取时"):
        gather([good], tmp_path / "汇总", CountyLimits(60, 130 << 20))
    assert not list((tmp_path / "汇总").glob("*.xlsx"))


def test_a_database_of_its_own_url_is_bounded_too(good: Path, tmp_path: Path) -> None:
    bad = Path(shutil.copytree(good, tmp_path / "坏县"))
    altered(f"CREATE VIEW v AS {ENDLESS}")(bad)
    done = rollup([f"sqlite:///{bad}/zwgk.db", good], tmp_path / "汇总", as_of=ON, now=lambda: LATER)
    assert ["虚拟表（v）" in each.reason for each in done.failed] == [True]


def test_the_command_says_which_and_why(
    good: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    in_december(monkeypatch)
    bad = Path(shutil.copytree(good, tmp_path / "坏县"))
    altered("ALTER TABLE receipts RENAME TO old", f"CREATE VIEW receipts AS {ENDLESS}")(bad)
    to = ["--to", str(tmp_path / "汇总"), "--as-of", ON.isoformat()]
    assert run(["rollup", str(bad), str(good), *to]) == 1
    said = capsys.readouterr()
    assert f"未汇总 {bad}：" in said.out.replace("\n", "")
    assert "Traceback" not in said.out + said.err
