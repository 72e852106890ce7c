"""A pressed button by the service: its process, the page that works in WPS, and the dialog."""

from __future__ import annotations

import json
import threading
import time
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path

import pytest

from tests.workflow.wps.buttons import process
from tests.workflow.wps.pages import Page
from zwgk_excel.layout.buttons import ribbon_tab
from zwgk_excel.workflow.wps import press, service
from zwgk_excel.workflow.wps.note import Note, read_note, write_note
from zwgk_excel.workflow.wps.service import Service, button_process, reachable, serve


@contextmanager
def running(command, **settings):
    """A service in a thread of this process."""
    with Service(command, **settings) as made:
        thread = threading.Thread(target=made.run)
        thread.start()
        try:
            yield made
        finally:
            made.stop()
            thread.join(timeout=20)


@pytest.fixture
def start(tmp_path, monkeypatch):
    """Presses a button whose process says the given lines; the page, the number of the press, its answers."""
    monkeypatch.setattr(service, "_WAIT", 0.5)
    told = tmp_path / "told.txt"
    said: dict[str, list] = {}
    with running(lambda button: process(said[button], told)) as made:

        def pressed(*lines, button="consolidate"):
            said[button] = list(lines)
            page = Page(made)
            status, answer = page.send("/press", {"button": button})
            assert status == 200
            return page, answer["press"], told

        yield pressed


def asked(page, path, number, known=0):
    """What a page is asked next."""
    for _ in range(60):
        _, news = page.send(path, {"press": number, "number": known})
        if news["ended"] or news["question"]:
            return news
    raise AssertionError("nothing was asked")


def answered(page, path, number, answer):
    news = asked(page, path, number)
    page.send(path, {"press": number, "number": news["number"], "answer": answer})
    return news["question"]


def got_no_answer(told):
    """Whether a process saw its input end; it may have ended itself when it wanted to go on."""
    return not told.exists() or told.read_text(encoding="utf-8") == ""


def test_a_button_asks_wps_and_the_user(start):
    page, number, told = start(
        {"verb": "books"},
        {"verb": "progress", "text": "读取报送件 1/2"},
        {"verb": "ask", "text": "现在汇总吗？", "buttons": "ok_cancel"},
        {"verb": "end"},
    )
    books = [{"path": "/tmp/总台账.xlsx"}]
    assert answered(page, "/wps", number, {"answer": books}) == {"verb": "books"}
    news = asked(page, "/shown", number)
    assert (news["question"]["text"], news["progress"]) == ("现在汇总吗？", "读取报送件 1/2")
    page.send("/shown", {"press": number, "number": news["number"], "answer": "ok"})
    assert asked(page, "/shown", number)["ended"]
    assert [json.loads(line) for line in told.read_text(encoding="utf-8").splitlines()] == [
        {"answer": books}, {"answer": "ok"},
    ]  # fmt: skip


def test_what_wps_refuses_is_told(start):
    page, number, told = start({"verb": "save_and_close", "path": "/tmp/总台账.xlsx"}, {"verb": "end"})
    answered(page, "/wps", number, {"failed": "磁盘已满"})
    assert asked(page, "/wps", number)["ended"]
    assert json.loads(told.read_text(encoding="utf-8")) == {"failed": "磁盘已满"}


def test_a_dialog_that_is_closed_gives_up(start):
    page, number, told = start(
        {"verb": "ask", "text": "发出吗？", "buttons": "ok_cancel"},
        {"verb": "choose", "question": "哪一份？", "options": ["一", "二"]},
        {"verb": "tell", "text": "已取消"},
        {"verb": "end"},
    )
    asked(page, "/shown", number)
    assert page.send("/closed", {"press": number})[0] == 200
    assert asked(page, "/wps", number)["ended"]
    assert [json.loads(line)["answer"] for line in told.read_text(encoding="utf-8").splitlines()] == [
        "cancel", None, None,
    ]  # fmt: skip


def test_a_page_that_is_gone_ends_the_button(start, monkeypatch):
    monkeypatch.setattr(press, "ABSENCE", 0.6)
    page, number, told = start({"verb": "books"}, {"verb": "end"})
    threading.Event().wait(2)
    assert asked(page, "/wps", number)["ended"]
    assert got_no_answer(told)


def test_a_process_that_cannot_be_started(tmp_path):
    with running(lambda button: [str(tmp_path / "python")]) as made:
        assert Page(made).send("/press", {"button": "help"})[0] == 500


def test_a_folder_is_typed_where_wps_has_no_window_for_it(start):
    page, number, told = start({"verb": "choose_folder", "question": "选工作区"}, {"verb": "end"})
    answered(page, "/wps", number, {"failed": "FileDialog is not a function"})
    assert "选工作区" in answered(page, "/shown", number, "工作区")["question"]
    assert answered(page, "/shown", number, f" {Path.cwd()} ")["verb"] == "ask_text"
    assert asked(page, "/shown", number)["ended"]
    assert json.loads(told.read_text(encoding="utf-8")) == {"answer": str(Path.cwd())}


