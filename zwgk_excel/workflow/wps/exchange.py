"""What a page of the WPS add-in is asked, one question at a time: it fetches the question and answers by requests."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from time import monotonic
from typing import Any

from zwgk_excel.domain.errors import ZwgkError


class PageGoneError(ZwgkError):
    """The page that was asked no longer fetches."""


@dataclass(frozen=True, slots=True)
class Fetched:
    """What a page is told: the question that waits for its answer, and what is being done."""

    number: int
    """Of the question; 0 for none."""
    question: dict[str, Any] | None
    progress: str
    ended: bool


class Exchange:
    """One page's questions; :meth:`ask` and :meth:`fetch` are called from different threads."""

    def __init__(self, *, absence: float, patience: float) -> None:
        """``absence`` seconds without a fetch and the page is gone; ``patience`` from when it has the question on, for
        a page that does not fetch while it works."""
        self._changed = threading.Condition()
        self._absence, self._patience = absence, patience
        self._number = 0
        self._question: dict[str, Any] | None = None
        self._answer: Any = None
        self._progress = ""
        self._ended = self._left = self._has_question = False
        self._last_fetch = monotonic()

    def ask(self, question: dict[str, Any]) -> Any:
        """Put a question and wait for its answer. Raises :class:`PageGoneError`."""
        with self._changed:
            self._number += 1
            self._question, self._answer, self._has_question = question, None, False
            self._changed.notify_all()
            while self._state()[0]:
                if self._is_gone():
                    self._question = None
                    raise PageGoneError
                self._changed.wait(timeout=0.5)
            return self._answer

    def show(self, progress: str) -> None:
        """What is being done, for a page that shows it."""
        with self._changed:
            self._progress = progress
            self._changed.notify_all()

    def end(self) -> None:
        """Nothing more will be asked."""
        with self._changed:
            self._ended = True
            self._changed.notify_all()

    def leave(self) -> None:
        """The page was closed."""
        with self._changed:
            self._left = True
            self._changed.notify_all()

    def answer(self, number: int, answer: Any) -> None:
        """Answer the question of that number; an answer to another one is nothing."""
        with self._changed:
            if self._question is not None and number == self._number:
                self._question, self._answer = None, answer
                self._changed.notify_all()

    def fetch(self, number: int, progress: str, wait: float) -> Fetched:
        """What the page is to know, once it differs from the question and progress that it has, or after ``wait``
        seconds."""
        with self._changed:
            self._last_fetch = monotonic()
            self._changed.wait_for(lambda: self._ended or self._state() != (number, progress), timeout=wait)
            self._last_fetch = monotonic()
            self._has_question = self._question is not None
            return Fetched(self._state()[0], self._question, self._progress, self._ended)

    @property
    def silence(self) -> float:
        """Seconds since the page last fetched, or was last told anything."""
        return monotonic() - self._last_fetch

    def _state(self) -> tuple[int, str]:
        return (0 if self._question is None else self._number), self._progress

    def _is_gone(self) -> bool:
        return self._left or self.silence > (self._patience if self._has_question else self._absence)
