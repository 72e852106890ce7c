"""A ledger's URL leads where everybody sees it, and nothing is said there unencrypted but on this computer."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import event

from zwgk_excel.ledger import LedgerFailedError, account_of, display_location, url_of
from zwgk_excel.ledger.engine import connect
from zwgk_excel.ledger.urls import is_local


class _ReachedError(Exception):
    """The driver would connect now."""


def arguments(written: str) -> dict[str, Any]:
    """What the driver is told to connect with."""
    told: dict[str, Any] = {}

    def reached(dialect: object, record: object, args: object, given: dict[str, Any]) -> None:
        told.update(given)
        raise _ReachedError

    engine = connect(url_of(written), 0.2)
    event.listen(engine, "do_connect", reached)
    with pytest.raises(_ReachedError):
        engine.connect()
    return told


@pytest.mark.parametrize(
    "query",
    [
        "host=127.0.0.1&sslmode=disable", "host=127.0.0.1", "hostaddr=10.0.0.9", "port=5433", "user=postgres",
        "service=other", "servicefile=/tmp/x", "passfile=/tmp/x", "dbname=host%3Dother", "sslcert=a", "sslkey=/tmp/key",
        "h%6Fst=other", "plugin=anything", "HOST=other", "krbsrvname=x", "gssencmode=disable",
        "sslmode=verify-full&sslmode=disable", "schema=a&schema=b",
    ],
)  # fmt: skip
def test_nothing_in_the_query_leads_elsewhere(query: str) -> None:
    written = f"postgresql://zwgk@db.example/zwgk?{query}"
    with pytest.raises(LedgerFailedError, match="不能用或重复"):
        url_of(written)
    assert display_location(written) == "…"


@pytest.mark.parametrize(
    "written",
    [
        "postgresql://zwgk@db.example,other.example/zwgk",
        "postgresql://zwgk@db.example/host%3Dother dbname%3Dzwgk",
        "postgresql://zwgk@db.example/host=other",
        "postgresql://zwgk@db.example/postgresql://other/zwgk",
    ],
)
def test_one_server_and_one_database(written: str) -> None:
    with pytest.raises(LedgerFailedError, match="只能写一台主机"):
        url_of(written)


@pytest.mark.parametrize("written", ["mysql+pymysql://u@h/x", "postgresql+pg8000://u@h/x", "postgresql+asyncpg://u@h/x"])
def test_no_other_driver(written: str) -> None:
    with pytest.raises(LedgerFailedError, match="缺少数据库驱动"):
        url_of(written)


def test_a_file_takes_no_parameters() -> None:
    with pytest.raises(LedgerFailedError, match="不能用"):
        url_of("sqlite:///zwgk.db?vfs=other")


@pytest.mark.parametrize("mode", ["disable", "allow", "prefer", "Require", "nonsense"])
@pytest.mark.parametrize("host", ["db.example", "10.0.0.1", "127.0.0.1.example", "localhost.example", "0.0.0.0"])
def test_over_a_network_only_encrypted(host: str, mode: str) -> None:
    with pytest.raises(LedgerFailedError, match="sslmode 只能是"):
        url_of(f"postgresql://zwgk@{host}/zwgk?sslmode={mode}")


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "127.8.0.1", "[::1]", ""])
def test_on_this_computer_as_one_likes(host: str) -> None:
    url = url_of(f"postgresql://zwgk@{host}/zwgk?sslmode=disable")
    assert is_local(url)


def test_encryption_is_asked_for_where_the_url_does_not_say(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PGSSLMODE", raising=False)
    assert arguments("postgresql://zwgk@db.example/zwgk?schema=jinhu")["sslmode"] == "require"
    assert arguments("postgresql://zwgk@db.example/zwgk?sslmode=verify-full")["sslmode"] == "verify-full"
    assert "sslmode" not in arguments("postgresql://zwgk@127.0.0.1/zwgk")
    monkeypatch.setenv("PGSSLMODE", "disable")
    assert arguments("postgresql://zwgk@db.example/zwgk")["sslmode"] == "require"
    monkeypatch.setenv("PGSSLMODE", "verify-full")
    assert "sslmode" not in arguments("postgresql://zwgk@db.example/zwgk"), "the computer's own setting asks for more"


def test_the_driver_connects_to_what_messages_name() -> None:
    written = "postgresql://zwgk@db.example:5433/zwgk?schema=jinhu&connect_timeout=3"
    told = arguments(written)
    assert (told["host"], told["port"], told["user"], told["dbname"]) == ("db.example", 5433, "zwgk", "zwgk")
    assert account_of(url_of(written)) == "zwgk@db.example:5433/zwgk"
    assert int(told["connect_timeout"]) == 3
