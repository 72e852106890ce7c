"""A government-like site on loopback, over HTTP and HTTPS, with pages in GBK and UTF-8, and faults by a fixed choice.

A page names by its path what is the matter with it (``/dead/12``); :func:`reported` gives what a unit reported of it.
"""

from __future__ import annotations

import gzip
import random
import socket
import ssl
import threading
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import date, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from tests.mail.authority import Authority
from tests.workflow.desk import item
from zwgk_excel.domain.link_checks import LinkVerdict, ReportedLink
from zwgk_excel.domain.returns import Item
from zwgk_excel.workbooks.report.fill_in import InputValue

HOST = "www.city.test"
FAULTY = {
    "dead": LinkVerdict.GONE,
    "soft": LinkVerdict.GONE,
    "home": LinkVerdict.GONE,
    "error": LinkVerdict.UNREACHABLE,
    "loop": LinkVerdict.UNREACHABLE,
    "reset": LinkVerdict.UNREACHABLE,
    "closed": LinkVerdict.UNREACHABLE,
    "expired": LinkVerdict.UNREACHABLE,
    "stranger": LinkVerdict.UNREACHABLE,
    "title": LinkVerdict.TITLE_DIFFERS,
    "month": LinkVerdict.TITLE_DIFFERS,
    "date": LinkVerdict.DATE_DIFFERS,
    "shown_date": LinkVerdict.DATE_DIFFERS,
    "challenge": LinkVerdict.UNCERTAIN,
    "cookie": LinkVerdict.UNCERTAIN,
    "login": LinkVerdict.UNCERTAIN,
    "blocked": LinkVerdict.UNCERTAIN,
    "script": LinkVerdict.UNCERTAIN,
    "pdf": LinkVerdict.UNCERTAIN,
    "huge": LinkVerdict.UNCERTAIN,
}
"""What is the matter → the verdict that is right."""
COSTLY = {"slow": LinkVerdict.UNREACHABLE, "slow_head": LinkVerdict.UNREACHABLE, "endless": LinkVerdict.UNCERTAIN}
"""The same; each takes all the time that a visit may take, or much of it."""
SOUND = ("meta", "gbk", "plain", "zipped", "secure", "moved", "refreshed", "answer", "moved_title")
KINDS = {**FAULTY, **COSTLY, **dict.fromkeys(SOUND, LinkVerdict.FINE)}
OUTSIDE = {"secure": "good", "expired": "expired", "stranger": "stranger", "closed": "closed"}
"""Kinds that another port has."""


def title_of(number: int) -> str:
    return f"大冶市2026年{number % 12 + 1}月第{number}批财政专项资金分配情况公告"


def day_of(number: int) -> date:
    return date(2026, 10, 1) + timedelta(days=number % 50)


