"""Typer's help and errors in Chinese, by its settings and hooks."""

from __future__ import annotations

import re
from difflib import get_close_matches
from typing import Any

import typer
from typer.core import TyperCommand, TyperGroup, TyperOption

WORDS = {
    "ARGUMENTS_PANEL_TITLE": "参数",
    "OPTIONS_PANEL_TITLE": "选项",
    "COMMANDS_PANEL_TITLE": "命令",
    "ERRORS_PANEL_TITLE": "错误",
    "ABORTED_TEXT": "已中止。",
    "REQUIRED_LONG_STRING": "[必填]",
    "DEFAULT_STRING": "[默认：{}]",
    "ENVVAR_STRING": "[环境变量：{}]",
    "DEPRECATED_STRING": "（已停用）",
    "RICH_HELP": "用法见 {command_path} {help_option}。",
}
"""The settings of ``typer.rich_utils`` that hold words."""
OPTIONS_WORD = "[选项]"
COMMANDS_WORD = "命令 …"
_NO_NUMBER = re.compile("valid (int(eger)?|float)")  # the words of typer, which differ between its versions
_NO_VALUE = re.compile("does not take a value")
_CHINESE = re.compile("[\u4e00-\u9fff]")
_EXTRA = re.compile(r"Got unexpected extra argument(?:\(s\))? \((.*)\)")


class _Chinese:
    """A command whose help is in Chinese."""

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """Write the whole help."""
        from typer import rich_utils  # 0.1 s, and only help is drawn with it

        for name, word in WORDS.items():
            setattr(rich_utils, name, word)
        rich_utils.highlighter = _highlighter()
        for each in self.params:  # type: ignore[attr-defined]
            if each.param_type_name == "argument" or each.metavar is None:
                # Its name says what is meant; the type of Python beside it (<str>) says nothing to a clerk.
                each.display_type_rich = _nothing
        super().format_help(ctx, formatter)  # type: ignore[misc]

    def format_usage(self, ctx: Any, formatter: Any) -> None:
        """Write the usage line, after a Chinese word."""
        pieces = self.collect_usage_pieces(ctx)  # type: ignore[attr-defined]
        formatter.write_usage(ctx.command_path, " ".join(pieces), prefix="用法：")

    def get_help_option(self, ctx: Any) -> TyperOption | None:
        """The help option with its Chinese explanation."""
        option: TyperOption | None = super().get_help_option(ctx)  # type: ignore[misc]
        if option is not None:
            option.help, option.metavar = "显示本帮助。", ""
        return option


def _nothing(ctx: Any) -> str:
    return ""


def _highlighter() -> Any:
    """What Typer draws help with, in text that is broken between Chinese characters instead of being cut off."""
    from rich.text import Text
    from typer.rich_utils import OptionHighlighter

    from zwgk_excel.cli.show import BreakableText

    class Highlighter(OptionHighlighter):
        def __call__(self, text: str | Text) -> Text:
            found = super().__call__(text)
            if not _CHINESE.search(found.plain):
                return found
            return BreakableText(found.plain, found.style, spans=found.spans)

    return Highlighter()


class ChineseCommand(_Chinese, TyperCommand):
    """A command whose help is Chinese throughout."""


class ChineseGroup(_Chinese, TyperGroup):
    """A group of commands, whose help is in Chinese; for an unknown name the nearest is suggested."""

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """The command of these arguments."""
        if self.get_command(ctx, args[0]) is None and not args[0].startswith("-"):
            near = get_close_matches(args[0], self.list_commands(ctx), 1)
            ctx.fail(f"没有命令 {args[0]}{f'，是不是 {near[0]}' if near else ''}")
        return super().resolve_command(ctx, args)


def sentence(error: typer.exceptions.TyperException) -> str:
    """What was wrong with a command line, as one Chinese sentence."""
    option, parameter = getattr(error, "option_name", None), getattr(error, "param", None)
    match type(error).__name__:
        case "NoSuchOption":
            near = getattr(error, "possibilities", None)
            return f"没有选项 {option}{f'，是不是 {near[0]}' if near else ''}；用法见 --help。"
        case "MissingParameter" if parameter is not None:
            if parameter.param_type_name == "argument":
                return f"缺少参数 {parameter.metavar or parameter.opts[0]}；用法见 --help。"
            return f"缺少选项 {' '.join(filter(None, (parameter.opts[0], parameter.metavar)))}；用法见 --help。"
        case "BadOptionUsage" if _NO_VALUE.search(error.format_message()):
            return f"选项 {option} 后面不写值；用法见 --help。"
        case "BadOptionUsage":
            return f"选项 {option} 后面要有值；用法见 --help。"
        case "BadParameter" if parameter is not None:
            return _wrong_value(error, parameter)
    message = error.format_message()
    if extra := _EXTRA.match(message):
        return f"多出了 {extra[1]}；用法见 --help。"
    # What is in Chinese is ours; the words of others are English, and --help says it better.
    return f"{message if _CHINESE.search(message) else '命令写法不对'}；用法见 --help。"


def _wrong_value(error: typer.exceptions.TyperException, parameter: Any) -> str:
    name = (parameter.metavar if parameter.param_type_name == "argument" else parameter.opts[0]) or parameter.opts[0]
    if _NO_NUMBER.search(error.format_message()):
        about = getattr(parameter, "help", None)
        meant = f"（{about.rstrip('。')}）" if about else ""
        return f"{name}{meant}应为数字；用法见 --help。"
    return f"{name} 的值不对；用法见 --help。"


__all__ = ["COMMANDS_WORD", "OPTIONS_WORD", "ChineseCommand", "ChineseGroup", "sentence", "typer"]
