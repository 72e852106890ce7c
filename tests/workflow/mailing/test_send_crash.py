"""Killed at any step of a hand-over, with whatever the server does: exactly one mail, or a doubt that is told."""

import json
import shutil
import subprocess
import sys
import tempfile
from datetime import datetime
from pathlib import Path
from unittest import mock

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.examples import examples
from tests.mail.smtp_server import Fault
from tests.tools import ROOT
from tests.workflow.desk import CYCLE, Desk, new_desk
from tests.workflow.killed import DIED
from tests.workflow.mail_setup import MAILS, set_server, set_up
from zwgk_excel.domain.correspondence import LetterState
from zwgk_excel.ledger import Ledger
from zwgk_excel.mail import smtp
from zwgk_excel.workflow.mailing.delivery import DeliveryMethod
from zwgk_excel.workflow.mailing.sending import SendAction, planned_sendings, send


@pytest.fixture(scope="module")
def prepared(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("kill")
    desk = new_desk(folder)
    set_up(desk)
    return folder


def killed(folder: Path, *points: int) -> list[dict]:
    command = [sys.executable, "-m", "tests.workflow.killed_sending", str(folder), *map(str, points)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


@pytest.mark.slow
def test_killed_at_any_step_nobody_gets_it_twice_and_nobody_is_left_out(prepared):
    (whole,) = killed(prepared, 0)
    once = dict.fromkeys(MAILS.values(), 1)
    assert (whole["counts"], whole["states"]) == (once, dict.fromkeys(MAILS.values(), "sent"))
    steps = whole["steps"]
    # A letter's own steps come last: the last letter, step by step from where its mail is announced.
    points = [steps // 3, steps // 2, *range(steps - 12, steps + 1)]
    runs = killed(prepared, *points)
    assert [(each["died"], each["again"]) for each in runs] == [(DIED, 0)] * len(points)
    for point, each in zip(points, runs, strict=True):
        unsure = {to for to, state in each["states"].items() if state == "uncertain"}
        assert set(each["states"].values()) <= {"sent", "uncertain"}, point
        assert len(unsure) <= 1, point
        assert {to: 1 for to in once if to not in unsure} == {
            to: count for to, count in each["counts"].items() if to not in unsure
        }, f"killed at step {point} of {steps}"
        assert all(each["counts"].get(to, 0) <= 1 for to in unsure), point
    assert any("uncertain" in each["states"].values() for each in runs), "the one moment nobody can know was tried"


class Killed(BaseException):
    """The process ends here."""


FAULTS = (
    Fault("MAIL"), Fault("MAIL", "451 later"), Fault("RCPT"), Fault("RCPT", "450 grey"), Fault("RCPT", "550 gone"),
    Fault("DATA"), Fault("DATA", "451 later"), Fault("DOT"), Fault("DOT", taken=True), Fault("DOT", "452 full"),
    Fault("DOT", "554 spam"), Fault("none"),
)  # fmt: skip


@settings(max_examples=examples(30))
@given(
    faults=st.lists(st.sampled_from(FAULTS), max_size=12),
    kills=st.lists(st.tuples(st.integers(1, 14), st.booleans()), max_size=3),
)
def test_whatever_crashes_and_whatever_the_server_does(prepared, smtp_running, faults, kills):
    """Runs that die before or after any write to the ledger, among a server's faults; then runs until all is calm."""
    smtp_running.mails.clear()
    smtp_running.faults[:] = faults
    with tempfile.TemporaryDirectory() as folder, mock.patch.object(smtp, "PAUSES", (0.0, 0.0)):
        desk = Desk(Path(shutil.copytree(prepared / "工作区", Path(folder) / "工作区")), datetime(2026, 11, 2, 9))
        set_server(desk, smtp_running)
        for at, after in kills:
            run(desk, at, after=after)
        smtp_running.faults.clear()
        for _ in range(2):
            run(desk)
        with desk.open() as office:
            actions = {each.to[0]: each.action for each in planned_sendings(office, CYCLE)}
            states = [each.state for each in office.ledger.letters()]
    counts = {to: smtp_running.counts().get(to, 0) for to in MAILS.values()}
    assert set(actions.values()) <= {SendAction.SENT, SendAction.UNCERTAIN}
    assert {to: count for to, count in counts.items() if actions[to] is SendAction.SENT} == {
        to: 1 for to in MAILS.values() if actions[to] is SendAction.SENT
    }
    assert all(count <= 1 for count in counts.values())
    assert LetterState.HANDING_OVER not in states


def run(desk: Desk, at: int = 0, *, after: bool = False) -> None:
    """``zwgk send --yes``, dying before or after its ``at``-th write about letters; 0 for never."""
    writes = 0

    def dying(method):
        def call(*arguments, **options):
            nonlocal writes
            writes += 1
            if writes == at and not after:
                raise Killed
            done = method(*arguments, **options)
            if writes == at:
                raise Killed
            return done

        return call

    prepare, move = dying(Ledger.prepare_letter), dying(Ledger.move_letter)
    with desk.open() as office, mock.patch.multiple(Ledger, prepare_letter=prepare, move_letter=move):
        try:
            send(office, CYCLE, DeliveryMethod.SMTP)
        except Killed:
            return
