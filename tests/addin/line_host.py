"""A program that is not Excel, on the other end of a button's conversation: what it has open, says and answers."""

from __future__ import annotations

import io
import json
import os
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl

from zwgk_excel.addin.__main__ import press

VIEW = {"sheet": None, "cell": None, "zoom": None}


class LineHost:
    """Books as files, opened and closed; questions are answered in turn, ``ok`` where nothing was given."""

    def __init__(self) -> None:
        self.open: list[dict[str, Any]] = []
        """The open books as ``books`` tells them, the one in front first."""
        self.typed: list[Callable[[Any], None]] = []
        """What the user has typed and not saved: it is done to the openpyxl workbook when the book is saved."""
        self.read: bytes | None = None
        """What stood in the file when the program opened it, where it has changed since."""
        self.answers: list[str] = []
        self.told: list[str] = []
        """Every text shown, messages and questions."""
        self.verbs: list[str] = []
        self.refused: dict[str, str] = {}
        """Verb → why it fails."""
        self.gone_at = ""
        """The verb at which the program ends."""

    def show(self, path: Path, **about: Any) -> None:
        """Open a book in front."""
        self.open.insert(0, {"path": str(path), **VIEW, "modified": False, "read_only": False, **about})

    def press(self, button: str, *answers: str) -> str:
        """Press a button and answer its questions; its closing words."""
        self.answers[:], self.told[:], self.verbs[:] = answers, [], []
        (their_end, ours), (our_end, theirs) = os.pipe(), os.pipe()
        with os.fdopen(our_end, "rb") as questions:
            server = threading.Thread(target=self._serve, args=(questions, os.fdopen(ours, "wb")))
            server.start()
            with os.fdopen(their_end, "rb") as read, os.fdopen(theirs, "wb") as written:
                self.code = press(button, read, written)
            server.join()
        assert self.answers == [], self.told
        return self.told[-1] if self.told else ""

    def _serve(self, questions: Any, told: Any) -> None:
        with told:
            for line in questions:
                about = json.loads(line)
                verb = about.pop("verb")
                self.verbs.append(verb)
                if verb == self.gone_at:
                    return
                if verb in {"progress", "end"}:
                    continue
                refused = self.refused.get(verb)
                answer = {"failed": refused} if refused else {"answer": self._answer(verb, about)}
                told.write(json.dumps(answer).encode() + b"\n")
                told.flush()

    def _answer(self, verb: str, about: dict[str, Any]) -> Any:
        given: Any = getattr(self, f"_{verb}")(**about)
        return given

    def _program(self) -> str:
        return "对话 1.0"

    def _books(self) -> list[dict[str, Any]]:
        return self.open

    def _save_and_close(self, path: str) -> bool:
        if self.typed:
            book = openpyxl.load_workbook(io.BytesIO(self.read) if self.read else path)
            while self.typed:
                self.typed.pop(0)(book)
            book.save(path)
        self.open[:] = [each for each in self.open if each["path"] != path]
        return True

    def _open_at(self, path: str, **view: Any) -> bool:
        self.open[:] = [each for each in self.open if each["path"] != path]
        self.show(Path(path), **view)
        return True

    def _tell(self, text: str) -> bool:
        self.told.append(text)
        return True

    def _ask(self, text: str, buttons: str) -> str:
        self.told.append(text)
        return self.answers.pop(0) if self.answers else "ok"

    def _ask_text(self, question: str, default: str) -> str | None:
        answer = self._ask(question, "")
        return None if answer == "cancel" else default if answer == "ok" else answer

    def _choose(self, question: str, options: list[str]) -> int | None:
        answer = self._ask("\n".join([question, *options]), "")
        if answer in {"ok", "cancel"}:
            return 0 if answer == "ok" else None
        if not any(answer in each for each in options):
            self.answers.insert(0, answer)  # the last option asks for it to be typed
            return len(options) - 1
        return next(number for number, each in enumerate(options) if answer in each)

    def _choose_folder(self, question: str) -> str | None:
        answer = self._ask(question, "")
        return None if answer == "cancel" else answer
