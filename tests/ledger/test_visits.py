"""What links showed: kept as it was, each visit once, the newest counts."""

from dataclasses import replace
from datetime import date, datetime, timedelta

from zwgk_excel.domain.link_checks import Visit, VisitFinding
from zwgk_excel.ledger import Ledger

AT = datetime(2026, 12, 1, 9)
VISIT = Visit(
    "http://a.cn/一?b=1",
    AT,
    VisitFinding.READ,
    200,
    "http://a.cn/2",
    ("标题\x00\ud83d", "“引号”"),
    date(2026, 11, 3),
    "ab" * 32,
    '"e"',
    "Tue, 03 Nov 2026 01:00:00 GMT",
)


def test_kept_as_it_was(ledger: Ledger) -> None:
    bare = Visit("", AT, VisitFinding.NO_LINK)
    revision = ledger.revision
    assert ledger.add_visits([VISIT, bare]) == 2
    assert ledger.visits() == {VISIT.url: VISIT, "": bare}
    assert ledger.visits(["http://a.cn/none", VISIT.url]) == {VISIT.url: VISIT}
    assert ledger.visits([]) == {}
    assert ledger.revision == revision


def test_the_newest_counts_and_each_is_kept_once(ledger: Ledger) -> None:
    later = replace(VISIT, at=AT + timedelta(hours=1), finding=VisitFinding.NOT_FOUND)
    assert ledger.add_visits([later]) == 1
    assert ledger.add_visits([VISIT, later, VISIT]) == 1  # an older one that comes from elsewhere
    assert ledger.visits() == {VISIT.url: later}
