"""Bombs and endless or broken answers take no more than is allowed, and nothing in a page acts."""

import gzip
import time
import tracemalloc
import zlib
from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.web.site import article, here
from zwgk_excel.domain.link_checks import VisitFinding
from zwgk_excel.web.addresses import NotVisitedError, Reach
from zwgk_excel.web.crawling import Pace, in_turn
from zwgk_excel.web.exchange import VisitLimits, _Decoder, newer_than, tls_context
from zwgk_excel.web.pages import read_page
from zwgk_excel.web.visiting import Visitor

LIMITS = VisitLimits(seconds=1, bytes=1 << 18)


@pytest.fixture
def visitor(site):
    now = datetime(2026, 12, 1, 9)
    return Visitor(Reach(site.hosts, ["127.0.0.0/8"], resolve=here), tls_context(), lambda: now, limits=LIMITS)


def raw_deflate(data):
    made = zlib.compressobj(9, wbits=-15)
    return made.compress(data) + made.flush()


@pytest.mark.parametrize(
    ("coding", "packed"),
    [("gzip", gzip.compress), ("deflate", zlib.compress), ("deflate", raw_deflate), ("x-gzip", gzip.compress)],
)
def test_a_bomb_is_unpacked_as_far_as_is_wanted(coding, packed):
    bomb = packed(b"a" * (32 << 20))
    decoder = _Decoder(coding, 1000)
    tracemalloc.start()
    for start in range(0, len(bomb), 4096):
        if not decoder.full:
            decoder.feed(bomb[start : start + 4096])
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert (decoder.full, len(decoder.found)) == (True, 1001)
    assert most < 1 << 20


@pytest.mark.parametrize("coding", ["br", "zstd", "gzip, gzip", "compress", "a" * 1000])
def test_what_cannot_be_unpacked_within_bounds_is_not_unpacked(coding):
    with pytest.raises(NotVisitedError) as told:
        _Decoder(coding, 1000)
    assert told.value.finding is VisitFinding.UNDECODABLE


@pytest.mark.parametrize("kind", ["slow", "slow_head", "endless", "huge"])
def test_no_page_takes_more_time_or_room_than_it_may(visitor, site, kind):
    begun = time.monotonic()
    found = visitor.visit(site.url(kind, 1))
    assert time.monotonic() - begun < 3 * LIMITS.seconds
    assert len(found.body) <= LIMITS.bytes


ANSWERS = [
    b"",
    b"\r\n\r\n",
    b"HTTP/1.1 200",
    b"HTTP/9.9 xyz\r\n\r\n",
    b"HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\na",
    b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
    b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\nno gzip",
    b"HTTP/1.1 200 OK\r\n" + b"X: a\r\n" * 200 + b"\r\n",
    b"HTTP/1.1 200 OK\r\nX: " + b"a" * 100_000 + b"\r\n\r\n",
    b"HTTP/1.1 302 Found\r\nLocation: \x00\xff\r\n\r\n",
    b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=\xff\r\n\r\n<title>",
    b"SSH-2.0-OpenSSH_9.2\r\n",
]


@pytest.mark.parametrize("answer", ANSWERS)
def test_an_answer_against_the_rules_is_a_finding(visitor, site, monkeypatch, answer):
    def broken(handler, number):
        handler.wfile.write(answer)
        handler.close_connection = True

    monkeypatch.setattr(f"{site.__module__}._Handler._reset", broken)
    assert visitor.visit(site.url("reset", 2)).visit.finding in set(VisitFinding) - {VisitFinding.READ}


PAGES = [
    b"",
    b"\x00\x00\xff",
    b"<a>" * 100_000,
    b"<table><tr><td>" * 20_000,
    b"<!DOCTYPE a [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><title>&x;</title><p>" + b"a" * 50,
    b"<?xml version='1.0' encoding='utf-16'?><html><title>",
    "<title>\u202e\x1b[31m标题\r\n</title>".encode() + b"<p>a</p>" * 50,
    b"<meta charset=rot13><title>a</title>" + b"a" * 50,
    b"<meta charset=undefined><title>a</title>" + b"a" * 50,
    b"<meta name=PubDate content='2026-99-99'><h1>a</h1>" + b"a" * 50,
    b"<title>" + b"-" * 200_000,
    b"<script>1</script>\x00\x1b[2J \xef\xbf\xbe" + b"a" * 50,
    b"<meta http-equiv=refresh content='0;url=javascript:alert(1)'>",
]


@pytest.mark.parametrize("body", PAGES)
def test_whatever_is_in_a_page_something_is_found(body):
    begun = time.monotonic()
    found = read_page(body, "text/html; charset=utf-7")
    assert all(title.isprintable() and len(title) <= 300 for title in found.titles)
    assert not any("root:" in title for title in found.titles)
    assert found.published_on is None
    assert time.monotonic() - begun < 2


TAGS = [b"<title>", b"<p>", b"<meta name=", b"content=", b"<script>"]


@given(st.binary(max_size=300), st.sampled_from(TAGS), st.binary())
def test_so_it_is_with_any_bytes(first, tag, last):
    page = article("标题", date(2026, 11, 3), meta=len(first) % 2 == 0).encode()
    place = page.find(tag) if tag in page else 0
    found = read_page(page[:place] + first + page[place:] + tag + last, "text/html")
    assert all(title.isprintable() for title in found.titles)


def test_what_a_server_said_before_goes_back_only_as_a_header_of_its_own():
    assert newer_than('"a"', "") == {"If-None-Match": '"a"'}
    assert newer_than('"a"\r\nX: 1', "\x00") == {}


def test_no_host_is_asked_more_often_than_is_allowed(monkeypatch):
    waits: list[float | None] = []
    pace = Pace(60)
    monkeypatch.setattr(pace._ended, "wait", waits.append)
    for host in ("a", "a", "b", "a"):
        pace.wait(host)
    assert [round(each or 0) for each in waits] == [0, 1, 0, 2]


def test_hosts_are_asked_in_turn():
    links = [(f"http://{host}/{number}", None) for host in "ab" for number in range(2)] + [("http://[", None)]
    assert [url for url, _ in in_turn(links)] == ["http://a/0", "http://b/0", "http://[", "http://a/1", "http://b/1"]
