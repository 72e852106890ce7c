"""Clocks that differ: the computer's and the mail server's."""

from __future__ import annotations

from datetime import timedelta


def span_in_words(span: timedelta) -> str:
    """A difference between clocks, whichever is ahead, in a sensible unit: ``21 天``, ``3 小时``, ``7 分钟``."""
    seconds = abs(span).total_seconds()
    for words, unit in (("天", 86_400), ("小时", 3_600)):
        if seconds >= 2 * unit:
            return f"{round(seconds / unit)} {words}"
    return f"{round(seconds / 60)} 分钟"
