"""自检 says what keeps the buttons of WPS from working, and nothing where nobody has installed them."""

from __future__ import annotations

import json
import time
from datetime import datetime

import pytest

from zwgk_excel.workflow.doctor import diagnostics, program
from zwgk_excel.workflow.wps import registration
from zwgk_excel.workflow.wps.note import Note, private_folder, write_note
from zwgk_excel.workflow.wps.registration import install, uninstall
from zwgk_excel.workflow.wps.wps_paths import wps_paths


def found(computer):
    return [(each.code, each.found) for each in program.wps(computer)]


def codes(computer):
    return [code for code, _ in found(computer)]


def gate(computer, **entry):
    wps_paths(computer).gate.write_text(json.dumps({"et": {"1": {"name": "zwgk", **entry}}}), encoding="utf-8")


def test_nothing_where_it_is_not_installed(computer, own_folder):
    assert found(computer) == []
    assert not own_folder.exists()
    install(computer)
    uninstall(computer)
    assert found(computer) == []


@pytest.mark.parametrize(
    ("entry", "code"),
    [
        ({"enable": True, "isload": True}, "wps_ok"),
        ({"enable": False}, "wps_faulty"),
        ({"enable": True, "isload": False}, "wps_faulty"),
    ],
)
def test_the_gate(computer, entry, code):
    install(computer)
    assert codes(computer) == ["wps_unseen"]
    gate(computer, **entry)
    assert codes(computer) == [code]


def test_it_is_among_what_is_checked_of_the_computer(computer, monkeypatch):
    """By ``zwgk doctor`` and the button 自检."""
    monkeypatch.setattr(diagnostics, "this_computer", lambda: computer)
    install(computer)
    gate(computer, enable=False)
    (told,) = (each for each in diagnostics.computer_checks(datetime(2026, 12, 3)) if each.code == "wps_faulty")
    assert "WPS 没有启用这个加载项，按钮不起作用" in told.found


def test_another_version(computer, monkeypatch):
    install(computer)
    monkeypatch.setattr(registration, "__version__", "9.9.9")
    assert "9.9.9" in found(computer)[0][1]


def test_a_list_that_lost_the_entry_or_is_damaged(computer):
    install(computer)
    wps_paths(computer).publish.write_bytes(b"<jsplugins/>")
    assert "还没有装进 WPS" in found(computer)[0][1]
    wps_paths(computer).publish.write_bytes(b"<jsplugins>")
    assert "publish.xml" in found(computer)[0][1]


def test_a_service_that_does_not_answer(computer):
    install(computer)
    gate(computer, enable=True, isload=True)
    private_folder()
    write_note(Note(9, "token", "1", time.time()))
    assert codes(computer) == ["wps_ok", "wps_unreachable"]
