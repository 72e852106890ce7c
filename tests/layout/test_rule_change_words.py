"""Changes of the rules in the office's words, and the rules of a closing read back."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import date

import pytest

from zwgk_excel.domain.acts import Change
from zwgk_excel.domain.rules_in_force import RulesInForce, rule_changes
from zwgk_excel.domain.workdays import Workdays
from zwgk_excel.layout.escalation import escalation_policy_with
from zwgk_excel.layout.holidays import provisional_days_off
from zwgk_excel.layout.policy import load_policy
from zwgk_excel.layout.rule_change_words import rule_change_words
from zwgk_excel.layout.rules_in_force import closed_rules, recorded_rules, rules_beside_scoring
from zwgk_excel.layout.scoring import merged_scoring_table, rules_to_json, scoring_from

SCORING, LADDER, POLICY = merged_scoring_table({}), escalation_policy_with({}), load_policy({})
CALENDAR = Workdays({date(2026, 10, 1): False, date(2026, 10, 10): True}, frozenset({2026}))
SHIPPED = recorded_rules(SCORING, LADDER, POLICY, CALENDAR)


def changed(toml: dict, calendar: Workdays = CALENDAR) -> list[str]:
    """What differs from the shipped rules with settings of the office, in words."""
    policy = load_policy({key: value for key, value in toml.items() if key not in {"scoring", "ladder"}})
    now = recorded_rules(merged_scoring_table(toml), escalation_policy_with(toml), policy, calendar)
    return rule_change_words(rule_changes(SHIPPED, now))


TOLD = [
    ({"scoring": {"missing": {"points": 4}}}, ["逾期未报 每项扣分：5 → 4"]),
    ({"scoring": {"grace": {"cap": 2.5}}}, ["宽限期报送 每月上限：5 → 2.5"]),
    ({"scoring": {"early": {"points": 1}}}, ["提前报送 每项加分：0.5 → 1"]),
    ({"scoring": {"confirmed": True}}, ["评分规则已确认：否 → 是"]),
    ({"scoring": {"quarter": "sum"}}, ["季度得分：各月平均 → 各月合计"]),
    ({"scoring": {"weights": {"township": 0.5}}}, ["乡镇（街道）权重：1 → 0.5"]),
    ({"scoring": {"bands": {"pass": 70}}}, ["合格起点分：60 → 70"]),
    (
        {"scoring": {"late": {"bands": [{"up_to": 3, "points": 1}, {"points": 3}]}}},
        [
            "迟报第 2 档 每项扣分：2 → 3",
            "迟报第 2 档 至多天数：10 → （无）",
            "迟报第 3 档 每项扣分：3 → （无）",
        ],
    ),
    ({"severities": {"date_form": "warning"}}, ["问题 date_form 的级别：预置 → 提醒"]),
    (
        {"nil_reports": {"cadences": ["monthly"], "never": ["D19"], "in_a_row": {"monthly": 4}}},
        [
            "可以零报告的频次：每月、实时更新、每季度 → 每月",
            "不能零报告的事项：D19、D20、D41 → D19",
            "每月 连续零报告提醒 期数：3 → 4",
        ],
    ),
    (
        {"policy_columns": {"satisfied_by": ["reading", "other"]}},
        [
            "算完成政策性栏目的信息类型：数据统计、征求意见稿、执法监管信息、征集反馈、办事指南、规范性文件、通知公告、规划计划、其他政策文件、"
            "工作进展、政策解读、征集调查 → 其他、政策解读"
        ],
    ),
    ({"due_soon_days": 3}, ["临期天数：5 → 3"]),
    ({"carry_months": 0}, ["补报列入 月数：12 → 0"]),
    ({"publish_within_workdays": 15}, ["信息发布期限 工作日数：20 → 15"]),
    ({"feedback_within_workdays": 10}, ["征集结果反馈期限 工作日数：20 → 10"]),
    ({"shift": "next_workday"}, ["时限遇休息日：不顺延 → 顺延至下一个工作日"]),
    (
        {"deadlines": {"monthly": {"due": {"months": 0, "day": 20}, "final": {"months": 1, "day": 5}}}},
        ["每月 报送时限：当月 25 日 → 当月 20 日", "每月 最迟时限：当月 最后一天 → 次月 5 日"],
    ),
    (
        {"extra_subjects": []},
        [
            "年度报告 市政府办 市本级 报送时限：其后第 2 个月 20 日 → （无）",
            "年度报告 市政府办 市本级 最迟时限：其后第 2 个月 20 日 → （无）",
        ],
    ),
    (
        {
            "own_deadlines": [
                {"duty": "D02", "due": {"months": 0, "day": 20}},
                {"cadence": "monthly", "unit": "市财政局", "final": {"months": 1, "day": 5}},
            ]
        },
        ["D02 报送时限：（无） → 当月 20 日", "每月 市财政局 最迟时限：（无） → 次月 5 日"],
    ),
]


@pytest.mark.parametrize(("toml", "told"), TOLD)
def test_each_setting_before_and_after(toml: dict, told: list[str]) -> None:
    assert sorted(changed(toml)) == sorted(told)


def test_rules_of_the_ladder_are_told_whole() -> None:
    only = {"code": "overdue", "step": "circulate", "counts": ["missing"], "months": 2}
    told = changed({"ladder": {"rules": [only]}})
    assert told[0] == "督促规则 overdue：催报：当月有逾期未报、退回未改正或新闻代替政策 → 通报：连续 2 个月有逾期未报"
    assert "督促规则 failed_twice：督办：6 个月内有 2 个月得分低于 60 分 → （无）" in told


def test_days_that_become_the_same_are_told_together() -> None:
    off = dict.fromkeys((date(2027, 1, 1), date(2027, 1, 4), date(2027, 1, 5)), False)
    announced = Workdays({**CALENDAR.exceptions, **off, date(2027, 1, 9): True}, frozenset({2026, 2027}))
    assert changed({}, announced) == [
        "2027 年放假安排：未公布 → 已公布",
        "2027-01-01：休息日（暂定） → 休息日",
        "2027-01-04 至 2027-01-05：工作日 → 休息日",
        "2027-01-09：休息日 → 工作日",
    ]
    gone = replace(CALENDAR, exceptions={date(2026, 10, 1): False})
    assert changed({}, gone) == ["2026-10-10：工作日 → 休息日"]


def test_a_statutory_day_off_was_one_before_it_was_announced() -> None:
    before = replace(CALENDAR, statutory=frozenset({date(2027, 1, 1)}))
    after = Workdays({**CALENDAR.exceptions, date(2027, 1, 1): False}, frozenset({2026, 2027}))
    assert changed({}, before) == ["没有公布放假安排的年份，法定节假日：不计 → 暂作休息日"]
    both = recorded_rules(SCORING, LADDER, POLICY, before), recorded_rules(SCORING, LADDER, POLICY, after)
    assert "2027-01-01：休息日（暂定） → 休息日" in rule_change_words(rule_changes(*both))


def test_a_closing_keeps_whether_statutory_days_were_off() -> None:
    calendar = replace(CALENDAR, statutory=provisional_days_off(CALENDAR.announced))
    kept = json.loads(json.dumps([rules_to_json(SCORING), rules_beside_scoring(LADDER, POLICY, calendar)]))
    today = RulesInForce(scoring_from(SCORING), LADDER, {}, 20, Workdays(), 20)
    assert closed_rules(kept[0], kept[1], today).workdays == calendar


def test_every_setting_has_words() -> None:
    told = rule_change_words(Change(path, text, text) for path, text in SHIPPED.items())
    settings = [each.partition("：")[0] for each in told]
    assert not [each for each in settings if re.search("[a-z_]{4}", each) and not each.startswith("督促规则 ")]
    assert len(settings) == len(set(settings))


def test_a_closing_keeps_all_of_them() -> None:
    terms = {"publish_within_workdays": 15, "feedback_within_workdays": 9}
    severe = load_policy({"severities": {"date_form": "note"}, **terms})
    only = {"code": "a", "step": "urge", "below": 59.5}
    own = escalation_policy_with({"ladder": {"confirmed": True, "rules": [only]}})
    kept = json.loads(json.dumps([rules_to_json(SCORING), rules_beside_scoring(own, severe, CALENDAR)]))
    today = RulesInForce(scoring_from(SCORING), LADDER, {}, 20, Workdays(), 20)
    assert closed_rules(kept[0], kept[1], today) == RulesInForce(
        scoring_from(SCORING), own, {"date_form": "note"}, 15, CALENDAR, 9
    )
    assert closed_rules(kept[0], rules_beside_scoring(LADDER, POLICY, CALENDAR), today).ladder == LADDER


def test_one_of_an_earlier_version_has_the_others_of_today() -> None:
    today = RulesInForce(scoring_from(SCORING), LADDER, {"date_form": "note"}, 20, CALENDAR, 20)
    strict = merged_scoring_table({"scoring": {"missing": {"points": 9}}})
    assert closed_rules(strict, None, today) == replace(today, scoring=scoring_from(strict), whole=False)
