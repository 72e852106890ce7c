"""``python -m zwgk_excel.addin BUTTON``: press a button for a program that reads its questions and writes answers.

The launchers of LibreOffice and WPS start it. Its streams are the conversation's alone: what a library prints goes to
the error output, and what a started program reads is empty.
"""

from __future__ import annotations

import os
import sys
from typing import BinaryIO

import zwgk_excel.addin as buttons
from zwgk_excel.addin.host.conversation import Conversation
from zwgk_excel.addin.host.host import HostGone
from zwgk_excel.addin.host.run_button import pressed_in
from zwgk_excel.layout.buttons import ribbon_tab

DONE, GONE, UNKNOWN = 0, 1, 2


def press(button: str, answers: BinaryIO, questions: BinaryIO) -> int:
    """Press one of the table's buttons; 0 where it came to its end, 1 where the host went away, 2 for no button."""
    if button not in ribbon_tab().buttons:
        return UNKNOWN
    host = Conversation(answers, questions)
    try:
        with pressed_in(host):
            getattr(buttons, button)()
        host.end()
    except HostGone:
        return GONE
    return DONE


def _streams() -> tuple[BinaryIO, BinaryIO]:
    """Standard input and output, out of the reach of everything else in this process and of those that it starts."""
    answers, questions = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.dup2(2, 1)
    return answers, questions


if __name__ == "__main__":
    sys.exit(press(sys.argv[1] if len(sys.argv) == 2 else "", *_streams()))
