"""The page of all commands, docs/commands.md, made from the program; a test fails when it is stale.

    python docs/make_commands.py            writes the page
    python docs/make_commands.py --check    only says whether it is up to date (exit 1 when not)
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import typer.main

from zwgk_excel.cli.main import app

PAGE = Path(__file__).with_name("commands.md")
COMMAND = "python docs/make_commands.py"
_INTRO = """# 命令一览

<!-- 本页由 `{command}` 根据程序生成，请勿手工修改。 -->

全部 {count} 条命令，按一个月的先后；每个选项一行。`zwgk 命令 --help` 显示的是同样的内容。每条命令都有 `--help`，
`zwgk --version` 显示版本号。

退出码：0 完成；1 完成，但有问题要看，或者还没有办、等待确认（`--yes`）；2 用法或输入有误，什么也没有改动；
3 意外的错误，详情记在日志里，屏幕上会说在哪里；130 用 Ctrl-C 中断了，可再次运行。
"""


def commands(group: Any = None, before: tuple[str, ...] = ()) -> Iterator[tuple[str, Any]]:
    """The words of every command (``receipt time``), and its object, in the order of the help."""
    whole: Any = group or typer.main.get_command(app)
    for name, command in whole.commands.items():
        if hasattr(command, "commands"):
            yield from commands(command, (*before, name))
        else:
            yield " ".join((*before, name)), command


def names_of(option: Any) -> list[str]:
    """What an option is called, the short name first."""
    return [*option.opts, *option.secondary_opts]


def page() -> str:
    """The whole page."""
    found = list(commands())
    parts = [_INTRO.format(command=COMMAND, count=len(found))]
    for words, command in found:
        parts.append(f"## zwgk {words}\n\n{command.help}\n\n{_usage(words, command)}\n")
        if rows := list(_rows(command)):
            parts.append("\n".join(("| 参数 | 说明 |", "| --- | --- |", *rows)) + "\n")
    return "\n".join(parts)


def _usage(words: str, command: Any) -> str:
    arguments = [each for each in command.params if not _is_option(each)]
    told = (each.metavar.strip("[].") + ("…" if each.nargs == -1 else "") for each in arguments)
    asked = (text if each.required else f"[{text}]" for text, each in zip(told, arguments, strict=True))
    options = "[选项]" if any(map(_is_option, command.params)) else ""
    return f"`{' '.join(filter(None, ('zwgk', words, *asked, options)))}`"


def _rows(command: Any) -> Iterator[str]:
    for each in command.params:
        name = "`、`".join(names_of(each)) if _is_option(each) else each.metavar.strip("[].")
        value = f" {each.metavar}" if _is_option(each) and each.metavar else ""
        yield f"| `{_cell(name + value)}` | {_cell(each.help or '')} |"


def _cell(text: str) -> str:
    """Text that does not end a cell of a table."""
    return text.replace("|", r"\|")


def _is_option(parameter: Any) -> bool:
    return bool(parameter.opts[0].startswith("-"))


def main() -> int:
    """Run the command; 0 done or up to date, 1 stale."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 when the page is stale")
    made = page()
    if parser.parse_args().check:
        current = PAGE.is_file() and PAGE.read_text(encoding="utf-8") == made
        print(f"{PAGE.name}: {'up to date' if current else f'stale, run {COMMAND}'}")
        return 0 if current else 1
    PAGE.write_text(made, encoding="utf-8", newline="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
