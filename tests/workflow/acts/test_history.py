"""The list of acts of a whole month, and parts of it."""

from __future__ import annotations

import pytest

from tests.workflow.desk import CYCLE, Desk
from tests.workflow.two_months import OCTOBER, two_months
from zwgk_excel.domain.acts import Act, ActKind
from zwgk_excel.workflow.acts.history import history
from zwgk_excel.workflow.errors import UserError


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """Two months; the tests only read."""
    return two_months(tmp_path_factory.mktemp("history"))


def kinds(acts: tuple[Act, ...]) -> list[ActKind]:
    return [each.kind for each in acts if each.kind is not ActKind.RECEIVE]


def test_everything_that_was_decided_by_number(played: Desk) -> None:
    with played.open() as office:
        acts = history(office)
    assert [each.number for each in acts] == list(range(1, len(acts) + 1))
    assert kinds(acts) == [
        ActKind.ISSUE,
        ActKind.CLOSE,
        ActKind.ISSUE,
        ActKind.EXTEND,
        ActKind.CANCEL_EXTENSION,
        ActKind.WAIVE,
        ActKind.MERGE,
        ActKind.SET_ASIDE,
        ActKind.RECTIFY,
        ActKind.CLOSE_RECTIFICATION,
    ]


def test_those_of_a_unit(played: Desk) -> None:
    expected = [ActKind.EXTEND, ActKind.CANCEL_EXTENSION, ActKind.RECTIFY, ActKind.CLOSE_RECTIFICATION]
    with played.open() as office:
        assert kinds(history(office, unit=" 市人社局 ")) == expected
        with pytest.raises(UserError, match=r"没有“市人设局”.*市人社局"):
            history(office, unit="市人设局")


def test_those_of_a_month_and_of_a_kind(played: Desk) -> None:
    with played.open() as office:
        assert kinds(history(office, cycle=OCTOBER)) == [ActKind.ISSUE, ActKind.CLOSE]
        assert ActKind.EXTEND in kinds(history(office, cycle=CYCLE))
        assert kinds(history(office, kind=ActKind.MERGE)) == [ActKind.MERGE]
        assert history(office, unit="市财政局", kind=ActKind.RECTIFY) == ()


def test_files_registered_by_hand_belong_to_their_month(played: Desk) -> None:
    with played.open() as office:
        arrived = history(office, kind=ActKind.RECEIVE)
        october = history(office, cycle=OCTOBER, kind=ActKind.RECEIVE)
    assert [each.changes[0].subject for each in october] == ["收件箱/十月.xlsx"]
    assert {each.cycle for each in arrived} == {OCTOBER, CYCLE, None}  # one is no return