@pytest.mark.parametrize("babble", [{"verb": "format_disk"}, {"verb": "progress", "text": "LONG"}])
def test_a_process_that_babbles_is_told_of(start, babble):
    page, number, _ = start(babble, {"verb": "books"})
    assert "中断" in answered(page, "/shown", number, None)["text"]
    assert asked(page, "/shown", number)["ended"]


def test_one_button_at_a_time(start):
    page, number, _ = start({"verb": "tell", "text": "好"}, {"verb": "end"})
    assert page.send("/press", {"button": "consolidate"})[0] == 409
    answered(page, "/shown", number, None)
    assert asked(page, "/shown", number)["ended"]


def test_a_button_whose_page_has_crashed_makes_room(start, monkeypatch):
    """As WPS may while it saves: its page had the question, which nobody answers any more."""
    page, number, told = start({"verb": "save_and_close", "path": "/tmp/总台账.xlsx"}, {"verb": "end"})
    asked(page, "/wps", number)
    assert page.send("/press", {"button": "consolidate"})[0] == 409
    monkeypatch.setattr(press, "ABSENCE", 0.2)
    threading.Event().wait(0.3)
    status, again = page.send("/press", {"button": "consolidate"})
    assert status == 200
    assert again["press"] != number
    assert got_no_answer(told)
    answered(page, "/wps", again["press"], {"answer": True})
    assert asked(page, "/shown", again["press"])["ended"]


def test_a_page_that_cannot_go_on_leaves(start):
    page, number, told = start({"verb": "books"}, {"verb": "end"})
    asked(page, "/wps", number)
    assert page.send("/left", {"press": number})[0] == 200
    assert any(asked(page, "/wps", number)["ended"] for _ in range(40)), "each waits half a second at most"
    assert got_no_answer(told)


def test_every_button_of_the_table_has_its_process_and_nothing_else_has(tmp_path):
    assert button_process("help")[1:] == ["-P", "-m", "zwgk_excel.addin", "help"]
    with running(lambda button: process([{"verb": "end"}], tmp_path / "told")) as made:
        page = Page(made)
        for button in ribbon_tab().buttons:
            status, told = page.send("/press", {"button": button})
            assert status == 200, button
            assert asked(page, "/wps", told["press"])["ended"]
        for none in ("", "../help", "Help", "os.system", "help; rm", None, 1, ["help"]):
            assert page.send("/press", {"button": none})[0] == 404, none


def test_it_ends_when_nobody_asks(monkeypatch):
    monkeypatch.setattr(service, "BEAT", 0.1)
    with Service(button_process, idle=0.3) as made:
        assert read_note() is None
        made.run()
    assert read_note() is None


def test_one_that_another_has_taken_over_from_serves_its_button_to_the_end(tmp_path, monkeypatch):
    monkeypatch.setattr(service, "BEAT", 0.1)
    with running(lambda button: process([{"verb": "books"}, {"verb": "end"}], tmp_path / "told")) as made:
        page = Page(made)
        _, told = page.send("/press", {"button": "help"})
        while not read_note():
            pass
        other = Note(1, "another", "1", time.time())
        write_note(other)
        threading.Event().wait(0.5)
        assert answered(page, "/wps", told["press"], {"answer": []}) == {"verb": "books"}
        with suppress(ConnectionError):
            while page.send("/dialog", method="GET")[0] == 200:
                pass
    assert read_note() == other


def test_the_service_of_another_installation_is_taken_over_from(monkeypatch):
    """As after an update, or a move: the old one still runs."""
    monkeypatch.setattr(service, "BEAT", 0.1)
    monkeypatch.setattr(service, "Service", partial(Service, idle=1.0))
    with running(button_process) as old:
        while not reachable():
            pass
        monkeypatch.setattr(service, "this_program", lambda: "9.9.9 /opt/zwgk")
        notes: list[int] = []
        assert serve(notes.append)
        assert notes != [old.port]
        with pytest.raises(ConnectionError):
            Page(old).send("/dialog", method="GET")


def test_one_for_each_user(monkeypatch):
    started: list[int] = []
    with running(button_process) as made:
        while not reachable():
            pass
        note = read_note()
        assert note
        assert note.port == made.port
        assert not serve(started.append)
    assert not started
    assert reachable() is None
    monkeypatch.setattr(service, "IDLE", 0.0)
    monkeypatch.setattr(service, "Service", partial(Service, idle=0.0))
    assert serve(started.append)
    assert len(started) == 1
