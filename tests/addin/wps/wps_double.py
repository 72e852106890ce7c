"""What of WPS the add-in calls, over real files: workbooks that are open hold their file, and are saved into it."""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Self

import openpyxl

from tests.addin.wps.browser import TIMEOUT, Browser, Page
from tests.tools import ROOT


@dataclass
class OpenWorkbook:
    """A workbook open in WPS: where the user is in it, and what was typed and not saved."""

    path: str
    sheets: list[str]
    sheet: str
    cell: str = "A1"
    zoom: int = 100
    read_only: bool = False
    unsaved: Callable[[Path], None] | None = None
    """Writes into the file what was typed."""

    @property
    def saved(self) -> bool:
        return self.unsaved is None

    @property
    def folder(self) -> str:
        return str(Path(self.path).parent) if os.sep in self.path else ""

    @property
    def held(self) -> Path:
        """The file by which others see that it is open."""
        return Path(self.path).with_name(f"~${Path(self.path).name}")


@dataclass
class Wps:
    """WPS with an add-in in it. ``script`` answers the dialog: it gets what is shown, and returns what to do."""

    addin: Path
    """The add-in's folder."""
    environment: Mapping[str, str]
    """Of the programs that it starts."""
    answer: Callable[[Page, str], None] = lambda page, _: press_first(page)
    books: dict[int, OpenWorkbook] = field(default_factory=dict)
    """The last one is in front."""
    folder: str | None = None
    shown: list[str] = field(default_factory=list)
    """What was said in message boxes and dialogs."""
    started: list[list[str]] = field(default_factory=list)
    fails: dict[str, str] = field(default_factory=dict)
    """Deed → why WPS refuses it."""
    meanwhile: dict[str, Callable[[], None]] = field(default_factory=dict)
    """Deed → what happens while WPS does it, once."""

    def __enter__(self) -> Self:
        self._server = _Server(("127.0.0.1", 0), _Handler)
        self._server.wps = self
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    @property
    def address(self) -> str:
        """Where the double answers; its pages are of another origin than the service's."""
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def open_in(self, browser: Browser) -> None:
        """Start: the add-in's page, with the calls of WPS in it."""
        double = (ROOT / "tests/addin/wps/double.js").read_text(encoding="utf-8")
        self.browser = browser
        self.page = browser.page((self.addin / "index.html").as_uri(), double.replace("__SERVER__", self.address))
        self.page.wait_for("document.querySelector('button') !== null")

    def press(self, label: str) -> list[str]:
        """Click a button of the ribbon by its label, answer what is asked until it has ended; what was said."""
        before = len(self.shown)
        self.page.click(f"[...document.querySelectorAll('button')].find(e => e.textContent === {json.dumps(label)})")
        until = time.monotonic() + TIMEOUT
        while self.page.evaluate("working"):
            assert time.monotonic() < until, self.shown[before:]
            time.sleep(0.05)
        return self.shown[before:]

    # --- the calls, by the words of double.js ---

    def front(self) -> int | None:
        return next(reversed(self.books), None)

    def get(self, number: int, what: str) -> Any:
        if what in self.fails:
            raise OSError(self.fails[what])
        return getattr(self.books[number], what)

    def set(self, number: int, what: str, value: Any) -> None:
        setattr(self.books[number], what, value)

    def count(self) -> int:
        return len(self.books)

    def item(self, index: int) -> int:
        return sorted(self.books)[index - 1]

    def open(self, path: str) -> int:
        names = openpyxl.load_workbook(path, read_only=True).sheetnames
        number = max(self.books, default=0) + 1
        self.books[number] = book = OpenWorkbook(path, names, names[0])
        book.held.touch()
        return number

    def activate(self, number: int) -> None:
        self.books[number] = self.books.pop(number)

    def save(self, number: int) -> None:
        book = self.books[number]
        if book.unsaved:
            book.unsaved(Path(book.path))
        book.unsaved = None

    def close(self, number: int, save: bool) -> None:
        assert save is False
        self.books.pop(number).held.unlink()

    def exists(self, path: str) -> bool:
        return Path(path).exists()

    def read_file(self, path: str) -> str:
        return Path(path).read_text(encoding="utf-8")

    def execute(self, file: str, parameters: str) -> None:
        """Start a program, as ShellExecute does: in whatever folder, without waiting."""
        command = [file, *shlex.split(parameters)]
        self.started.append(command)
        subprocess.Popen(command, env=dict(self.environment), cwd=self.addin, stdout=subprocess.DEVNULL)

    def ribbon(self) -> str:
        return (self.addin / "ribbon.xml").read_text(encoding="utf-8")

    def folder_chosen(self, kind: int) -> str | None:
        assert kind == 4
        return self.folder

    def show_dialog(self, url: str, title: str, width: int, height: int, modal: bool) -> None:
        """A window of its own, which the user answers."""
        assert not modal
        assert title
        threading.Thread(target=self._answer, args=(url,), daemon=True).start()

    def _answer(self, url: str) -> None:
        page = self.browser.page(url)
        # What is shown, once for each question: its keys are new ones.
        told = (
            "(key => key && key !== window.seen ? (window.seen = key, document.body.innerText) : '')"
            "(document.querySelector('#answers button'))"
        )
        while page.target in self.browser.targets():
            try:
                if text := page.evaluate(told):
                    self.shown.append(text)
                    self.answer(page, text)
            except AssertionError:  # closed meanwhile, or not loaded yet
                continue
            time.sleep(0.05)


def press_first(page: Page) -> None:
    """Agree."""
    page.click("document.querySelector('#answers button')")


class _Server(ThreadingHTTPServer):
    wps: Wps


class _Handler(BaseHTTPRequestHandler):
    server: _Server

    def do_GET(self) -> None:
        self._send(b"<!DOCTYPE html><title>stranger</title>", "text/html")

    def do_POST(self) -> None:
        verb = self.path[1:]
        about = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        wps = self.server.wps
        try:
            wps.meanwhile.pop(verb, lambda: None)()
            if verb in wps.fails:
                raise OSError(wps.fails[verb])
            told = {"answer": getattr(wps, {"folder": "folder_chosen"}.get(verb, verb))(*about)}
        except Exception as error:  # the page gets it as WPS would throw it
            told = {"failed": str(error)}
        self._send(json.dumps(told).encode(), "application/json")

    def _send(self, content: bytes, kind: str) -> None:
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Access-Control-Allow-Origin", "*")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: Any) -> None:
        """Nobody reads it."""
