"""Receipts for the tests: a plain one for every number, and any at all by hypothesis."""

from __future__ import annotations

import hashlib
from dataclasses import fields, replace
from datetime import date, datetime, timedelta

from hypothesis import strategies as st

from zwgk_excel.domain.correspondence import IncomingMessage, MessageKind, SavedAttachment
from zwgk_excel.domain.duties import Unit, UnitKind
from zwgk_excel.domain.issues import Issue
from zwgk_excel.domain.obligations import Obligation
from zwgk_excel.domain.periods import Month
from zwgk_excel.domain.problem_catalogue import CATALOGUE, Severity
from zwgk_excel.domain.problems import CellRef, Problem, problem
from zwgk_excel.domain.returns import AnswerStatus, Item, ItemType, Receipt, Return, TaskAnswer, Verdict
from zwgk_excel.ledger import IssueKind, Ledger

NOVEMBER = Month(2026, 11)


def now() -> datetime:
    """The clock of these tests."""
    return datetime(2026, 11, 26, 9, 30)


def issue(ledger: Ledger, cycle: Month = NOVEMBER, on: date = date(2026, 11, 26), *obligations: Obligation) -> Issue:
    """Record what is owed for a cycle; returns it."""
    issued = Issue(cycle, obligations, tuple(Unit(each.unit, UnitKind.DEPARTMENT) for each in obligations))
    ledger.record_issue(issued, IssueKind.ISSUED, on, who="王主任")
    return issued


def receipt(number: int, *, unit: str = "市教育局", cycle: Month = NOVEMBER, items: int = 3) -> Receipt:
    """A receipt that its number decides: two answers, some items, two problems."""
    key = f"D02/{unit}/{cycle}"
    place = CellRef(f"{unit}_{number}.xlsx", "信息明细", "F7")
    findings = (
        problem("date_form", place, obligation=key, heading="发布日期", value="3月"),
        problem("task_unanswered", place.at("H4"), obligation=f"D01/{unit}/{cycle}", value="D01 规范性文件"),
    )
    answers = (
        TaskAnswer(key, ("D02", str(cycle)), AnswerStatus.REPORTED, row=4),
        TaskAnswer(f"D03/{unit}/{cycle}", ("D03", str(cycle)), AnswerStatus.NIL, "经核实，本期无更新", "", 5),
    )
    listed = tuple(_item(key, number, row) for row in range(3, 3 + items))
    return Receipt(
        f"收件箱/{unit}_{number}.xlsx",
        hashlib.sha256(f"{unit}{number}".encode()).hexdigest(),
        datetime(2026, 11, 1, 8) + timedelta(minutes=number),
        Verdict.ACCEPTED_WITH_PROBLEMS,
        estimated=True,
        unit=unit,
        cycle=cycle,
        items=items,
        problems=findings,
        content=Return(unit, cycle, answers, listed, findings[:1]),
    )


def _item(key: str, number: int, row: int) -> Item:
    return Item(
        key,
        "D02 政府采购",
        f"第{number}批第{row}项政府采购结果公告",
        "notice",
        formed_on=date(2026, 11, 1),
        published_on=date(2026, 11, 5),
        url=f"https://www.example.gov.cn/{number}/{row}.html",
        row=row,
        unread=frozenset({"phone", "doc_no"}) if row == 4 else frozenset(),
        valid=row != 4,
    )


MAILBOX = "zwgk@example.gov.cn/INBOX"


def message(uid: int, **fields: object) -> IncomingMessage:
    """A reply with one file, decided by its number."""
    plain = IncomingMessage(
        MAILBOX,
        7,
        uid,
        datetime(2026, 11, 20, 10, uid % 60),
        "jiaoyu@example.gov.cn",
        f"回复 {uid}",
        f"<{uid}@example.gov.cn>",
        ("<a@x>", "<b@x>"),
        MessageKind.REPLY,
        "市教育局",
        (
            SavedAttachment(f"收件箱/邮件/{uid}/表.xlsx", f"{uid:064}", "表.xlsx"),
            SavedAttachment("", "0" * 64, "logo.png"),
        ),
        "见附件",
    )
    return replace(plain, **fields)  # type: ignore[arg-type]


texts = st.text(st.characters(exclude_categories=()), max_size=12)
"""Any Python string: NUL, lone surrogates and noncharacters too."""

_rows = st.integers(0, 2**31 - 1)
months = st.builds(Month, st.integers(1900, 9999), st.integers(1, 12))
_places = st.builds(CellRef, texts, texts, texts)
_problems = st.builds(
    Problem, st.sampled_from(sorted(CATALOGUE)), st.sampled_from(Severity), _places, texts, texts, texts, texts
)
_keys = st.sampled_from(["", "D02/市教育局/2026-11"]) | texts
"""Obligations, of which a return often speaks more than once."""
_more = st.dictionaries(texts, texts.filter(bool) | st.integers(-(10**15), 10**15), max_size=2)
"""Columns that the layout does not know: their values are kept as they are."""
_answers = st.builds(
    TaskAnswer,
    _keys,
    st.tuples(texts, texts),
    st.none() | st.sampled_from(AnswerStatus),
    texts,
    texts,
    _rows,
    more=_more,
)
_by_type = {
    "str": texts,
    "date | None": st.none() | st.dates(),
    "int": _rows,
    "frozenset[str]": st.frozensets(texts, max_size=3),
    "bool": st.booleans(),
    "Mapping[str, CellValue]": _more,
}
_any_item = {field.name: _by_type[str(field.type)] for field in fields(Item)}
_items = st.builds(Item, **_any_item | {"obligation": _keys, "type": st.sampled_from(ItemType).map(str) | texts})


@st.composite
def receipts(draw: st.DrawFn) -> Receipt:
    """Any receipt; the problems of its content often begin as its own do."""
    problems = draw(st.lists(_problems, max_size=4))
    shared = draw(st.integers(0, len(problems)))
    found = (*problems[:shared], *draw(st.lists(_problems, max_size=2)))
    answers, items = draw(st.lists(_answers, max_size=3)), draw(st.lists(_items, max_size=3))
    common = draw(st.dictionaries(st.sampled_from(["officer", "section"]), texts.filter(bool), max_size=2))
    content = Return(draw(texts), draw(months), tuple(answers), tuple(items), found, common)
    return Receipt(
        draw(texts),
        draw(texts),
        draw(st.datetimes()),
        draw(st.sampled_from(Verdict)),
        draw(st.booleans()),
        draw(texts),
        draw(st.none() | months),
        draw(_rows),
        tuple(problems),
        draw(st.sampled_from([content, None])),
    )
