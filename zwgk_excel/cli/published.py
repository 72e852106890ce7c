"""``published import`` and ``reconcile``: the website's own list (网站清单), and 对账 with what was reported."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from zwgk_excel.cli.chinese import COMMANDS_WORD, OPTIONS_WORD, ChineseCommand, ChineseGroup, typer
from zwgk_excel.cli.options import (
    HERE,
    AsOf,
    CycleArgument,
    Json,
    OneUnit,
    Units,
    Who,
    Workspace,
    cycle,
    day,
    who_if_named,
)
from zwgk_excel.workflow.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from zwgk_excel.domain.published import PublishedItem
    from zwgk_excel.domain.reconciliation import Reconciled
    from zwgk_excel.workflow.published.importing import PublishedImport

app = typer.Typer(
    cls=ChineseGroup,
    options_metavar=OPTIONS_WORD,
    subcommand_metavar=COMMANDS_WORD,
    help="网站清单：导入网站后台导出的清单，用来预填报送表和对账。",
    no_args_is_help=True,
)
_Files = Annotated[
    list[Path] | None,
    typer.Argument(metavar="清单…", help="网站后台导出的清单，.xlsx、.xls 或 .csv；默认为“网站清单”文件夹中新的。"),
]
_Yes = Annotated[bool, typer.Option("--yes", metavar="", help="真正导入；不加则只列出会有哪些变化。")]
_First = Annotated[str, typer.Option("--from", metavar="日期", help="清单从哪一天起；默认为其中最早的一天。")]
_Last = Annotated[str, typer.Option("--to", metavar="日期", help="清单到哪一天止；默认为其中最晚的一天。")]
_Part = Annotated[bool, typer.Option("--part", metavar="", help="清单只有一部分栏目；其余栏目不据此对账。")]
_Whole = Annotated[bool, typer.Option("--whole", metavar="", help="清单是全站的；没有出现的单位就是没有发布。")]
_LISTED = 20


def import_(
    files: _Files = None,
    workspace: Workspace = HERE,
    unit: OneUnit = "",
    first: _First = "",
    last: _Last = "",
    part: _Part = False,
    whole: _Whole = False,
    yes: _Yes = False,
    name: Who = "",
    json: Json = False,
) -> int:
    """Import exports of the website's back office."""
    from zwgk_excel.cli import show
    from zwgk_excel.workflow import published as work
    from zwgk_excel.workflow.office.context import open_office

    since, until = day(first), day(last)
    with open_office(workspace) as office:
        chosen = files or work.new_lists(office)
        if not chosen:
            raise UserError("“网站清单”文件夹中没有新的清单；请把网站后台导出的文件放进去，或写明文件。")
        planned = work.plan_import(office, chosen, unit=unit, part=part, whole=whole, first=since, last=until)
        done = work.import_published(office, planned, who=who_if_named(office, name)) if yes else planned
    if json:
        show.as_json(_import_fields(done))
    else:
        _print_import(done, imported=yes)
    return 1 if done.needs_names or any(each.counts for each in done.problems) else 0


def reconcile(
    month: CycleArgument, workspace: Workspace = HERE, unit: Units = None, as_of: AsOf = "", json: Json = False
) -> int:
    """Reconcile the list with the returns of a month."""
    from zwgk_excel.cli import show
    from zwgk_excel.domain.reconciliation import Agreement
    from zwgk_excel.workflow import published as work
    from zwgk_excel.workflow.office.context import find_unit, open_records

    wanted, on = cycle(month), day(as_of)
    with open_records(workspace) as office:
        units = [find_unit(office, each) for each in unit or []]
        lines = work.reconciliation(office, wanted, units, as_of=on)
        spans = office.ledger.published().spans
    differing = [each for each in lines if each.agreement is not Agreement.SAME]
    if json:
        show.as_json({"cycle": str(wanted), "lines": [_line_fields(each) for each in lines]})
    elif not spans:
        show.print_line("还没有导入过网站清单；请运行 zwgk published import 清单文件。", "yellow")
    else:
        _print_lines(str(wanted), lines, differing)
    return 1 if differing else 0


# --- an import -----------------------------------------------------------------------------------


