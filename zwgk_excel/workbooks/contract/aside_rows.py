"""The words by which 自查 leaves a row of 信息明细 to intake: sign-offs, remarks and totals are no items.

Wider than what intake takes for one (``workbooks.reading.sign_off``, ``data_rows``), because a formula cannot tell:
what it is in doubt about it leaves undecided.
"""

from __future__ import annotations

from zwgk_excel.domain.text import text_length

ASIDE = (
    *("以上", "上述", "本表", "此表", "表中", "盖章", "公章", "签章", "印章"),
    *"合计 小计 总计 共计 累计 总数".split(),  # noqa: SIM905  as below
    *("填表人", "填报人", "制表人", "审核人"),  # with or without a colon after it
)
"""What such rows say."""
ASIDE_TITLED = (  # One text a line: by itself a word of them would be a heading, which code does not repeat.
    *"填表 填报 制表 报送 上报 经办 审核 审批 审定 审签 复核 签发 初审 复审 终审".split(),  # noqa: SIM905
    *"负责 联系 领导 电话 日期 时间 签字 签名 注 说明 提示".split(),  # noqa: SIM905
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


def may_be_aside(text: str) -> bool:
    """Whether the text of a row, all its cells together, may be that of no item."""
    titled = any(each in text for each in ASIDE_TITLED) and ("：" in text or ":" in text)
    day = text[:1] == CENTURY and text[-1:] == DAY and text_length(text) <= LONGEST_DAY
    sentence = text_length(text) >= SENTENCE and text[-1:] in set(STOPS)
    return any(each in text for each in ASIDE) or text[:1] == IN_ALL or titled or day or sentence
