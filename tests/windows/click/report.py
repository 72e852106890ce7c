"""What the presses came to, for people: a line for each, and what is wrong with it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from zwgk_excel.layout.buttons import ribbon_tab

_HEAD = (
    "| 序 | 按钮 | 结束码 | 最后的话 | 与直接调用相同的话 | 与直接调用相同的工作簿 | 问对象成员 | 秒 |",
    "|---|---|---|---|---|---|---|---|",
)


_UNFORESEEN = "意外的错误"
"""Said of what nobody expected: both ways may say it alike."""


def faults(each: Mapping[str, Any]) -> list[str]:
    """What is wrong with one press; empty where it is as it should be."""
    found = [f"结束码 {each['code']}"] if each["code"] else []
    if each["says"] not in "\n".join(each["told"]):
        found.append(f"没有说“{each['says']}”：{each['told']}")
    found += [f"出错：{text}" for text in each["told"] if _UNFORESEEN in text]
    if not each["same_words"]:
        found.append(f"说的不同：{each['told']}；直接调用：{each['straight']}")
    if not each["same_workbooks"]:
        found.append(f"工作簿不同：{each['differs']}")
    return [*found, *(f"替身没有 {name}" for name in each["lacking"])]


def lines(found: Sequence[Mapping[str, Any]], machine: str) -> list[str]:
    """The report in Markdown: the table, then what is wrong, then which buttons nobody pressed."""
    labels = ribbon_tab().buttons
    table = [
        f"| {number} | {labels[each['button']].label} | {each['code']} | {_last(each['told'])} | "
        f"{_yes(each['same_words'])} | {_yes(each['same_workbooks'])} | {each['members']} | {each['seconds']} |"
        for number, each in enumerate(found, 1)
    ]
    wrong = [f"- {labels[each['button']].label}：{fault}" for each in found for fault in faults(each)]
    left = [f"- 没有按过：{label.label}" for key, label in labels.items() if key not in {e["button"] for e in found}]
    return [f"# 按钮逐个按过\n\n{machine}\n", *_HEAD, *table, "", *([*wrong, *left] or ["全部相同。"])]


def _last(told: Sequence[str]) -> str:
    return told[-1].splitlines()[0].replace("|", "/")[:60] if told else ""


def _yes(so: bool) -> str:
    return "是" if so else "否"
