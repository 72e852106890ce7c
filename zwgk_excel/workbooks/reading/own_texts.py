"""Tells the template's own cells on 填报说明 and 填写示例 from what a unit typed there: by what stands in them.

Rows may be inserted, and the cover has a row more where the office names whom to ask: no place is counted. Nothing is
compared with the workbook as it was issued, which may be of an earlier version: a text much like ours is ours.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from difflib import SequenceMatcher
from functools import cache

from zwgk_excel.domain.catalogue.entries import ENTRY, is_entry_label
from zwgk_excel.domain.text import clean
from zwgk_excel.layout.columns import layout
from zwgk_excel.layout.resources import read_text
from zwgk_excel.layout.words import words
from zwgk_excel.workbooks.contract.common_cells import common_title, find_common
from zwgk_excel.workbooks.contract.cover_texts import fact_labels, is_overall_check, open_words
from zwgk_excel.workbooks.contract.template_text import is_example, is_hint, is_title, type_meaning
from zwgk_excel.workbooks.opening.open_book import Grid
from zwgk_excel.workbooks.opening.sheet_survey import Cell
from zwgk_excel.workbooks.reading.cell_reader import as_text
from zwgk_excel.workbooks.reading.titles import find_cover_title

_TITLE = 1, 1
"""The place of the cover's title, where it is gone."""
_WIDTH = 4
"""The cover's columns, from that of its title on."""
_ALIKE = 0.6
_NUMBERED = re.compile(r"[一二三四五六七八九十]+、")


def own_cover_cells(grid: Grid) -> set[Cell]:
    """The cells of a cover that the template wrote, or in which it wants something to be filled in."""
    row, column = find_cover_title(grid) or _TITLE
    own = {(row - 1, column), (row, column), (row + 1, column)}
    for r, c in find_common(grid.rows).values():
        own |= {(r, c - 1), (r, c)}
    heads = {clean(each) for each in (common_title(), layout("report").settings["common"]["hint"], _head())}
    opening = {open_words("tasks"), open_words("items")}
    labels = {*map(clean, fact_labels()), *opening}
    places: dict[str, int] = {}
    for at, line in enumerate(grid.rows):
        for place, raw in enumerate(line):
            text = clean(raw) if isinstance(raw, str) else ""
            if text in labels:
                # Its value is beside it, a formula's too.
                own |= {(at, place), (at, place + 1)}
            elif text in heads:
                own.add((at, place))
            if text and place == column:
                places.setdefault(text, at)
    counts = min((places[each] for each in opening if each in places), default=row + 4)
    own |= {(at, column) for at in range(row + 2, counts) if _is_state(grid, at, column)}
    own |= _instructions(grid, places.get(_head()), column)
    return own | _officers(grid, places.get(clean(layout("roster")["officers"].name)), column)


def own_example_cells(grid: Grid) -> set[Cell]:
    """The filled cells of 填写示例 that the template wrote: a sample that was typed over is none of them."""
    sheet, items = layout("report")["example"], layout("report")["items"]
    samples = {clean(column.sample) for column in items.inputs}
    advice = [clean(column.prompt) for column in items.inputs]
    settings = layout("report").settings
    codes = words("item_type")
    meanings = [clean(type_meaning(code, satisfies=fit)) for code in codes for fit in (True, False)]
    headings = {clean(each.heading) for each in sheet} | {clean(settings["texts"]["meaning"])}
    names = set(codes.values())
    samples |= names  # the type is one that satisfies the task
    shown = {clean(as_text(line[0])): clean(as_text(line[1])) for line in grid.rows if len(line) > 1}
    task, title, entry = (shown.get(clean(items[key].display), "") for key in ("task", "title", ENTRY))
    if is_example(task, title):
        samples |= {task, title}
    if title in samples and is_entry_label(entry):
        samples.add(entry)  # the first that the unit is offered
    own: set[Cell] = set()
    for at, line in enumerate(grid.rows):
        for place, raw in enumerate(line[: len(sheet.columns)]):
            text = clean(as_text(raw))
            ours = (
                place == 0 and (is_title(sheet, raw) or is_hint(sheet, raw) or text in names or bool(items.find(text))),
                text in headings,
                place == 1 and (text in samples or _is_like(text, meanings)),
                place == len(sheet.columns) - 1 and _is_like(text, advice),
            )
            if any(ours):
                own.add((at, place))
    return own


@cache
def _head() -> str:
    return clean(layout("report")["cover"].name)


@cache
def _lines() -> tuple[str, ...]:
    return tuple(map(clean, read_text("cover.txt").splitlines()))


def _is_state(grid: Grid, row: int, column: int) -> bool:
    """Whether a cell holds the overall self-check, or would if it was computed."""
    text = as_text(grid.value(row, column))
    return is_overall_check(text) or (row, column) in grid.uncached or (row, column) in grid.errors


def _instructions(grid: Grid, head: int | None, column: int) -> set[Cell]:
    """The lines of the instructions, by what they say; those below their heading may be of another version."""
    lines, own = _lines(), set[Cell]()
    for at in range(len(grid.rows)):
        text = clean(as_text(grid.value(at, column)))
        near = head is not None and head < at <= head + len(lines) + 1  # and what is not asked for any more
        if text and ((near and _NUMBERED.match(text)) or _is_like(text, lines)):
            own.add((at, column))
    return own


def _officers(grid: Grid, head: int | None, column: int) -> set[Cell]:
    """The block of officers. Its rows are whole pairs of a task and who reports it: what is typed below it is none."""

    def shown(row: int, place: int) -> bool:
        return bool(as_text(grid.value(row, place)).strip())

    if head is None:
        return set()
    own, row = {(head, column)}, head + 1
    while shown(row, column) and shown(row, column + 1) and shown(row, column + 2) == shown(row, column + 3):
        own |= {(row, place) for place in range(column, column + _WIDTH)}
        row += 1
    return own


def _is_like(text: str, ours: Collection[str]) -> bool:
    """Whether a text is one of ours, or much like one: of another version."""
    return text in ours or any(SequenceMatcher(None, text, each).ratio() >= _ALIKE for each in ours)
