"""What doctor says: every code has its text, every text its code."""

from tests.source import values
from zwgk_excel.layout.checkup import CheckState, check
from zwgk_excel.layout.resources import read_toml

TEXTS = read_toml("doctor.toml")
STATES = {"ok", "note", "warning", "failed"}


def test_every_finding_is_said_and_advised():
    for code, texts in TEXTS["checks"].items():
        assert texts.keys() <= {"state", "step", "found", "action"}, code
        assert texts["state"] in STATES, code
        told = texts["found"] + texts.get("action", "")
        # What failed says what to do, unless the sentence that is filled in does.
        assert texts["state"] in ("ok", "note") or "action" in texts or "{reason}" in told, code


def test_no_text_is_left_over():
    assert set(TEXTS["checks"]) - values() == set()


def test_advice_is_added_only_where_something_failed():
    failed = check("imap", "login_refused", answer="no")
    assert failed.advised("用授权码").action.endswith("；用授权码")
    fine = check("imap", "login_ok")
    assert fine.advised("用授权码") is fine
    assert (failed.state, failed.failed, failed.counts) == (CheckState.FAILED, True, True)
