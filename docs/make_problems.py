"""The page of all problems, docs/problems.md, made from the catalogue; a test fails when it is stale.

    python docs/make_problems.py            writes the page
    python docs/make_problems.py --check    only says whether it is up to date (exit 1 when not)
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from zwgk_excel.domain.problem_catalogue import CATALOGUE, ProblemKind, Severity
from zwgk_excel.layout.policy import shipped_policy
from zwgk_excel.layout.words import word

PAGE = Path(__file__).with_name("problems.md")
COMMAND = "python docs/make_problems.py"

AREAS: Mapping[str, tuple[str, str]] = {
    "table_unreadable": ("责任分工表和单位通讯录", "由 zwgk check 检查；有错误时不能生成报送表。"),
    "file_unreadable": ("报送件：文件和工作簿", "文件能不能读、是不是本月下发的那一份、属于哪个单位。"),
    "cell_error": ("报送件：单元格", "填在格子里的内容能不能读懂；读不懂的一律写出原文，不会丢失。"),
    "task_unknown": ("报送件：任务和信息", "内容是否齐全、是否合乎报送规则。"),
    "items_vanished": ("前后报送件和总台账", "前后两次报送对照，以及办公室在总台账中所填的内容。"),
    "template_unreadable": ("通报模板", "由 zwgk bulletin 检查办公室自己的 模板/通报.docx。"),
}
"""The code that begins each area, in the order of the catalogue → its heading, and what it is about."""

_INTRO = """# 问题一览

<!-- 本页由 `{command}` 根据 zwgk_excel/domain/problem_catalogue.py 生成，请勿手工修改。 -->

系统能发现的全部问题，共 {count} 种。每一条都说明：发现了什么、应为什么、怎么处理。
花括号 `{{…}}` 中的部分由实际内容代入，如 `{{heading}}` 是列名，`{{value}}` 是所填的原文。

| 级别 | 含义 | 数目 |
| --- | --- | ---: |
| {error} | 必须改正。有错误的信息不计入报送，报送件退回修改；两张基础表有错误时不能生成报送表。 | {errors} |
| {warning} | 请核对。不影响计入报送。 | {warnings} |
| {note} | 系统理解或修复了什么，告知即可，不需处理，不写进修改意见。 | {notes} |

单位收到的修改意见（退回修改/）先列{error}，再列{warning}；同一格只提最严重的一条，同一列相同的问题合并为一条。

## 调整级别

级别可以由办公室改：在工作区的 `zwgk.toml` 中按问题代码写 `error`（{error}）、`warning`（{warning}）或
`note`（{note}），下次收件、检查时起作用，已经记录的结论不变。例如：

```toml
[severities]
item_reading_missing = "error"     # 没有解读材料：改为必须改正
item_draft_note_missing = "warning"   # 新规则先提醒、不退回；各单位适应后删去此行，即恢复为{error}
```

新增或收紧一条规则时，建议先按 `warning` 运行一两个月：问题照常列出、照常批注，但不退回；
看过总台账的“问题清单”再改为 `error`。

改级别不能让读不了的文件变得可读：文件无法读取、身份无法确认的，没有内容可以采用，仍然等待处理。
任务是否完成由报送规则决定（如政策性栏目只有新闻动态的不算完成），也不随级别变化。

{changed}
"""


def page() -> str:
    """The whole page. Raises ValueError when an area begins with a code that the catalogue lacks."""
    if missing := AREAS.keys() - CATALOGUE.keys():
        raise ValueError(f"no such code, see AREAS in {Path(__file__).name}: {', '.join(sorted(missing))}")
    return _intro() + "\n" + "\n".join(_lines())


def _intro() -> str:
    counts = {severity: sum(kind.severity is severity for kind in CATALOGUE.values()) for severity in Severity}
    words = {str(severity): word("severity", severity) for severity in Severity}
    numbers = {f"{severity}s": number for severity, number in counts.items()}
    shipped = shipped_policy().severities
    listed = "、".join(f"`{code}` 为{word('severity', severity)}" for code, severity in shipped.items())
    changed = f"出厂设置（policy.toml）改动的级别：{listed or '无'}。"
    return _INTRO.format(command=COMMAND, count=len(CATALOGUE), changed=changed, **words, **numbers)


def _lines() -> Iterator[str]:
    for code, kind in CATALOGUE.items():
        if code in AREAS:
            heading, about = AREAS[code]
            yield from (f"## {heading}", "", about, "")
            yield from ("| 代码 | 级别 | 发现 | 应为 | 处理建议 |", "| --- | --- | --- | --- | --- |")
        yield _row(code, kind)
        if _last_of_area(code):
            yield ""


def _last_of_area(code: str) -> bool:
    codes = list(CATALOGUE)
    following = codes[codes.index(code) + 1 :]
    return bool(following) and following[0] in AREAS


def _row(code: str, kind: ProblemKind) -> str:
    cells = (f"`{code}`", word("severity", kind.severity), kind.found, kind.expected, kind.action)
    return f"| {' | '.join(map(_cell, cells))} |"


def _cell(text: str) -> str:
    """Text as Markdown shows it: no cell may end early, no star or angle bracket may mean anything."""
    for sign in ("\\", "|", "*", "<"):
        text = text.replace(sign, f"\\{sign}")
    return text.replace("\n", "<br>")


def main() -> int:
    """Run the command; 0 done or up to date, 1 stale."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 when the page is stale")
    made = page() + "\n"
    if parser.parse_args().check:
        current = PAGE.is_file() and PAGE.read_text(encoding="utf-8") == made
        print(f"{PAGE.name}: {'up to date' if current else f'stale, run {COMMAND}'}")
        return 0 if current else 1
    PAGE.write_text(made, encoding="utf-8", newline="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
