"""The rows of 栏目更新 as plain values."""

from __future__ import annotations

from zwgk_excel.domain.column_updates import FAULTY, ColumnUpdate, UpdateState
from zwgk_excel.layout.columns import layout
from zwgk_excel.layout.words import word
from zwgk_excel.workbooks.tracker.rows.formulas import name_of, quoted, update_name
from zwgk_excel.workbooks.tracker.rows.row_values import RowValues
from zwgk_excel.workbooks.tracker.rows.view import TrackerView

LIVE = ("days_since", "days_left", "state")
"""The columns that are formulas."""
_SINCE = "MAX(INT({today})-{published_on},0)"
_FORMULAS = {
    "days_since": '=IF(N({published_on})=0,"",' + _SINCE + ")",
    "days_left": '=IF(OR(N({published_on})=0,N({limit})=0),"",{limit}-' + _SINCE + ")",
    "state": (
        "=IF(N({limit})=0,{unlimited},IF(N({published_on})=0,{never},"
        f"IF({{limit}}-{_SINCE}<0,{{stale}},IF({{limit}}-{_SINCE}<=N({{warn}}),{{soon}},{{fresh}}))))"
    ),
}


def update_rows(view: TrackerView) -> list[RowValues]:
    """A row for each column of each unit: the worst state first, in it the fewest days left, then by the roster."""
    units = {unit.name: place for place, unit in enumerate(view.units)}
    states = list(UpdateState)

    def order(each: ColumnUpdate) -> tuple[object, ...]:
        left = each.days_left(view.as_of)
        place = units.get(each.unit, len(units))
        return states.index(each.state(view.as_of)), left or 0, place, each.unit, each.duty.id

    return [_row(each, view) for each in sorted(view.updates, key=order)]


def _row(update: ColumnUpdate, view: TrackerView) -> RowValues:
    return {
        "unit": update.unit,
        "duty": update.duty.id,
        "column": update.duty.column,
        "kind": word("update_kind", update.kind),
        "title": update.title,
        "published_on": update.published_on,
        "days_since": update.days_since(view.as_of),
        "limit": update.limit.days if update.limit else None,
        "warn": update.limit.warn if update.limit else None,
        "days_left": update.days_left(view.as_of),
        "state": word("update_state", update.state(view.as_of)),
    }


def update_formula(key: str, cells: dict[str, str]) -> str:
    """The formula of a column of LIVE in one row; ``cells`` maps column keys to that row's cells.

    It gives what :class:`zwgk_excel.domain.column_updates.ColumnUpdate` gives as of the tracker's day.
    """
    spoken = {each.value: quoted(word("update_state", each)) for each in UpdateState}
    return _FORMULAS[key].format_map({**cells, **spoken, "today": name_of("as_of")})


def counted_formula() -> str:
    """The formula that says on 总览 how many columns are stale, or will be soon, with a link to them."""
    texts = layout("tracker").settings["column_updates"]
    state, place = update_name("state"), quoted(f"#'{layout('tracker')['column_updates'].name}'!A1")
    stale = "+".join(_count(state, each) for each in UpdateState if each in FAULTY)
    soon = _count(state, UpdateState.SOON)
    said = {key: quoted(texts[key]) for key in ("stale", "soon", "none")}
    found = f"IF({stale}>0,{stale}&{said['stale']},IF({soon}>0,{soon}&{said['soon']},{said['none']}))"
    return f"=HYPERLINK({place},{found})"


def _count(name: str, state: UpdateState) -> str:
    return f"COUNTIF({name},{quoted(word('update_state', state))})"


def counted_text(view: TrackerView) -> str:
    """What :func:`counted_formula` shows on the tracker's day."""
    texts = layout("tracker").settings["column_updates"]
    states = [each.state(view.as_of) for each in view.updates]
    stale, soon = sum(each in FAULTY for each in states), states.count(UpdateState.SOON)
    return f"{stale}{texts['stale']}" if stale else f"{soon}{texts['soon']}" if soon else texts["none"]
