"""``settings list`` and ``settings set``: what an office sets without opening zwgk.toml."""

from __future__ import annotations

from typing import Annotated

from zwgk_excel.cli.chinese import COMMANDS_WORD, OPTIONS_WORD, ChineseCommand, ChineseGroup, typer
from zwgk_excel.cli.options import HERE, Json, Workspace

app = typer.Typer(
    cls=ChineseGroup,
    options_metavar=OPTIONS_WORD,
    subcommand_metavar=COMMANDS_WORD,
    help="设置：查看和修改邮箱、联系人、时限等；密码用 zwgk password。",
    no_args_is_help=True,
)
_Name = Annotated[str, typer.Argument(metavar="名称", help="如 office.contact 或 联系人，见 zwgk settings list。")]
_Value = Annotated[str, typer.Argument(metavar="值", help="新的值；写 \"\" 为留空。")]


def list_(workspace: Workspace = HERE, json: Json = False) -> int:
    """Show the settings as they are."""
    from zwgk_excel.cli import show
    from zwgk_excel.layout.settings_table import editable_settings
    from zwgk_excel.workflow.office.settings_edit import open_settings

    file = open_settings(workspace)
    if json:
        show.as_json({each.key: file.value(each.key) for each in editable_settings()})
        return 0
    rows = [(each.label, each.key, file.value(each.key)) for each in editable_settings()]
    headings = ["设置", "名称", "现在的值"]
    show.table(str(file.path), headings, rows, wraps=headings[2:])
    show.print_line("修改：zwgk settings set 名称 值；密码用 zwgk password；其余的请直接改 zwgk.toml，其中有说明。")
    return 0


def set_(name: _Name, value: _Value, workspace: Workspace = HERE) -> int:
    """Change a setting; the file keeps its comments and order."""
    from zwgk_excel.cli import show
    from zwgk_excel.workflow.office.settings_edit import key_of, open_settings, save_settings

    changed = open_settings(workspace).with_value(key_of(name), value)
    found = changed.changes()
    if not found:
        show.print_line("没有变化。")
        return 0
    save_settings(changed)
    for setting, before, after in found:
        show.print_line(f"{setting.label}：{before or '（空）'} → {after or '（空）'}", "green")
    return 0


COMMANDS = (
    ("list", list_, "查看现在的设置。"),
    ("set", set_, "修改一项设置，写入 zwgk.toml，其中的说明和次序不变。"),
)

for _command, _function, _help in COMMANDS:
    app.command(_command, cls=ChineseCommand, help=_help, options_metavar=OPTIONS_WORD)(_function)