def _print_import(done: PublishedImport, *, imported: bool) -> None:
    from zwgk_excel.cli import show
    from zwgk_excel.workflow.published.importing import change_words
    from zwgk_excel.workflow.published.line_words import correction_words, unnamed_words, unsure_words

    show.problems(done.problems)
    changes = done.changes
    _print_items("网站上已没有", changes.vanished)
    for before, after in changes.corrected[:_LISTED]:
        text = f"{_named(before)}：{correction_words(before, after)}"
        show.print_line(text, label=("有改动", "yellow"))
    _print_left(len(changes.corrected))
    for shown, count in list(done.unknown_departments.items())[:_LISTED]:
        named = f"“{shown}”（{count} 条）" if shown else f"没有写明的 {count} 条"
        show.print_line(named, label=("不知道是哪个单位", "yellow"))
    for (shown, unit), count in list(done.unknown_columns.items())[:_LISTED]:
        where = unit or "单位不明"
        named = f"“{shown}”（{where}，{count} 条）" if shown else f"没有写明的 {count} 条（{where}）"
        show.print_line(named, label=("不知道是哪项任务", "yellow"))
    _print_left(max(len(done.unknown_columns), len(done.unknown_departments)))
    if done.span:
        left = (("不在网站上的", done.unpublished), ("不计的", done.ignored), ("重复的", changes.repeated))
        told = "".join(f"，{name} {count} 条" for name, count in left if count)
        days = f"{done.span.first} 至 {done.span.last}"
        units = len(done.span.units or {each.unit for each in done.rows if each.unit})
        size = f"清单 {len(done.rows)} 条（{days}，{units} 个单位）"
        show.print_line(f"{size}{told}：{change_words(changes)}。")
    elif not (done.problems or done.needs_names):
        show.print_line("清单里没有在网站上的信息，没有可以导入的内容。", "yellow")
    if done.is_partial and done.span:
        show.print_line("有文件没有读出，这次不判断网站上已没有的；改正或移走后，几个文件再一起导入一次。", "yellow")
    if done.unsure and done.span:
        show.print_line(unsure_words(done.unsure), "yellow")
    if done.needs_names:
        where = "已列入" if imported else "加 --yes 后列入"
        show.print_line(unnamed_words(f"{where}工作区" if done.listed else ""), "yellow")
    if imported and done.span:
        show.print_line("已导入。" if done.act else "没有变化，不再记一次。", "green")
    elif not imported and (done.span or done.needs_names):
        show.print_line("什么也没有改动；核对后加 --yes。", "yellow")


def _print_items(label: str, items: Sequence[PublishedItem]) -> None:
    from zwgk_excel.cli import show

    for each in items[:_LISTED]:
        show.print_line(f"{each.unit or each.department} {_named(each)}", label=(label, "yellow"))
    _print_left(len(items))


def _print_left(count: int) -> None:
    from zwgk_excel.cli import show

    if count > _LISTED:
        show.print_line(f"…… 还有 {count - _LISTED} 条，用 --json 查看全部")


def _named(item: PublishedItem) -> str:
    return f"“{item.title}”（{item.published_on}，{item.column or '没有栏目'}）"


def _import_fields(done: PublishedImport) -> dict[str, Any]:
    span, changes = done.span, done.changes
    return {
        "files": done.files,
        "imported": done.act is not None,
        "rows": len(done.rows),
        "first": span.first if span else None,
        "last": span.last if span else None,
        "units": span.units if span else (),
        "new": [_item_fields(each) for each in changes.new],
        "corrected": [
            {"before": _item_fields(before), "after": _item_fields(after)} for before, after in changes.corrected
        ],
        "vanished": [_item_fields(each) for each in changes.vanished],
        "same": changes.same,
        "repeated": changes.repeated,
        "unpublished": done.unpublished,
        "ignored": done.ignored,
        "unsure": done.unsure,
        "unknown_departments": done.unknown_departments,
        "unknown_columns": [
            {"column": column, "unit": unit or None, "rows": count}
            for (column, unit), count in done.unknown_columns.items()
        ],
        "problems": [
            {"code": each.code, "place": str(each.place), "found": each.found, "action": each.action}
            for each in done.problems
        ],
    }


def _item_fields(item: PublishedItem) -> dict[str, Any]:
    return {
        "unit": item.unit or None,
        "department": item.department,
        "column": item.column,
        "duties": item.duties,
        "title": item.title,
        "published_on": item.published_on,
        "url": item.url or None,
        "source": item.source,
    }


# --- 对账 ------------------------------------------------------------------------------------------


def _print_lines(month: str, lines: Sequence[Reconciled], differing: Sequence[Reconciled]) -> None:
    from zwgk_excel.cli import show
    from zwgk_excel.layout.words import word
    from zwgk_excel.workflow.published.line_words import told

    for each in differing[:_LISTED]:
        show.print_line(f"{each.unit} {told(each)}", label=(word("agreement", each.agreement), "yellow"))
    _print_left(len(differing))
    counts = Counter(word("agreement", each.agreement) for each in lines)
    numbers = "，".join(f"{name} {count}" for name, count in counts.most_common())
    show.print_line(f"{month} 对账 {len(lines)} 条{f'：{numbers}' if lines else ''}。", "" if differing else "green")


def _line_fields(line: Reconciled) -> dict[str, Any]:
    from zwgk_excel.workflow.published.line_words import task_of

    own = line.reported
    return {
        "unit": line.unit,
        "agreement": line.agreement,
        "differences": line.differences,
        "task": task_of(line) or None,
        "published": _item_fields(line.published) if line.published else None,
        "reported": {
            "file": own.file,
            "row": own.item.row,
            "obligation": own.item.obligation or None,
            "title": own.item.title,
            "published_on": own.item.published_on,
            "url": own.item.url or None,
        }
        if own
        else None,
    }


COMMANDS = (
    ("import", import_, "导入网站后台导出的清单；先预览，加 --yes 才导入，重复导入不会多出来。"),
    ("reconcile", reconcile, "对账：网站上有没有报的，报了网站上没有的，标题、日期、栏目不同的。"),
)

for _name, _function, _help in COMMANDS:
    app.command(_name, cls=ChineseCommand, help=_help, options_metavar=OPTIONS_WORD)(_function)
