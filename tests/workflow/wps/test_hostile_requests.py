"""The service attacked: other pages, other names, other users, no token, too much, too slow."""

from __future__ import annotations

import os
import socket
import stat
import subprocess
import tempfile
import time
from pathlib import Path

import pytest

from tests.desktop.screen import wait_for
from tests.tools import posix_only
from tests.workflow.wps.buttons import process
from tests.workflow.wps.pages import Page
from tests.workflow.wps.test_service import running
from zwgk_excel.workflow.errors import UserError
from zwgk_excel.workflow.office.trust import VARIABLE
from zwgk_excel.workflow.wps import service
from zwgk_excel.workflow.wps.note import Note, note_path, private_folder, read_note, write_note
from zwgk_excel.workflow.wps.service import ADDRESS, BODY, CONNECTIONS, Service, reachable


@pytest.fixture
def made(tmp_path):
    with running(lambda button: process([{"verb": "end"}], tmp_path / "told")) as found:
        yield found


@pytest.fixture
def page(made):
    return Page(made)


@pytest.fixture
def pressed(made, monkeypatch):
    """The buttons whose process was started."""
    names: list[str] = []
    monkeypatch.setattr(made, "press", names.append)
    return names


@pytest.mark.parametrize("path", ["/press", "/wps", "/shown", "/closed", "/left"])
@pytest.mark.parametrize("token", [None, "", "x", "无"])
def test_without_the_token(page, pressed, path, token):
    wrong = token and token.encode().decode("latin-1")
    assert page.send(path, {"button": "help"}, X_Zwgk_Token=wrong)[0] == 403
    assert not pressed


@pytest.mark.parametrize("origin", ["http://evil.example", "http://127.0.0.1", "http://localhost:{}", None, "file:"])
def test_a_page_of_another_origin(page, pressed, origin):
    origin = origin and origin.format(page.service.port)
    assert page.send("/press", {"button": "help"}, Origin=origin)[0] == 403
    assert page.send("/press", method="OPTIONS", Origin=origin)[0] == 403
    assert not pressed


@pytest.mark.parametrize("host", ["evil.example", "evil.example:{}", "localhost:{}", "127.0.0.1", "127.0.0.1:1", None])
def test_another_name_for_this_computer(page, pressed, host):
    """DNS rebinding: the page of a stranger whose name now leads here says that name."""
    host = host and host.format(page.service.port)
    assert page.send("/press", {"button": "help"}, Host=host)[0] == 421
    assert page.send("/dialog", method="GET", Host=host)[0] == 421
    assert not pressed


def test_the_page_of_the_dialog_holds_no_secret_and_lies_in_no_frame(page, made):
    raw = exchange(made, b"GET /dialog HTTP/1.0\r\nHost: 127.0.0.1:%d\r\n\r\n" % made.port)
    assert raw.startswith(b"HTTP/1.0 200")
    assert made.token.encode() not in raw
    assert b"frame-ancestors 'none'" in raw
    assert b"Access-Control-Allow-Origin" not in raw


@pytest.mark.parametrize("path", ["/", "/main.js", "/../buttons.toml", "/dialog/../main.js", "/dialog?x"])
def test_no_other_file_is_served(page, path):
    assert page.send(path, method="GET")[0] == 404


def test_too_much(page, pressed):
    assert page.send("/press", {"button": "help", "x": "x" * BODY})[0] == 413
    assert page.send("/press", Content_Length="99999999999999999999")[0] == 413
    for length in ("-1", "+3", "1e3", "", "٣".encode().decode("latin-1")):
        assert page.send("/press", Content_Length=length)[0] == 411
    assert page.send("/press", Transfer_Encoding="chunked")[0] == 411
    assert not pressed


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"null", b"[" * 60000, b"\xff"])
def test_what_is_no_question(made, body):
    page = Page(made)
    lines = "".join(f"{name}: {value}\r\n" for name, value in page.headers(Content_Length=str(len(body))).items())
    raw = exchange(made, b"POST /press HTTP/1.0\r\n" + lines.encode() + b"\r\n" + body)
    assert raw.startswith(b"HTTP/1.0 400")


