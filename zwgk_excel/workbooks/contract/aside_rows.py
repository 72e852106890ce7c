"""Which rows of 信息明细 are no items: sign-offs, remarks and totals, which 自查 leaves open and intake only names.

Both decide by :func:`is_aside`, so that no return is sent back for what 自查 cannot tell. Intake knows some more by
their form (``workbooks.reading.sign_off``, ``data_rows``).
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from zwgk_excel.domain.text import text_length
from zwgk_excel.layout.words import meanings, words
from zwgk_excel.workbooks.contract.excel_value import ExcelValue

ASIDE = (
    *("以上", "上述", "本表", "此表", "表中", "盖章", "公章", "签章", "印章"),
    *"合计 小计 总计 共计 累计 总数".split(),  # noqa: SIM905  as below
    *("填表人", "填报人", "制表人", "审核人"),  # with or without a colon after it
    *"报送人 联系人 负责人 经办人 复核人 审批人 签发人".split(),  # noqa: SIM905  as below
    *("以下空白", "无正文", "以下无内容"),
)
"""What such rows say."""
ASIDE_TITLED = (  # One text a line: by itself a word of them would be a heading, which code does not repeat.
    *"填表 填报 制表 报送 上报 经办 审核 审批 审定 审签 复核 签发 初审 复审 终审".split(),  # noqa: SIM905
    *"负责 联系 领导 电话 日期 时间 签字 签名 注 说明 提示".split(),  # noqa: SIM905
    *"局长 主任 镇长 书记 信息员 专员 审查 意见".split(),  # noqa: SIM905
)
"""What they say before a colon."""
IN_ALL = "共"
"""What a total may begin with (共 3 条)."""
SENTENCE, STOPS = 10, "。！"
"""A remark is a whole sentence: so many characters, with one of these at its end."""
CENTURY, DAY, LONGEST_DAY = "2", "日", 11
"""A day that stands alone (2026年11月25日): how it begins and ends, and its characters at most."""
LINK_SIGN = "."
"""What every link has: whatever else stands in the column of links is none."""


def is_aside(cells: Mapping[str, ExcelValue]) -> bool:
    """Whether a row, the cells of its inputs by column key, is no item, unless its task is one of the unit's.

    What has a link or a type of the list is one, whatever it says.
    """
    if LINK_SIGN in cells["url"].text or cells["type"].plain.casefold() in _types():
        return False
    return _says_so("".join(cell.text for cell in cells.values()))


@cache
def _types() -> frozenset[str]:
    return frozenset(text.casefold() for code in words("item_type") for text in meanings("item_type", code))


def _says_so(text: str) -> bool:
    """Whether the text of a row, all its cells together, is that of no item."""
    titled = any(each in text for each in ASIDE_TITLED) and ("：" in text or ":" in text)
    day = text[:1] == CENTURY and text[-1:] == DAY and text_length(text) <= LONGEST_DAY
    sentence = text_length(text) >= SENTENCE and text[-1:] in set(STOPS)
    return any(each in text for each in ASIDE) or text[:1] == IN_ALL or titled or day or sentence
