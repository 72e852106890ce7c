"""``catalogue import``: the county's 标准目录."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from zwgk_excel.cli.chinese import COMMANDS_WORD, OPTIONS_WORD, ChineseCommand, ChineseGroup, typer
from zwgk_excel.cli.options import HERE, Json, Who, Workspace, who_if_named
from zwgk_excel.workflow.errors import UserError

if TYPE_CHECKING:
    from zwgk_excel.workflow.catalogue import CatalogueImport

app = typer.Typer(
    cls=ChineseGroup,
    options_metavar=OPTIONS_WORD,
    subcommand_metavar=COMMANDS_WORD,
    help="标准目录：把公布的基层政务公开标准目录导入“标准目录.xlsx”，在 Excel 中指定责任事项和单位。",
    no_args_is_help=True,
)
_Files = Annotated[
    list[Path] | None,
    typer.Argument(metavar="文件...", help="公布的目录表，.xlsx、.xls、.docx 等；默认为“标准目录”文件夹中新的。"),
]
_Domain = Annotated[str, typer.Option("--domain", metavar="领域", help="表中看不出领域的，按这个领域。")]
_Adopt = Annotated[bool, typer.Option("--adopt", metavar="", help="把建议的事项和单位填进还空着的责任事项、责任单位。")]
_Yes = Annotated[bool, typer.Option("--yes", metavar="", help="真正写入；不加则只列出会有哪些变化。")]
_To = Annotated[Path, typer.Argument(metavar="目标文件", help="写成哪个 .xlsx 文件。")]
_LISTED = 40


def import_(
    files: _Files = None,
    workspace: Workspace = HERE,
    domain: _Domain = "",
    adopt: _Adopt = False,
    yes: _Yes = False,
    name: Who = "",
    json: Json = False,
) -> int:
    """Import published tables."""
    from zwgk_excel.cli import show
    from zwgk_excel.workflow.catalogue import carry_out_import, new_tables, plan_import
    from zwgk_excel.workflow.office.context import open_office

    with open_office(workspace) as office:
        chosen = files or new_tables(office)
        if not chosen:
            folder = office.workspace.published_catalogues.name
            raise UserError(f"“{folder}”文件夹中没有新的目录表；请把公布的目录表放进去，或写明文件。")
        plan = plan_import(office, chosen, domain=domain, adopt=adopt)
        if yes and plan.is_change:
            plan = carry_out_import(office, plan, who=who_if_named(office, name))
    if json:
        show.as_json(_fields(plan, written=yes))
    else:
        _print(plan, yes=yes)
    left = plan.is_change and not yes
    return 1 if left or any(each.counts for each in plan.problems) else 0


def export(file: _To, workspace: Workspace = HERE, json: Json = False) -> int:
    """Write the catalogue in the official form."""
    from zwgk_excel.cli import show
    from zwgk_excel.workflow.catalogue import export_catalogue
    from zwgk_excel.workflow.office.context import open_office

    with open_office(workspace) as office:
        count = export_catalogue(office, file)
    if json:
        show.as_json({"file": file, "entries": count})
    else:
        show.print_line(f"已把 {count} 个目录事项写入 {file}。", "green")
    return 0


def _print(plan: CatalogueImport, *, yes: bool) -> None:
    from zwgk_excel.cli import show

    update = plan.update
    show.problems(plan.problems)
    for each in update.changed[:_LISTED]:
        what = "办公室改过，没有覆盖；原表现在是" if each.kept else "改为"
        show.print_line(f"{each.id} {_heading(each.key)}“{_brief(each.before)}”{what}“{_brief(each.after)}”")
    if len(update.changed) > _LISTED:
        show.print_line(f"…… 还有 {len(update.changed) - _LISTED} 处，用 --json 查看全部")
    for row in update.absent[:_LISTED]:
        name = row["secondary"] or row["primary"]
        show.print_line(f"{row['id']} {_brief(name)}：这次的表中没有，仍保留；不再公开的，请在“停用”选“是”。", "yellow")
    if update.removed:
        show.print_line(f"有 {len(update.removed)} 个事项办公室已经删去，没有再加。")
    kept = len({each.id for each in update.changed if each.kept})
    changed = len({each.id for each in update.changed if not each.kept})
    domains = {row["domain"] for row in update.read.values()} - {""}
    show.print_line(
        f"读到 {plan.tables} 个表、{len(domains)} 个领域、{len(update.read)} 个事项：新增 {len(update.added)}，"
        f"更新 {changed}，办公室改过未覆盖 {kept}，无变化 {update.unchanged}。"
    )
    proposed = sum(bool(cells["proposed_duties"]) for cells in plan.ties.values())
    with_unit = sum(bool(cells["proposed_units"]) for cells in plan.ties.values())
    show.print_line(f"建议了责任事项的 {proposed} 个，建议了责任单位的 {with_unit} 个。")
    if plan.adopted:
        show.print_line(f"采用建议的 {plan.adopted} 个。")
    if yes and plan.is_change:
        numbered = f"，记为第 {plan.act} 号办理" if plan.act else ""
        show.print_line(f"已写入 {plan.path}{numbered}。", "green")
        show.print_line("请在 Excel 中核对责任事项和责任单位，再运行 zwgk check。")
    elif plan.is_change:
        show.print_line("以上还没有写入；核对后加 --yes。", "yellow")
    else:
        show.print_line("没有变化。", "green")


def _heading(key: str) -> str:
    from zwgk_excel.layout.columns import layout

    return layout("catalogue")["entries"].heading(key)


def _brief(text: str) -> str:
    line = text.replace("\n", " ")
    return f"{line[:40]}…" if len(line) > 40 else line


def _fields(plan: CatalogueImport, *, written: bool) -> dict[str, Any]:
    update = plan.update
    return {
        "file": plan.path,
        "written": written and plan.is_change,
        "act": plan.act,
        "tables": plan.tables,
        "added": [{"id": each.id, **each.row.cells, **plan.ties.get(each.id, {})} for each in update.added],
        "changed": [
            {"id": each.id, "column": each.key, "before": each.before, "after": each.after, "kept": each.kept}
            for each in update.changed
        ],
        "unchanged": update.unchanged,
        "absent": [row["id"] for row in update.absent],
        "removed": len(update.removed),
        "adopted": plan.adopted,
        "problems": [each.as_dict() for each in plan.problems],
    }


COMMANDS = (
    ("import", import_, "导入公布的目录表：先列出变化，加 --yes 才写入；办公室改过的不覆盖。"),
    ("export", export, "导出：把标准目录写成公布用的表，一个领域一张。"),
)

for _name, _function, _help in COMMANDS:
    app.command(_name, cls=ChineseCommand, help=_help, options_metavar=OPTIONS_WORD)(_function)