def article(title: str, day: date, *, meta: bool = True, charset: str = "utf-8", shown: str = "发布时间") -> str:
    """A page as the guideline has it, or without its tags."""
    tags = f'<meta name="ArticleTitle" content="{title}"><meta name="PubDate" content="{day} 09:30">' if meta else ""
    return (
        f'<!DOCTYPE html><html><head><meta charset="{charset}"><meta name="SiteName" content="大冶市人民政府">{tags}'
        f"<title>{title}_大冶市人民政府</title><script>var a = 1;</script></head><body><h1>{title}</h1>"
        f"<p>来源：财政局　{shown}：{day.year}年{day.month:02}月{day.day:02}日</p><p>成文日期：2025年01月02日</p>"
        f"{'<p>正文内容。</p>' * 40}</body></html>"
    )


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    site: Site

    def do_GET(self) -> None:
        _, kind, number = (*self.path.partition("?")[0].split("/"), "", "")[:3]
        self.site.requests[self.path] += 1
        self.site.agents.add(self.headers["User-Agent"])
        self.site.cookies += "Cookie" in self.headers
        with suppress(OSError):
            getattr(self, f"_{kind or 'front'}", self._meta)(int(number or 0))

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""

    def _send(self, text: str | bytes, status: int = 200, kind: str = "text/html", **headers: str) -> None:
        data = text.encode() if isinstance(text, str) else text
        self.send_response(status)
        for name, value in {"Content-Type": kind, **headers, "Content-Length": str(len(data))}.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(data)

    def _lead(self, place: str, **headers: str) -> None:
        self._send("", 302, Location=place, **headers)

    def _front(self, number: int) -> None:
        self._send("<title>大冶市人民政府</title><h1>大冶市人民政府</h1>" + "<a href=/x>今天的要闻和公告</a>" * 60)

    def _meta(self, number: int) -> None:
        etag = f'"{number}"'
        if self.headers["If-None-Match"] == etag:
            self.send_response(304)
            self.end_headers()
            return
        self._send(article(title_of(number), day_of(number)), ETag=etag)

    _secure = _meta

    def _gbk(self, number: int) -> None:
        page = article(title_of(number), day_of(number), charset="gb2312").encode("gb18030")
        self._send(page, kind="text/html" if number % 2 else "text/html; charset=gbk")

    def _plain(self, number: int) -> None:
        self._send(article(title_of(number), day_of(number), meta=False))

    def _zipped(self, number: int) -> None:
        self._send(gzip.compress(article(title_of(number), day_of(number)).encode()), Content_Encoding="gzip")

    def _moved(self, number: int) -> None:
        self._lead(f"/meta/{number}")

    def _refreshed(self, number: int) -> None:
        self._send(f'<meta http-equiv="Refresh" content="0; url=/meta/{number}">')

    def _answer(self, number: int) -> None:
        self._send(f"<title>{title_of(number)}</title><h1>{title_of(number)}</h1><p>经检索，您申请的信息不存在。")

    def _moved_title(self, number: int) -> None:
        self._send(article(f"大冶市人民政府关于印发《{title_of(number)}》的通知（冶政发〔2026〕3号）", day_of(number)))

    def _dead(self, number: int) -> None:
        self._send("<h1>404 Not Found</h1>", 404 if number % 2 else 410)

    def _soft(self, number: int) -> None:
        said = ("您访问的页面不存在或已删除", "抱歉，找不到您要的页面", "404 错误")[number % 3]
        self._send(f"<title>{said}</title><h1>{said}</h1><p>5 秒后返回首页。</p>")

    def _home(self, number: int) -> None:
        self._lead("/")

    def _error(self, number: int) -> None:
        self._send("<h1>Bad Gateway</h1>", (500, 502, 503)[number % 3])

    def _loop(self, number: int) -> None:
        step = int(self.path.partition("?")[2] or 0)
        self._lead(f"/loop/{number}?{(step + 1) % 3 if number % 2 else step + 1}")

    def _reset(self, number: int) -> None:
        self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 9000\r\n\r\n<title>")
        self.close_connection = True

    def _title(self, number: int) -> None:
        self._send(article("关于召开全市春季森林防火工作会议的预备通知", day_of(number)))

    def _month(self, number: int) -> None:
        self._send(article(title_of(number + 1), day_of(number)))

    def _date(self, number: int) -> None:
        self._send(article(title_of(number), day_of(number) + timedelta(days=1)))

    def _shown_date(self, number: int) -> None:
        self._send(article(title_of(number), day_of(number) + timedelta(days=40), meta=False, shown="发布日期"))

    def _challenge(self, number: int) -> None:
        if number % 2:
            self._send("<script>document.cookie='__jsl_clearance=1';location.reload()</script>", 521)
        else:
            self._send("<title>访问验证</title><p>请完成验证后继续访问</p>")

    def _cookie(self, number: int) -> None:
        self._lead(self.path, Set_Cookie="seen=1")

    def _login(self, number: int) -> None:
        self._send("<title>统一身份认证</title><form>用户名<input>密码<input type=password><button>登录</button>")

    def _blocked(self, number: int) -> None:
        self._send("<h1>403 Forbidden</h1>", 403)

    def _script(self, number: int) -> None:
        self._send("<title>大冶市人民政府</title><div id=app></div><script src=/app.js></script>")

    def _pdf(self, number: int) -> None:
        self._send(b"%PDF-1.7", kind="application/pdf")

    def _huge(self, number: int) -> None:
        self._send(gzip.compress(b"<title>" + b"a" * (8 << 20), 9), Content_Encoding="gzip")

    def _slow(self, number: int) -> None:
        self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 90000\r\n\r\n")
        self._drip(b"a")

    def _slow_head(self, number: int) -> None:
        self.wfile.write(b"HTTP/1.1 200 OK\r\nX-Slow: ")
        self._drip(b"a")

    def _drip(self, piece: bytes) -> None:
        self.close_connection = True
        while not self.site.ended.wait(0.05):
            self.wfile.write(piece)

    def _endless(self, number: int) -> None:
        self.close_connection = True
        self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<title>")
        while not self.site.ended.is_set():
            self.wfile.write(b"a" * 65536)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Whoever does not like our certificate, or has seen enough, goes away: no fault of ours."""

    def finish_request(self, request: Any, client_address: Any) -> None:
        """In a thread of its own, where a handshake keeps nobody waiting."""
        if context := getattr(self, "context", None):
            request.settimeout(10)
            request = context.wrap_socket(request, server_side=True)
        super().finish_request(request, client_address)


@dataclass
class Site:
    """The running site."""

    ports: dict[str, int] = field(default_factory=dict)
    """Of HTTP (``plain``), of HTTPS with a certificate that is right, expired, or of another, and of nobody."""
    requests: Counter[str] = field(default_factory=Counter)
    agents: set[str] = field(default_factory=set)
    cookies: int = 0
    ended: threading.Event = field(default_factory=threading.Event)

    def url(self, kind: str, number: int = 0) -> str:
        """The address of a page."""
        port = self.ports[OUTSIDE.get(kind, "plain")]
        secure = OUTSIDE.get(kind, "closed") != "closed"
        return f"http{'s' if secure else ''}://{HOST}:{port}/{kind}/{number}"

    @property
    def hosts(self) -> list[str]:
        """As the office lists them."""
        return [f"{HOST}:{port}" for port in self.ports.values()]


@contextmanager
def running(authority: Authority) -> Iterator[Site]:
    """The site until the block ends."""
    site = Site()
    certificates = {
        "good": authority.certificate("web", names=(HOST,)),
        "expired": authority.certificate("web-expired", names=(HOST,), days=(-9, -2)),
        "stranger": authority.certificate("web-stranger", names=("www.other.test",)),
    }
    handler = type("Handler", (_Handler,), {"site": site})
    with ExitStack() as stack:
        for name in ("plain", *certificates):
            server = _Server(("127.0.0.1", 0), handler)
            if name in certificates:
                server.context = certificates[name].context()  # type: ignore[attr-defined]
            site.ports[name] = server.server_address[1]
            threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
            stack.callback(server.server_close)
            stack.callback(server.shutdown)
        closed = stack.enter_context(socket.socket())
        closed.bind(("127.0.0.1", 0))  # ours, and nobody listens
        site.ports["closed"] = closed.getsockname()[1]
        try:
            yield site
        finally:
            site.ended.set()
            time.sleep(0.06)


def here(host: str, port: int) -> list[str]:
    """A resolver for which every name is this machine."""
    return ["127.0.0.1"]


def seeded(count: int, kinds: dict[str, LinkVerdict] = KINDS, *, costly: int = 1, seed: int = 20) -> list[str]:
    """What is the matter with each of so many links: every kind at least once, most are sound, few cost time."""
    choice = random.Random(seed)
    some = [kind for kind in kinds if kind not in COSTLY]
    found = [*some, *(kind for kind in kinds if kind in COSTLY for _ in range(costly))]
    while len(found) < count:
        found.append(choice.choice(SOUND) if choice.random() < 0.7 else choice.choice(some))
    choice.shuffle(found)
    return found


def reported(site: Site, kind: str, number: int) -> ReportedLink:
    """What a unit reported of a page."""
    day = day_of(number)
    item = Item("D02/市财政局/2026-11", "D02", title_of(number), published_on=day, url=site.url(kind, number))
    return ReportedLink("市财政局", "a.xlsx", item)


def typed_rows(site: Site, kinds: Mapping[int, str]) -> list[dict[str, InputValue]]:
    """The same as rows that a unit types; ``kinds`` by numbers of pages."""
    found = [reported(site, kind, number).item for number, kind in kinds.items()]
    return [item("D02 政府采购", title=each.title, url=each.url, published_on=each.published_on) for each in found]


def trusting(authority: Authority) -> ssl.SSLContext:
    """A context for which the site's authority is one."""
    from zwgk_excel.web.exchange import tls_context

    return tls_context(str(authority.file))