def test_slow_ones_are_cut_off_and_hold_up_nobody(made, page, monkeypatch):
    monkeypatch.setattr(service, "READING", 1.0)
    slow = [socket.create_connection((ADDRESS, made.port)) for _ in range(CONNECTIONS // 2)]
    start = time.monotonic()
    while time.monotonic() - start < 1.6:
        for each in slow:
            try:
                each.sendall(b"G")
            except OSError:
                break
        time.sleep(0.2)
    assert all(is_closed(each) for each in slow)
    assert page.send("/dialog", method="GET")[0] == 200


def test_more_connections_than_there_are_places_are_closed(made, page, monkeypatch):
    monkeypatch.setattr(service, "READING", 2.0)
    many = [socket.create_connection((ADDRESS, made.port)) for _ in range(CONNECTIONS + 5)]
    time.sleep(0.5)
    assert sum(is_closed(each, wait=0.01) for each in many) == 5
    wait_for(lambda: _is_served(page))
    assert page.send("/dialog", method="GET")[0] == 200


def _is_served(page):
    try:
        return page.send("/dialog", method="GET")[0] == 200
    except ConnectionError:
        return False


@posix_only("its modes")
def test_the_note_is_the_users_alone(made):
    wait_for(reachable)
    assert stat.S_IMODE(note_path().stat().st_mode) == 0o600
    assert stat.S_IMODE(note_path().parent.stat().st_mode) == 0o700


@posix_only("its owners")
@pytest.mark.skipif(hasattr(os, "geteuid") and os.geteuid() != 0, reason="only root is another user at will")
def test_another_user_cannot_read_the_note(monkeypatch):
    with tempfile.TemporaryDirectory() as name:
        Path(name).chmod(0o755)
        monkeypatch.setenv(VARIABLE, f"{name}/设置")
        private_folder()
        write_note(Note(1, "口令", "1", time.time()))
        read = ["cat", str(note_path())]
        shown = [subprocess.run(read, capture_output=True, user=each, check=False) for each in (0, 4711)]
    assert [each.returncode for each in shown] == [0, 1]
    assert shown[1].stdout == b""


@posix_only("its modes")
def test_a_folder_that_was_open_to_others_is_closed(own_folder):
    own_folder.mkdir(parents=True, mode=0o777)
    own_folder.chmod(0o777)
    assert private_folder() == own_folder
    assert stat.S_IMODE(own_folder.stat().st_mode) == 0o700


@posix_only("its owners")
@pytest.mark.skipif(hasattr(os, "geteuid") and os.geteuid() != 0, reason="only root gives folders away")
def test_a_folder_of_another_user_is_refused(own_folder):
    own_folder.mkdir(parents=True)
    os.chown(own_folder, 4711, 4711)
    with pytest.raises(UserError, match="自己的文件夹"):
        Service(lambda button: [])


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"port": "x", "token": 1}', b'{"port": 1}', b"\xff"])
def test_a_note_that_is_none(own_folder, content):
    private_folder()
    note_path().write_bytes(content)
    assert read_note() is None
    assert reachable() is None


def test_a_note_whose_service_was_killed(made):
    wait_for(reachable)
    kept = note_path().read_bytes()
    made.stop()
    wait_for(lambda: not read_note())
    note_path().write_bytes(kept)
    assert reachable() is False


def test_a_note_that_is_being_read_goes_a_moment_later(made, monkeypatch):
    """Windows removes no file that is open."""
    remove, left = Path.unlink, iter(range(3))

    def unlink(path, missing_ok=False):
        if path == note_path() and next(left, None) is not None:
            raise PermissionError(13, "the file is open", str(path))
        remove(path, missing_ok=missing_ok)

    wait_for(reachable)
    monkeypatch.setattr(Path, "unlink", unlink)
    made.stop()
    wait_for(lambda: not read_note())
    assert next(left, None) is None


def test_only_this_computer_is_listened_to(made):
    assert made.server_address[0] == "127.0.0.1"


def exchange(made, raw):
    """What the service answers to these bytes."""
    with socket.create_connection((ADDRESS, made.port), timeout=20) as connection:
        connection.sendall(raw)
        told = b""
        while part := connection.recv(65536):
            told += part
    return told


def is_closed(connection, wait=1.0):
    connection.settimeout(wait)
    try:
        return connection.recv(1) == b""
    except TimeoutError:
        return False
    except OSError:
        return True
