"""What is no file lies in 收件箱: it stops nothing, and the good file beside it is taken in."""

from __future__ import annotations

import os
import socket
import threading
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from tests.tools import posix_only
from tests.workflow.desk import CYCLE, Desk, item, new_desk
from zwgk_excel.workflow.consolidation.consolidating import consolidate
from zwgk_excel.workflow.issuing.generation import generate

pytestmark = [pytest.mark.slow, posix_only("pipes, sockets and links of POSIX")]


def pipe(path: Path) -> None:
    os.mkfifo(path)


def listens(path: Path) -> None:
    """A socket with a short name, moved there: a path of a socket is short."""
    here = Path.cwd()
    os.chdir(path.parent)
    try:
        socket.socket(socket.AF_UNIX).bind(path.name)
    finally:
        os.chdir(here)


def leads_to_a_pipe(path: Path) -> None:
    os.mkfifo(path.with_name("管道"))
    path.symlink_to("管道")


def holds_itself(path: Path) -> None:
    path.mkdir()
    (path / "环").symlink_to(path)


ODD: dict[str, Callable[[Path], object]] = {
    "a pipe": pipe,
    "a socket": listens,
    "a link to nothing": lambda path: path.symlink_to("没有"),
    "a link to itself": lambda path: path.symlink_to(path.name),
    "a link to a pipe": leads_to_a_pipe,
    "a link to a device": lambda path: path.symlink_to("/dev/zero"),
    "a folder": lambda path: path.mkdir(),
    "a folder in a ring": holds_itself,
}


@pytest.mark.parametrize("made", ODD.values(), ids=ODD)
def test_what_is_no_file_stops_nothing(tmp_path, made):
    desk: Desk = new_desk(tmp_path)
    with desk.open() as office:
        generate(office, CYCLE, as_of=desk.now.date())
    inbox = desk.root / "收件箱"
    good = desk.reply("市财政局", "财政.xlsx", items=[item("D02 政府采购")])
    (inbox / "财政.xlsx").write_bytes(good.read_bytes())
    made(inbox / "怪.xlsx")
    done: list[str] = []

    def run() -> None:
        with desk.open() as office:
            done.extend(each.name for each in consolidate(office, as_of=date(2026, 12, 3), who="科员").taken)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    thread.join(timeout=120)
    assert not thread.is_alive(), "it waits for ever"
    assert "财政.xlsx" in done
