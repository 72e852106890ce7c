"""Which units 公开主体 names: one township by its full name is not all of them."""

from __future__ import annotations

import pytest

from tests.domain.make import roster, unit
from zwgk_excel.domain.catalogue.proposals import Proposals
from zwgk_excel.domain.duties import UnitKind
from zwgk_excel.domain.periods import Month
from zwgk_excel.layout.columns import layout

ALL = "各乡镇(街道)"


def units(owner: str) -> tuple[str, ...]:
    found = roster(
        unit("市教育局"),
        unit("市民政局"),
        unit("东风路街道", kind=UnitKind.TOWNSHIP, aliases=("东风路",)),
        unit("金湖镇", kind=UnitKind.TOWNSHIP),
    )
    return Proposals((), found, Month(2026, 11), **layout("catalogue").settings["proposals"]).units(owner)


@pytest.mark.parametrize(
    ("owner", "named"),
    [
        ("东风路街道办事处", ("东风路街道",)),
        ("东风路街道办", ("东风路街道",)),
        ("东风路（街道办事处）", ("东风路街道",)),
        ("金湖镇人民政府", ("金湖镇",)),
        ("金湖镇人民政府、东风路街道办事处", ("金湖镇", "东风路街道")),
        ("金湖镇人民政府和东风路街道办事处", ("金湖镇", "东风路街道")),
        ("市教育局、东风路街道办事处", ("市教育局", "东风路街道")),
    ],
)
def test_a_township_named_is_that_one(owner, named):
    assert units(owner) == named


@pytest.mark.parametrize(
    ("owner", "named"),
    [
        ("各乡镇（街道）", (ALL,)),
        ("各镇人民政府（街道办事处）", (ALL,)),
        ("市教育局、各乡镇（街道）", ("市教育局", ALL)),
        ("市教育局及各乡镇（街道）", ("市教育局", ALL)),
        ("各乡镇和市民政局", ("市民政局", ALL)),
        ("东风路街道办事处及其他乡镇", ("东风路街道", ALL)),
        ("省教育厅", ()),
    ],
)
def test_all_townships_where_they_are_meant(owner, named):
    assert units(owner) == named
