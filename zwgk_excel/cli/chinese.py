"""Typer's own words in Chinese.

Typer asks gettext for every word it shows. Its catalogue has no Chinese, so its modules are given this one while they
are imported; import this module before ``typer``.
"""

from __future__ import annotations

import gettext
from typing import Any
from unittest import mock

WORDS = {
    "Arguments": "参数",
    "Options": "选项",
    "Commands": "命令",
    "Error": "错误",
    "Aborted.": "已中止。",
    "Aborted!": "已中止。",
    "required": "必填",
    "[required]": "[必填]",
    "[default: {}]": "[默认：{}]",
    "default: {default}": "默认：{default}",
    "[env var: {}]": "[环境变量：{}]",
    "env var: {var}": "环境变量：{var}",
    "Missing command.": "缺少命令。",
    "No such command {name!r}.": "没有命令 {name!r}。",
}


def _chinese(message: str) -> str:
    return WORDS.get(message, message)


with mock.patch.object(gettext, "gettext", _chinese):
    import typer
    import typer.rich_utils  # binds its words at import
    from typer.core import TyperCommand, TyperGroup, TyperOption

OPTIONS_WORD = "[选项]"
COMMANDS_WORD = "命令 …"


class _Chinese:
    """What Typer writes without asking gettext: the usage line and the help option."""

    def format_usage(self, ctx: Any, formatter: Any) -> None:
        """The usage line, after a Chinese word."""
        pieces = self.collect_usage_pieces(ctx)  # type: ignore[attr-defined]
        formatter.write_usage(ctx.command_path, " ".join(pieces), prefix="用法：")

    def get_help_option(self, ctx: Any) -> TyperOption | None:
        """The help option, explained in Chinese."""
        option: TyperOption | None = super().get_help_option(ctx)  # type: ignore[misc]
        if option is not None:
            option.help, option.metavar = "显示本帮助。", ""
        return option


class ChineseCommand(_Chinese, TyperCommand):
    """A command whose help is Chinese throughout."""


class ChineseGroup(_Chinese, TyperGroup):
    """The program itself, whose help is Chinese throughout."""


def sentence(error: typer.exceptions.TyperException) -> str:
    """What was wrong with a command line, as one Chinese sentence."""
    option, parameter = getattr(error, "option_name", None), getattr(error, "param", None)
    match type(error).__name__:
        case "NoSuchOption":
            near = getattr(error, "possibilities", None)
            return f"没有选项 {option}{f'，是不是 {near[0]}' if near else ''}；用法见 --help。"
        case "MissingParameter" if parameter is not None:
            kind = "参数" if parameter.param_type_name == "argument" else "选项"
            return f"缺少{kind} {parameter.metavar or parameter.opts[0]}；用法见 --help。"
        case "BadOptionUsage":
            return f"选项 {option} 后面要有值；用法见 --help。"
    return f"命令写法不对：{error.format_message()}用法见 --help。"


__all__ = ["COMMANDS_WORD", "OPTIONS_WORD", "ChineseCommand", "ChineseGroup", "sentence", "typer"]
