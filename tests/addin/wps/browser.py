"""A headless Chromium, driven over the pipe of its DevTools protocol: pages, scripts in them, clicks of the mouse."""

from __future__ import annotations

import json
import os
import queue
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

REBOUND = "rebound.example"
"""A name of a stranger's that leads to this computer."""
TIMEOUT = 60.0
"""Seconds that anything is waited for."""


class Browser:
    """A running Chromium; ``boxes`` gets the text of every message box, which is closed at once."""

    def __init__(self, program: str, profile: Path, boxes: Callable[[str], None]) -> None:
        import fcntl  # which Windows does not have

        pipes = (*os.pipe(), *os.pipe())
        # Out of the way of 3 and 4, from which the browser takes its pipes.
        to_browser, self._write, self._read, from_browser = (fcntl.fcntl(each, fcntl.F_DUPFD, 10) for each in pipes)
        for each in pipes:
            os.close(each)
        options = (
            "--headless=new", "--no-sandbox", "--disable-gpu", "--remote-debugging-pipe", "--no-first-run",
            "--disable-background-networking", "--disable-component-update", "--disable-dev-shm-usage",
            f"--host-resolver-rules=MAP {REBOUND} 127.0.0.1",
            f"--user-data-dir={profile}",
        )  # fmt: skip
        moved = f"os.dup2({to_browser}, 3); os.dup2({from_browser}, 4)"
        become = f"import os, sys; {moved}; os.execv(sys.argv[1], sys.argv[1:])"
        self._process = subprocess.Popen(
            [sys.executable, "-c", become, program, *options],
            pass_fds=(to_browser, from_browser),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        os.close(to_browser)
        os.close(from_browser)
        self._boxes = boxes
        self._answers: dict[int, queue.Queue[dict[str, Any]]] = {}
        self._number = 0
        self._lock = threading.Lock()
        threading.Thread(target=self._listen, daemon=True).start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.call("Browser.close")
        self._process.wait(timeout=TIMEOUT)
        os.close(self._write)

    def page(self, address: str, script: str = "") -> Page:
        """A new page, in which ``script`` runs before its own."""
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        page = Page(self, target, session)
        page.call("Page.enable")
        page.call("Runtime.enable")
        if script:
            page.call("Page.addScriptToEvaluateOnNewDocument", source=script)
        page.call("Page.navigate", url=address)
        return page

    def targets(self) -> set[str]:
        """The pages that are open."""
        return {each["targetId"] for each in self.call("Target.getTargets")["targetInfos"]}

    def call(self, method: str, session: str = "", **parameters: Any) -> dict[str, Any]:
        """One command of the protocol and its result. Raises AssertionError where it fails."""
        with self._lock:
            self._number += 1
            number = self._number
            answers = self._answers[number] = queue.Queue()
            message = {"id": number, "method": method, "params": parameters} | (
                {"sessionId": session} if session else {}
            )
            os.write(self._write, json.dumps(message).encode() + b"\0")
        told = answers.get(timeout=TIMEOUT)
        assert "error" not in told, (method, told)
        found: dict[str, Any] = told["result"]
        return found

    def _listen(self) -> None:
        with os.fdopen(self._read, "rb") as stream:
            buffer = b""
            while part := stream.read1(1 << 16):
                *messages, buffer = (buffer + part).split(b"\0")
                for message in map(json.loads, messages):
                    self._heard(message)

    def _heard(self, message: dict[str, Any]) -> None:
        if "id" in message:
            if message["id"] in self._answers:
                self._answers.pop(message["id"]).put(message)
        elif message["method"] == "Page.javascriptDialogOpening":
            self._boxes(message["params"]["message"])
            accept = {"method": "Page.handleJavaScriptDialog", "params": {"accept": True}}
            os.write(self._write, json.dumps(accept | {"id": -1, "sessionId": message["sessionId"]}).encode() + b"\0")


@dataclass(frozen=True, slots=True)
class Page:
    """A page of the browser."""

    browser: Browser
    target: str
    session: str

    def call(self, method: str, **parameters: Any) -> dict[str, Any]:
        """One command of the protocol about this page."""
        return self.browser.call(method, self.session, **parameters)

    def evaluate(self, expression: str) -> Any:
        """The value of an expression in the page. Raises AssertionError with what it throws."""
        told = self.call("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in told, told
        return told["result"].get("value")

    def wait_for(self, expression: str) -> Any:
        """The value of an expression once it is true."""
        until = time.monotonic() + TIMEOUT
        while not (found := self.evaluate(expression)):
            assert time.monotonic() < until, expression
            time.sleep(0.05)
        return found

    def click(self, element: str) -> None:
        """A click of the mouse on the middle of what an expression says."""
        place = self.evaluate(
            f"(e => {{ e.scrollIntoView({{block: 'center'}}); const r = e.getBoundingClientRect();"
            f"return [r.x + r.width / 2, r.y + r.height / 2] }})({element})"
        )
        for kind in ("mousePressed", "mouseReleased"):
            self.call("Input.dispatchMouseEvent", type=kind, x=place[0], y=place[1], button="left", clickCount=1)

    def picture(self) -> bytes:
        """The page as a PNG."""
        from base64 import b64decode

        return b64decode(self.call("Page.captureScreenshot", format="png")["data"])
