"""Renders a mail template (text that the office edits) to subject, plain text and HTML.

Lines beginning with ``#`` are comments; the first paragraph is the subject; ``${name}`` is a placeholder. A paragraph
with an empty placeholder is omitted, so that no label is left without its value.
"""

from __future__ import annotations

import html
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from string import Template

from zwgk_excel.domain.errors import ZwgkError


@dataclass(frozen=True, slots=True)
class MailTable:
    """A placeholder value that is a table; its placeholder is alone on its line."""

    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    lines: tuple[str, ...] = ()
    """What plain text, which has no headings, says of each row; without them the cells, joined by commas."""


PlaceholderValue = str | MailTable


@dataclass(frozen=True, slots=True)
class RenderedMail:
    """Subject, plain text and HTML of a mail."""

    subject: str
    plain: str
    html: str


class TemplateError(ZwgkError):
    """A template cannot be rendered; the argument is the reason in Chinese."""


_PAGE = (
    '<!DOCTYPE html>\n<html lang="zh-CN"><head><meta charset="utf-8"></head>\n'
    "<body style=\"font-family:'Microsoft YaHei','PingFang SC','Noto Sans CJK SC',sans-serif;"
    'font-size:15px;line-height:1.7;color:#222">\n{body}\n</body></html>\n'
)
_TABLE = '<table cellspacing="0" style="border-collapse:collapse;font-size:14px">'
_HEAD = '<th align="left" style="border:1px solid #bbb;padding:3px 9px;background:#eef3ee">{text}</th>'
_CELL = '<td valign="top" style="border:1px solid #bbb;padding:3px 9px">{text}</td>'


def render(template: str, values: Mapping[str, PlaceholderValue]) -> RenderedMail:
    """Render a template; raises TemplateError for a placeholder without a value, and for a template without text."""
    paragraphs = [kept for lines in _paragraphs(template) if (kept := _filled(lines, values))]
    if len(paragraphs) < 2:
        raise TemplateError("应先写主题，空一行，再写正文")
    subject = " ".join(line for line in paragraphs[0] if isinstance(line, str))
    body = paragraphs[1:]
    return RenderedMail(subject, _plain(body), _PAGE.format(body="\n".join(map(_html, body))))


_Line = str | MailTable


def _paragraphs(template: str) -> Iterable[list[str]]:
    lines: list[str] = []
    for line in [*template.splitlines(), ""]:
        if line.strip() and not line.startswith("#"):
            lines.append(line.rstrip())
        elif lines and not line.strip():
            yield lines
            lines = []


def _filled(lines: Sequence[str], values: Mapping[str, PlaceholderValue]) -> list[_Line]:
    """A paragraph with its placeholders replaced; empty where one of the values is empty."""
    filled: list[_Line] = []
    for line in lines:
        template = Template(line)
        names = _names(template, line)
        used = [_value(name, values) for name in names]
        if any(each == "" or (isinstance(each, MailTable) and not each.rows) for each in used):
            return []
        if len(used) == 1 and isinstance(used[0], MailTable) and line.strip() in {f"${{{names[0]}}}", f"${names[0]}"}:
            filled.append(used[0])
        elif any(isinstance(each, MailTable) for each in used):
            raise TemplateError(f"“{line}”中的表格要单独占一行")
        else:
            filled.append(template.substitute({name: values[name] for name in names}))
    return filled


def _names(template: Template, line: str) -> list[str]:
    if not template.is_valid():
        raise TemplateError(f"“{line}”中的 $ 后面应是 {{名称}}，如 ${{unit}}；要写 $ 本身请写成 $$")
    return template.get_identifiers()


def _value(name: str, values: Mapping[str, PlaceholderValue]) -> PlaceholderValue:
    if name not in values:
        raise TemplateError(f"没有 ${{{name}}} 这一项，可用的有：{'、'.join(sorted(values))}")
    return values[name]


def _plain(paragraphs: Iterable[Sequence[_Line]]) -> str:
    texts = ["\n".join(_plain_line(line) for line in lines) for lines in paragraphs]
    return "\n\n".join(texts) + "\n"


def _plain_line(line: _Line) -> str:
    if isinstance(line, str):
        return line
    rows = line.lines or ["，".join(cell for cell in row if cell) for row in line.rows]
    return "\n".join(f"  {number}. {row}" for number, row in enumerate(rows, 1))


def _html(lines: Sequence[_Line]) -> str:
    parts: list[str] = []
    texts: list[str] = []
    for line in lines:
        if isinstance(line, MailTable):
            parts += [*_paragraph(texts), _table(line)]
            texts = []
        else:
            texts.append(html.escape(line))
    return "\n".join([*parts, *_paragraph(texts)])


def _paragraph(texts: Sequence[str]) -> list[str]:
    return [f"<p>{'<br>'.join(texts)}</p>"] if texts else []


def _table(listing: MailTable) -> str:
    rows = [_row(_HEAD, listing.headings), *(_row(_CELL, row) for row in listing.rows)]
    return "\n".join([_TABLE, *rows, "</table>"])


def _row(cell: str, texts: Iterable[str]) -> str:
    return f"<tr>{''.join(cell.format(text=html.escape(text)) for text in texts)}</tr>"
