"""One pressed button: its process, and what it says to the pages of the add-in line by line (docs/hosts.md)."""

from __future__ import annotations

import json
import secrets
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import PurePath
from typing import IO, Any

from zwgk_excel.workflow.wps.exchange import Exchange, PageGoneError

LINE = 1 << 20
"""Bytes of one line that a button's process may write."""
ABSENCE = 45.0
"""Seconds without a request and a page is taken for closed: a request waits for 20 at most."""
PATIENCE = 600.0
"""Seconds that WPS may take to open, save or close a workbook: meanwhile its page asks for nothing."""
_ENDING = 5.0
"""Seconds in which a process ends that nobody answers any more."""
_DONE_BY_WPS = frozenset({"program", "books", "save_and_close", "open_at"})
_GIVEN_UP = {"tell": None, "ask": "cancel", "ask_text": None, "choose": None}
"""What is asked in the dialog, and what closing it answers."""
_INTERRUPTED = "没有完成：按钮的程序中断了。已登记的内容不会丢失，可以再按一次。"


class Press:
    """A button's process and the two pages that serve it: ``wps`` for workbooks, ``dialog`` for what is shown."""

    def __init__(self, command: Sequence[str], folder: str) -> None:
        """Start ``command`` in a folder that is the user's own. Raises OSError."""
        self.id = secrets.token_hex(8)
        self.wps = Exchange(absence=ABSENCE, patience=PATIENCE)
        self.dialog = Exchange(absence=ABSENCE, patience=ABSENCE)
        self._process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=folder,
            creationflags=0x08000000 if sys.platform == "win32" else 0,  # CREATE_NO_WINDOW
        )
        self._thread = threading.Thread(target=self._converse, daemon=True)
        self._thread.start()

    @property
    def running(self) -> bool:
        """Whether the button is still at work."""
        return self._thread.is_alive()

    def leave(self) -> None:
        """Nobody serves it any more: it ends with the next question."""
        self.dialog.leave()
        self.wps.leave()

    def is_abandoned(self) -> bool:
        """Whether the page that did its work has gone, as after a crash of WPS while it saved; it is ended then."""
        if self.wps.silence > ABSENCE:
            self.leave()
            self._thread.join(timeout=_ENDING)
        return not self.running

    def _converse(self) -> None:
        answers, questions = self._process.stdin, self._process.stdout
        assert answers
        assert questions
        ended = False
        # Without an answer the process sees its input end, and ends as after a host that is gone.
        with suppress(PageGoneError, ValueError, RecursionError, OSError):
            for said in _lines(questions):
                if ended := said["verb"] == "end":
                    break
                if said["verb"] == "progress":
                    self.dialog.show(str(said.get("text", "")))
                    continue
                answers.write(json.dumps(self._answered(said)).encode("ascii") + b"\n")
                answers.flush()
        for stream in (answers, questions):
            with suppress(OSError):  # it had ended before it read the last answer
                stream.close()
        self._finish(ended=ended)

    def _answered(self, said: dict[str, Any]) -> dict[str, Any]:
        verb = said["verb"]
        if verb in _DONE_BY_WPS:
            return _told(self.wps.ask(said))
        if verb == "choose_folder":
            told = _told(self.wps.ask(said))
            return self._typed_folder(str(said.get("question", ""))) if "failed" in told else told
        if verb not in _GIVEN_UP:
            raise ValueError(verb)
        try:
            return {"answer": self.dialog.ask(said)}
        except PageGoneError:
            return {"answer": _GIVEN_UP[verb]}

    def _typed_folder(self, question: str) -> dict[str, Any]:
        """The path of a folder, typed, where WPS has no window for it."""
        asked = {"verb": "ask_text", "question": f"{question}\n请写出文件夹的完整路径：", "default": ""}
        while True:
            typed = self._answered(asked)["answer"]
            if not isinstance(typed, str) or PurePath(typed.strip()).is_absolute():
                return {"answer": typed.strip() if isinstance(typed, str) else None}

    def _finish(self, *, ended: bool) -> None:
        try:
            self._process.wait(timeout=PATIENCE)
        except subprocess.TimeoutExpired:
            self._process.kill()
        if not ended:
            with suppress(PageGoneError):
                self.dialog.ask({"verb": "tell", "text": _INTERRUPTED})
        self.dialog.end()
        self.wps.end()


def _told(answer: Any) -> dict[str, Any]:
    """What a page says of a deed, as the process is told it; raises ValueError for anything else."""
    if isinstance(answer, dict) and isinstance(answer.get("failed"), str):
        return {"failed": answer["failed"]}
    if isinstance(answer, dict) and "answer" in answer:
        return {"answer": answer["answer"]}
    raise ValueError("no answer")


def _lines(stream: IO[bytes]) -> Iterator[dict[str, Any]]:
    """The objects that a process writes, one a line; raises ValueError for anything else."""
    while line := stream.readline(LINE + 1):
        if len(line) > LINE:
            raise ValueError("line too long")
        said = json.loads(line)
        if not (isinstance(said, dict) and isinstance(said.get("verb"), str)):
            raise ValueError("no verb")
        yield said
