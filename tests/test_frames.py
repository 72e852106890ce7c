"""zwgk_excel.frames: the tables of any months as typed DataFrames, the same figures as everywhere else."""

from __future__ import annotations

import json
from datetime import date, datetime

import pandas as pd
import pytest

from tests.workbooks.tracker_sample import realistic
from tests.workflow.desk import CYCLE, Desk
from tests.workflow.month import LATER
from tests.workflow.two_months import OCTOBER, two_months
from zwgk_excel import MonthRange, UserError, frames
from zwgk_excel.cli.month import status_fields
from zwgk_excel.layout.words import words
from zwgk_excel.workbooks.tracker.rows.figures import figures
from zwgk_excel.workflow.analysis.columns import TABLES, Kind
from zwgk_excel.workflow.analysis.frames import Frames, table_frame
from zwgk_excel.workflow.analysis.rows import obligation_row
from zwgk_excel.workflow.assessment.assessing import assess_months
from zwgk_excel.workflow.tracking.statuses import cycle_status, office_statuses

ON = LATER.date()
OF_WEBSITE = {"site_faults", "coverage", "published"}
"""Empty here: tests/workflow/analysis/test_website_tables.py has rows of them."""
DTYPES = {
    Kind.TEXT: "string",
    Kind.MONTH: "string",
    Kind.DAY: "datetime64[s]",
    Kind.TIME: "datetime64[s]",
    Kind.COUNT: "int64",
    Kind.NUMBER: "Int64",
    Kind.POINTS: "float64",
    Kind.FLAG: "boolean",
}


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """Two months; the tests only read."""
    return two_months(tmp_path_factory.mktemp("frames"))


@pytest.fixture(scope="module")
def both(played: Desk) -> Frames:
    with played.open() as office:
        return frames.frames(office, "2026-10..2026-11", as_of=ON)


def records(table: pd.DataFrame) -> list[dict[str, object]]:
    """The rows as JSON has them: dates as ISO text, what is missing as None."""
    shown = table.astype(object).where(table.notna(), None)
    return [
        {key: value.isoformat() if isinstance(value, datetime) else value for key, value in row.items()}
        for row in shown.to_dict("records")
    ]


def has_its_types(name: str, table: pd.DataFrame) -> bool:
    for column, field in TABLES[name].items():
        if field.codes:
            dtype = table[column].dtype
            assert dtype.ordered
            assert list(dtype.categories) == list(words(field.codes))
        else:
            assert table[column].dtype == DTYPES[field.kind], column
    return list(table.columns) == list(TABLES[name])


@pytest.mark.parametrize("name", TABLES)
def test_every_column_has_its_type_with_and_without_rows(both: Frames, name: str) -> None:
    assert len(getattr(both, name)) > 0 or name in OF_WEBSITE
    assert has_its_types(name, getattr(both, name))
    assert has_its_types(name, table_frame(name, []))


@pytest.mark.parametrize("name", TABLES)
def test_one_table_alone_is_the_same(played: Desk, both: Frames, name: str) -> None:
    with played.open() as office:
        alone = getattr(frames, name)(office, MonthRange.of("2026-10..2026-11"), as_of=ON)
    pd.testing.assert_frame_equal(alone, getattr(both, name))


def test_obligations_are_those_of_status(played: Desk, both: Frames) -> None:
    with played.open() as office:
        told = json.loads(json.dumps(status_fields(cycle_status(office, CYCLE, ON)), default=str))
    own = {each["key"]: each for each in told["obligations"] if each["key"] in set(both.obligations.key)}
    mine = {str(row["key"]): row for row in records(both.obligations)}
    assert len(own) >= 8
    for key, each in own.items():
        for name in set(each) - {"due", "final", "extended_to", "cycle", "listed_as"}:
            assert mine[key][name] == each[name], (key, name)
        for name in ("due", "final", "extended_to"):
            assert mine[key][name] == (f"{each[name]}T00:00:00" if each[name] else None)


def test_receipts_and_problems_are_those_of_status(played: Desk, both: Frames) -> None:
    with played.open() as office:
        told = status_fields(cycle_status(office, CYCLE, ON))
    mine = records(both.receipts[both.receipts.cycle.ne(str(OCTOBER)).fillna(True)])
    names = ("file", "sha256", "cycle", "received_at", "estimated", "verdict", "items", "problems")
    assert [{name: row[name] for name in names} for row in mine] == [
        {name: each[name] for name in names} for each in told["receipts"]
    ]
    november = both.problems[both.problems.cycle.ne(str(OCTOBER)).fillna(True)]
    assert sorted(november.code) == sorted(each["code"] for each in told["problems"])


