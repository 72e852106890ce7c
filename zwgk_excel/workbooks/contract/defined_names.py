"""The defined names of a report workbook, by which the reader also recognises our formulas."""

from __future__ import annotations

ITEM_CHECK = "zwgk_item_check"
"""The defined name that holds the check of one row of 信息明细."""
ITEM_CELLS, ITEM_ERRORS, ITEM_WARNINGS = "zwgk_item_cells", "zwgk_item_errors", "zwgk_item_warnings"
"""Parts of it: what blocks in a single cell that is not missing, what else blocks, and what does not."""
TASKS = "zwgk_tasks"
"""The unit's task labels."""
ASKS, PUBLISHED_FROM = "zwgk_asks", "zwgk_published_from"
"""Beside each task 1 where it asks for any companion, else 0; and the first day of publication of what counts, or 0."""
TASK_WORDS, TASK_IDS, TASK_TIGHT = "zwgk_task_words", "zwgk_task_ids", "zwgk_task_tight"
"""Beside each task label what else is understood as it: its 栏目 alone, its 编号 alone, and it without spaces."""
TASK_NAMES = (TASKS, TASK_WORDS, TASK_IDS, TASK_TIGHT)
"""All of them."""
ENTRIES = "zwgk_entries"
"""What items may choose of the catalogue: a blank cell, then the choices of the tasks, one task's after the other's."""
ENTRY_FIRST, ENTRY_COUNT = "zwgk_entry_first", "zwgk_entry_count"
"""Beside each task the place of its first choice behind that blank cell, and how many it has; 0 and 0 for none."""
ENTRY_PLACE = "zwgk_entry_place"
"""Of the task in one row of 信息明细, the place of its first choice; 0 where it has none."""
ISSUED_IDS = "zwgk_issued_ids"
"""Beside each task label the 编号 in its row of 任务清单."""
TODAY = "zwgk_today"
"""The day on which the workbook is computed."""
AHEAD, UNLISTED = "zwgk_ahead", "zwgk_unlisted"
"""How many items were published on a day to come, which no row tells (:data:`TODAY`), and how many rows of 任务清单
answer a task that was not issued."""
FILLED_DAYS, FILLED_CHECKS = "zwgk_filled_days", "zwgk_filled_checks"
"""The days of publication in 信息明细 down to the last that is filled in, and 自查 beside them."""
REMARKS = "zwgk_remarks"
"""How many rows of both sheets are marked as doubtful, and not as wrong."""
ITEM_TEXT = "zwgk_item_text"
"""All that stands in one row of 信息明细."""
ASIDE, ASIDE_TITLED = "zwgk_aside", "zwgk_aside_titled"
"""What rows that are no items say: sign-offs, remarks, totals; and what does so before a colon."""
TYPES = "zwgk_item_type"
"""The types of items, the list of their dropdown."""
COUNTERS = "zwgk_counters"
"""What may stand after a number (3条); an empty text is among them."""
RANK_ENDS, RANK_STARTS = "zwgk_rank_ends", "zwgk_rank_starts"
RANK_FACTORS, RANK_SIZES = "zwgk_rank_factors", "zwgk_rank_sizes"
"""What ``excel_value.RANK_MARKS`` holds of each mark, one beside the other."""
RANK_SUM = "zwgk_rank_sum"
"""As many ones, one below the other."""
NAME_PLACES = "zwgk_name_places"
"""Where the names of a review are put, one below the other: a condition for colouring takes no array."""
NAME_SIGNS = "zwgk_name_signs"
"""What stands in no review in which one name stands alone."""
SLOW_AFTER = "zwgk_slow_after"
"""The number of calendar days between forming and publishing beyond which an item surely came too late."""
NOTHING, ABOUT, NUMBERED, TITLED = "zwgk_nothing", "zwgk_about", "zwgk_numbered", "zwgk_titled"
"""The texts of :mod:`zwgk_excel.domain.companions` of the same names; an empty one is among the first."""
NOBODY = "zwgk_nobody"
"""What ``excel_value.NAMELESS`` holds."""


def said(answer: str) -> str:
    """The name of the texts that are understood as an answer: its word, and what units type in its place."""
    return f"zwgk_said_{answer}"


def name_of(review: str) -> str:
    """The name that holds who signed a review, without spaces."""
    return f"zwgk_name_{review}"


def alike(one: str, other: str) -> str:
    """The name that holds whether one person signed two reviews."""
    return f"zwgk_alike_{one}_{other}"


def link_of(column: str) -> str:
    """The name that holds the link of a cell, for comparison."""
    return f"zwgk_link_{column}"


def rest(key: str) -> str:
    """The name of what is left of a cell's text without digits."""
    return f"zwgk_rest_{key}"


def day(key: str) -> str:
    """The name of the day that stands in a cell, as a number; 0 for none."""
    return f"zwgk_day_{key}"


def latest(key: str) -> str:
    """The name of the last day that a day without a year may mean in a column; 0 where it means none."""
    return f"zwgk_latest_{key}"


def years(key: str) -> str:
    """The name of the two years that it may be of, an array."""
    return f"zwgk_years_{key}"


def needs(companion: str) -> str:
    """The name of the cells beside the task labels: 1 where a task asks for the companion, else 0."""
    return f"zwgk_needs_{companion}"


def telephones(column: str) -> str:
    """The name of the bare digits of a cell with telephone numbers."""
    return f"zwgk_telephones_{column}"


def no_telephones(column: str) -> str:
    """The name of whether these look like no telephone numbers."""
    return f"zwgk_no_telephones_{column}"


ITEM_CHECKS = "zwgk_item_checks"
"""自查 of all rows of 信息明细 that are checked."""


def common(key: str) -> str:
    """The name of the cell of the cover that holds the common value of a column of 信息明细."""
    return f"zwgk_common_{key}"


def taken(key: str) -> str:
    """The name of what one row of 信息明细 has in such a column: its own cell's text, or else the common value."""
    return f"zwgk_taken_{key}"
