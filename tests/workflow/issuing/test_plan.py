"""The plan on the real duty table: the counts the issue names."""

from collections import Counter
from datetime import date

import pytest

from zwgk_excel.domain.periods import Month
from zwgk_excel.workflow.office.context import open_office
from zwgk_excel.workflow.setup.workspace_setup import init_workspace


@pytest.fixture(scope="module")
def plans(tmp_path_factory):
    root = tmp_path_factory.mktemp("real") / "工作区"
    init_workspace(root)
    with open_office(root) as office:
        yield lambda cycle: office.plan(Month.parse(cycle))


def duties(obligations):
    return Counter(o.duty.id for o in obligations)


def test_november(plans):
    found = plans("2026-11")
    monthly = [o for o in found if o.duty.cadence == "monthly" and o.mandatory]
    assert len(monthly) == 21
    assert set(duties(monthly)) == {f"D{n:02}" for n in range(1, 16)}
    assert {(o.due, o.final) for o in monthly} == {(date(2026, 11, 25), date(2026, 11, 30))}
    assert duties(found)["D24"] == duties(found)["D40"] == 38
    advisory = [o for o in found if not o.mandatory]
    assert duties(advisory) == {"D10": 23}
    assert "市乡村振兴局" not in {o.unit for o in advisory}
    assert not {"D16", "D17", "D18", "D19", "D20", "D41"} & set(duties(found))
    assert len({o.unit for o in found}) == 38


def test_december_adds_the_quarterly_ones(plans):
    assert set(duties(plans("2026-12"))) - set(duties(plans("2026-11"))) == {"D16", "D17", "D18"}


def test_january_has_the_annual_report(plans):
    reports = [o for o in plans("2027-01") if o.duty.id == "D41"]
    assert Counter(o.due for o in reports) == {date(2027, 1, 31): 38, date(2027, 2, 20): 1}
    assert [o.unit for o in reports if o.due == date(2027, 2, 20)] == ["市政府办"]
    yearly = {o.duty.id: (o.due, o.final) for o in plans("2027-01") if o.duty.cadence == "yearly"}
    assert yearly == dict.fromkeys(("D19", "D20"), (date(2027, 2, 28), date(2027, 3, 31)))