def test_items_of_the_contents_that_count(both: Frames) -> None:
    assert [(row["cycle"], row["unit"], row["title"], row["type"], row["valid"]) for row in records(both.items)] == [
        ("2026-10", "市财政局", "2026-10 信息1", "notice", True),
        ("2026-11", "市财政局", "信息1", "notice", True),
        ("2026-11", "市人社局", "D04信息1", "notice", False),
        ("2026-11", "市财政局", "信息2", "notice", True),
    ]
    assert both.items.unread.tolist() == ["", "", "formed_on", ""]
    assert both.items.formed_on.isna().tolist() == [False, False, True, False]


def test_scores_and_their_lines(played: Desk, both: Frames) -> None:
    with played.open() as office:
        months = assess_months(office, [OCTOBER, CYCLE], office_statuses(office, ON))
    expected = [(str(m.period), s.unit, float(s.points), s.rank) for m in months for s in m.ranked]
    assert both.scores[both.scores["rank"].isna()].score.isna().all(), "who is not ranked has no score"
    table = both.scores[both.scores["rank"].notna()][["cycle", "unit", "score", "rank"]]
    assert list(table.itertuples(index=False, name=None)) == expected
    assert both.scores.groupby("cycle").closed.all().to_dict() == {"2026-10": True, "2026-11": False}
    lines = [(s.unit, line.rule, float(line.points)) for m in months for s in m.scores for line in s.lines]
    assert list(both.score_lines[["unit", "rule", "points"]].itertuples(index=False, name=None)) == lines


def test_acts_say_who_decided_what_when_and_why(both: Frames) -> None:
    decided = both.acts[both.acts.act != "receive"]
    told = [(row["act"], row["cycle"], row["unit"], row["who"], row["reason"]) for row in records(decided)]
    assert told == [
        ("issue", "2026-10", "", "", ""),
        ("close", "2026-10", "", "科长", ""),
        ("issue", "2026-11", "", "", ""),
        ("extend", "2026-11", "市人社局", "科长", "会议决定"),
        ("cancel_extension", "2026-11", "市人社局", "科员", ""),
        ("waive", "2026-11", "市政府办", "科长", "会议决定"),
        ("merge", "2026-11", "市财政局", "科长", "会议决定"),
        ("set_aside", None, "", "科员", "不是报送表"),
        ("rectify", "2026-11", "市人社局", "科长", "会议决定"),
        ("close_rectification", "2026-11", "市人社局", "科长", "已补报"),
    ]
    registered = both.acts[both.acts.act == "receive"]
    assert registered.file.tolist() == [
        f"收件箱/{name}.xlsx" for name in ("十月", "财政", "人社", "再次", "统计", "财政二")
    ]
    assert both.acts.number.is_monotonic_increasing
    assert set(both.acts.source) == {"command"}
    extension = both.acts[both.acts.act == "extend"].iloc[0]
    assert (extension.obligation, extension.day) == ("D04/市人社局/2026-11", pd.Timestamp(2026, 12, 20))
    assert both.acts[both.acts.act == "rectify"].step.tolist() == ["supervise"]
    closing = both.acts[both.acts.act == "close_rectification"].iloc[0]
    assert (closing.rectification, closing.day) == (1, pd.Timestamp(2026, 12, 8))
    assert both.acts[both.acts.act == "set_aside"].file.tolist() == ["收件箱/统计.xlsx"]


def test_acts_of_later_days_are_not_known_yet(played: Desk) -> None:
    with played.open() as office:
        before = frames.acts(office, "2026-11", as_of=date(2026, 12, 1))
        after = frames.acts(office, "2026-11", as_of=date(2026, 12, 8))
    assert set(before.act) == {"issue"}
    assert {"issue", "receive"} < set(after.act)
    assert after.act.tolist()[-1] == "close_rectification"


