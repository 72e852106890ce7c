"""What the simulated units of ``zwgk demo`` get wrong, and what they may write otherwise: each rule once.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from zwgk_excel.domain.periods import Month
from zwgk_excel.layout.words import word
from zwgk_excel.workbooks.report.fill_in import InputValue

DemoItem = dict[str, InputValue]
"""A row of 信息明细 by column key."""
_FAULTS: tuple[tuple[str, DemoItem], ...] = (
    ("七月发布的信息", {"formed_on": date(2026, 7, 1), "published_on": date(2026, 7, 6)}),
    ("拖了两个月才发布的信息", {"formed_on": date(2026, 8, 10), "published_on": date(2026, 10, 20)}),
    ("发布早于形成的信息", {"formed_on": date(2026, 10, 20), "published_on": date(2026, 10, 12)}),
    ("日期还没有到的信息", {"published_on": date(2026, 12, 30)}),
    ("日期没有写对的信息", {"published_on": "十月底"}),
    ("日期没有写年份的信息", {"published_on": "11月2日"}),
    ("信息类型不在列表中的信息", {"type": "其它公告"}),
    ("链接不全的信息", {"url": "www.example.gov.cn/1.html"}),
    ("链接是网盘的信息", {"url": "https://pan.baidu.com/s/1abcdefg"}),
    ("一格填了两个链接的信息", {"url": "http://www.example.gov.cn/a1.html http://www.example.gov.cn/a2.html"}),
    ("电话要核对的信息", {"phone": "办公室"}),
    ("科室填成图片的信息", {"section": 'DISPIMG("ID_0A1B2C3D",1)'}),
    ("终审只写了职务、复审像是初审同一人的信息", {"second_review": "局长初审员乙", "final_review": "局长"}),
    ("任务不在清单中的信息", {"task": "D99 没有这项"}),
    ("没有选任务的信息", {"task": None}),
    ("年份写错的信息", {"published_on": date(1926, 11, 2)}),
    ("意见数量不是数字的信息", {"opinions": "若干"}),
    ("标题过长的信息" * 40, {}),
)
"""Title of an item → what is wrong with it."""
UNANSWERED = "D05"
"""Left blank, with its items, by the unit that mended it early."""


def faults(item: DemoItem) -> Iterator[DemoItem]:
    """Items made of a good one, each with one fault; then what is understood: a task by its words, a sign-off."""
    own = {**item, "final_review": "终审员丁"}
    yield {**own, "title": "初审、复审同一人的信息", "url": f"{item['url']}?0", "second_review": item["first_review"]}
    for number, (title, changed) in enumerate(_FAULTS, start=1):
        yield {**own, "title": title, "url": f"{item['url']}?{number}", **changed}
    yield from ({**own, "title": "重复填了两行的信息", "url": f"{item['url']}?repeated"} for _ in range(2))
    words_alone = str(item["task"]).partition(" ")[2]
    yield {**own, "task": words_alone, "title": "任务只写了栏目的信息", "url": f"{item['url']}?words"}
    yield {"title": "其余信息下月补报"}
    yield {"title": "填表人：报送员甲"}


def wrong_answers(*, early: bool) -> dict[str, DemoItem]:
    """编号 of a task → what is wrong with its row of 任务清单, of a unit that mended it ``early`` or of another."""
    reported, nil, pending = (word("answer", code) for code in ("reported", "nil", "pending"))
    statement = "经核实，本期无应公开信息。"
    if early:
        return {"D10": {"status": reported}, "D40": {"status": None, "statement": statement}, UNANSWERED: {}}
    renumbered: DemoItem = {"id": "24号", "status": pending}
    return {"D24": renumbered, "D06": {"status": nil, "statement": statement}, "D40": {"status": nil}}


def added_rows(cycle: Month) -> Iterator[DemoItem]:
    """Rows typed below 任务清单: a task of it once more, and one that the unit does not have."""
    for id_ in ("D06", "D99"):
        yield {"id": id_, "column": "自己加的一行", "reference": str(cycle), "status": word("answer", "reported")}


def decision(item: DemoItem) -> DemoItem:
    """A 规范性文件 without its 解读材料, and without what came of the consultation."""
    return item | {
        "title": "城市停车管理办法",
        "type": word("item_type", "normative"),
        "doc_no": "冶政规〔2026〕3号",
    }


def documents(item: DemoItem, decided: DemoItem, *, complete: bool) -> Iterator[DemoItem]:
    """Items of D01 and D26; without what they must bring or under a type that needs nothing, unless ``complete``."""
    policy, link = word("item_type", "policy"), "http://www.example.gov.cn/zwgk/note.html"
    whole: DemoItem = {"type": word("item_type", "normative"), "draft_note": link, "reading": link}
    mended = whole if complete else {}
    yield decision(item) | {"title": "城区犬只管理办法", "draft_note": "附件1", "url": f"{item['url']}?1"} | mended
    disguised = {"title": "城市绿化实施意见", "type": policy, "doc_no": "冶政规〔2026〕4号"}
    yield {**item, **disguised, "url": f"{item['url']}?2", **mended}
    yield {**item, "title": "燃气安全管理办法", "type": policy, "url": f"{item['url']}?3", **mended}
    until = date(2026, 11, 30) if complete else date(2026, 9, 1)
    draft = {"title": "关于《户外广告管理办法（征求意见稿）》公开征求意见的公告", "type": word("item_type", "draft")}
    note: DemoItem = {"decision_note": link} if complete else {}
    yield {**decided, **draft, **note, "opinions_until": until, "url": f"{decided['url']}?4"}


def consultations(item: DemoItem, until: date) -> Iterator[DemoItem]:
    """Three calls for opinions: one until that day and without a result, one told in time, one told late."""
    yield _call(item, "城市犬只管理办法", date(2026, 10, 12), until, 0)
    yield _call(item, "农村公路养护办法", date(2026, 9, 7), date(2026, 10, 9), 1)
    yield _feedback(item, "农村公路养护办法", date(2026, 10, 26), 2)
    yield _call(item, "二次供水管理规定", date(2026, 8, 12), date(2026, 9, 11), 3)
    yield _feedback(item, "二次供水管理规定", date(2026, 10, 30), 4)


def _call(item: DemoItem, matter: str, published: date, until: date, number: int) -> DemoItem:
    return item | {
        "title": f"关于《{matter}（征求意见稿）》公开征求意见的公告",
        "type": word("item_type", "draft"),
        "decision_note": "http://www.example.gov.cn/zwgk/d26/note.html",
        "opinions_until": until,
        "channels": "网站、信函",
        "formed_on": published,
        "published_on": published,
        "url": f"{item['url']}?call={number}",
    }


def _feedback(item: DemoItem, matter: str, published: date, number: int) -> DemoItem:
    return item | {
        "title": f"《{matter}（征求意见稿）》征求意见采纳情况的公告",
        "type": word("item_type", "feedback"),
        "opinions": 6,
        "adoption": "采纳 4 条；2 条与上位法不一致，未采纳。",
        "formed_on": published,
        "published_on": published,
        "url": f"{item['url']}?feedback={number}",
    }
