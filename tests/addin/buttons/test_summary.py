"""The closing words of a consolidation: counts, and the one next step."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.addin.tracker_desk import returns
from tests.workflow.desk import Desk
from zwgk_excel.addin.buttons.summary import summary, to_send_back
from zwgk_excel.domain.returns import Verdict
from zwgk_excel.workbooks.tracker.previous.office_input import OfficeInput
from zwgk_excel.workflow.consolidation.consolidating import PreparedTracker, prepare


@pytest.fixture
def ready(desk: Desk) -> PreparedTracker:
    """Two returns in November, one of them to be corrected; on 3 December others are overdue."""
    returns(desk)
    with desk.open() as office:
        return prepare(office, OfficeInput(), as_of=None, who="科员")


def test_what_came_what_is_late_and_what_goes_back(ready: PreparedTracker):
    done, new, counts, step = summary(ready.taken, ready.decisions, ready.statuses).splitlines()
    assert (done, new) == ("汇总完成。", "本次新收 2 份。")
    assert counts == "各月共 2 份已收，4 项迟报/逾期（其中 2 项仍未报），1 份待退回修改。"
    assert "问题清单" in step
    assert "退" not in summary((), (), replace(ready.statuses, receipts=())).splitlines()[-1]


def test_without_faults_the_overdue_are_next_and_without_those_nothing(ready: PreparedTracker):
    sound = replace(ready.statuses, receipts=())
    assert "可按“催报”提醒" in summary((), (), sound)
    assert "没有需要催办的事项" in summary((), (), replace(sound, rows=()))


def test_only_the_newest_return_of_a_unit_is_sent_back(ready: PreparedTracker):
    (bad,) = to_send_back(ready.statuses)
    good = replace(bad, sha256="0" * 64, verdict=Verdict.ACCEPTED)
    duplicate = replace(bad, sha256="1" * 64, verdict=Verdict.DUPLICATE)
    assert to_send_back(replace(ready.statuses, receipts=(bad, good))) == []
    assert to_send_back(replace(ready.statuses, receipts=(bad, duplicate))) == [bad]