def test_only_the_months_asked_for(played: Desk) -> None:
    with played.open() as office:
        october, november = (frames.frames(office, month, as_of=ON) for month in ("2026-10", CYCLE))
        quarter = frames.obligations(office, "2026Q4", as_of=ON)
    assert set(october.obligations.cycle) == {"2026-10"}
    assert october.receipts.file.tolist() == ["收件箱/十月.xlsx"]
    assert october.obligations.closed.all()
    assert set(november.obligations.cycle) == {"2026-11"}
    # A file that is no return has no cycle: it is there, and what was decided about it, by the day it came on.
    assert november.receipts[november.receipts.cycle.isna()].file.tolist() == ["收件箱/统计.xlsx"]
    assert "set_aside" in set(november.acts.act)
    assert "set_aside" not in set(october.acts.act)
    assert set(quarter.cycle) == {"2026-10", "2026-11"}


def test_months_without_workbooks(played: Desk) -> None:
    with played.open() as office:
        with pytest.raises(UserError, match="2026-10 至 2026-11"):
            frames.obligations(office, "2025")
        with pytest.raises(ValueError, match="本月"):
            frames.obligations(office, "本月")


def test_codes_no_list_knows_and_days_no_nanosecond_reaches_are_kept() -> None:
    (row,) = [dict.fromkeys(TABLES["receipts"], "x")]
    typed = {"items": 1, "problems": 0, "estimated": False, "received_at": None, "file_time": None}
    odd = table_frame("receipts", [row | typed])
    assert odd.verdict.tolist() == ["x"]
    assert odd.verdict.cat.categories[-1] == "x"
    whole = dict.fromkeys(TABLES["score_lines"], "")
    far = table_frame("score_lines", [{**whole, "points": 0.5, "on": date(day, 1, 2)} for day in (1, 9999)])
    assert far.on.dt.year.tolist() == [1, 9999]


def test_half_a_surrogate_pair_becomes_a_question_mark() -> None:
    whole = dict.fromkeys(TABLES["score_lines"], "")
    table = table_frame("score_lines", [{**whole, "points": 0.0, "on": None, "receipt": "收件箱/\udcff.xlsx"}])
    assert table.receipt.tolist() == ["收件箱/?.xlsx"]


# --- pivots: the tracker's figures -------------------------------------------------------------


@pytest.fixture(scope="module")
def view():
    """Five months of a whole city."""
    return realistic()


@pytest.fixture(scope="module")
def owed(view) -> pd.DataFrame:
    return table_frame("obligations", map(obligation_row, view.rows))


def in_place(view, unit: str, cycle: str):
    """The tracker's rows of a unit and a month; of all where either is the total."""
    return [
        row
        for row in view.rows
        if unit in {row.status.obligation.unit, "total"} and cycle in {str(row.status.obligation.cycle), "total"}
    ]


@pytest.mark.parametrize(
    ("pivot", "figure"), [(frames.on_time_rates, "on_time_rate"), (frames.overdue_counts, "overdue")]
)
def test_units_by_months_are_the_figures_of_the_tracker(view, owed: pd.DataFrame, pivot, figure: str) -> None:
    found = pivot(owed)
    assert found.shape[0] > 15
    assert list(found.columns) == [*sorted({str(row.status.obligation.cycle) for row in view.rows}), "total"]
    for unit in found.index:
        for cycle in found.columns:
            value, told = found.loc[unit, cycle], figures(in_place(view, unit, cycle))
            if figure == "overdue" and not told["due"]:
                assert pd.isna(value)
            else:
                assert (None if pd.isna(value) else value) == pytest.approx(told[figure])


def test_columns_by_timeliness_are_the_figures_of_the_tracker(view, owed: pd.DataFrame) -> None:
    found = frames.timeliness_by_column(owed)
    assert found.shape[0] > 15
    for (duty, _), row in found.iterrows():
        told = figures(row for row in view.rows if duty in {row.status.obligation.duty.id, "total"})
        for name in ("on_time", "grace", "late", "not_due", "due_soon", "in_grace", "overdue"):
            assert row[name] == told[name]
        assert row["total"] == (told["due"] or 0) - (told["waived"] or 0)
        assert (None if pd.isna(row["on_time_rate"]) else row["on_time_rate"]) == pytest.approx(told["on_time_rate"])


@pytest.mark.parametrize(
    "pivot", [frames.on_time_rates, frames.overdue_counts, frames.timeliness_by_column], ids=lambda f: f.__name__
)
def test_pivots_of_nothing(pivot) -> None:
    found = pivot(table_frame("obligations", []))
    assert len(found) == 1
    assert found.iloc[0].fillna(0).eq(0).all()
