"""The side of an application that its user sees: what is said, asked and answered."""

from __future__ import annotations

from typing import Any

from xlwings import base_classes as base

PROMPT = 255
"""Characters that Excel's InputBox takes."""


class Front(base.App):
    """What a program without a window has no use for is kept, so that code can set it and tests can look."""

    version = "16.0"  # xlwings compares it with Excel's
    screen_updating = True
    display_alerts = True
    enable_events = True
    interactive = True
    visible = False
    cut_copy_mode = None
    hwnd = 0

    def __init__(self) -> None:
        self.statuses: list[Any] = []
        """Everything the status bar was set to."""
        self.alerts: list[tuple[str, str]] = []
        """Everything shown or asked: text and title."""
        self.messages: list[str] = []
        """The texts of those among them that are messages, and ask for no line of text or folder."""
        self.answer = "ok"
        """What the next alerts are answered with."""
        self.answers: list[str] = []
        """What comes before that: an answer for each alert."""
        self._status: Any = False

    def activate(self, steal_focus: bool = False) -> None:
        """There is no window to bring to the front."""

    @property
    def status_bar(self) -> Any:
        return self._status

    @status_bar.setter
    def status_bar(self, text: Any) -> None:
        self._status = text
        self.statuses.append(text)

    def InputBox(self, prompt: str, title: str = "", default: str = "") -> str | bool:
        """Excel's window for a line of text: ``ok`` leaves what is proposed, ``cancel`` closes it."""
        assert len(prompt) <= PROMPT, f"Excel refuses a prompt of {len(prompt)} characters"
        answer = self._asked(prompt, title)
        return False if answer == "cancel" else default if answer == "ok" else answer

    def FileDialog(self, kind: int) -> FolderDialog:
        """Office's window for a folder: the answer is its path, or ``cancel``."""
        return FolderDialog(self._asked("", ""))

    def alert(self, prompt: str, title: str, buttons: str, mode: str, callback: Any) -> str:
        self.messages.append(prompt)
        return self._asked(prompt, title)

    def _asked(self, prompt: str, title: str) -> str:
        self.alerts.append((prompt, title))
        return self.answers.pop(0) if self.answers else self.answer


class FolderDialog:
    """Office's window for a folder, already answered."""

    def __init__(self, answer: str) -> None:
        self._answer = answer

    def Show(self) -> int:
        """Whether something was chosen: -1, else 0."""
        return 0 if self._answer == "cancel" else -1

    def SelectedItems(self, number: int) -> str:
        """What was chosen."""
        return self._answer
