"""考核评分 and 生成通报: what the month's figures come to, once everything that arrived is in them."""

from __future__ import annotations

from pathlib import Path

from zwgk_excel.addin.buttons.consolidation import consolidate, tracker_of
from zwgk_excel.addin.buttons.months import choose_issued
from zwgk_excel.addin.buttons.trackers import Tracker
from zwgk_excel.addin.host import system_windows, workspace_choice
from zwgk_excel.addin.host.opened import office_at
from zwgk_excel.addin.host.session import CANCELLED, Session, listed, named
from zwgk_excel.domain.periods import Month, Period
from zwgk_excel.domain.score_rules import Grade
from zwgk_excel.domain.scoring import Assessment, Score, format_points
from zwgk_excel.layout.columns import layout
from zwgk_excel.layout.words import word
from zwgk_excel.workbooks.reading.table_reader import find_table
from zwgk_excel.workflow.assessment import assessing
from zwgk_excel.workflow.bulletins import bulletin as publishing
from zwgk_excel.workflow.bulletins.bulletin import Published
from zwgk_excel.workflow.errors import UserError
from zwgk_excel.workflow.mailing.reminding import not_taken_in
from zwgk_excel.workflow.office.context import Office
from zwgk_excel.workflow.office.replaceable_files import kept_words


def assess(session: Session) -> str:
    """Show who scored best and worst in this month or the last, and the sheet that says why."""
    root = workspace_choice.workspace_of(session)
    with office_at(root) as office:
        cycle = choose_issued(session, office, "看哪个月的考核评分？")
        if cycle is None:
            return CANCELLED
        found = _assessed(office, cycle)
        tracker = tracker_of(session, office)
        current = _shows(tracker, found) and not not_taken_in(office)
    answer = "no" if current else _refresh_first(session, made=tracker.exists)
    if answer == "cancel":
        return CANCELLED
    told = consolidate(session).splitlines() if answer == "yes" else []
    with office_at(root) as office:
        found = _assessed(office, cycle)
        tracker_of(session, office).turn_to(layout("tracker")["scores"].name)
    return "\n".join([*_words(found), *(["", *told] if told else [])])


def _assessed(office: Office, cycle: Month) -> Assessment:
    found = assessing.assess(office, Period.month(cycle), office.now().date())
    if not found.scores:
        raise UserError(f"{cycle} 没有应报的任务，没有得分。")
    return found


def _shows(tracker: Tracker, found: Assessment) -> bool:
    """Whether the score sheet of a tracker has these very scores."""
    shape = layout("tracker")["scores"]
    grid = tracker.grid(shape.name)
    table = None if grid is None else find_table(grid, shape)
    if grid is None or table is None or not {"cycle", "unit", "score"} <= table.positions.keys():
        return False
    at = table.positions
    rows = [row for row in grid.rows[table.header + 1 :] if str(row[at["cycle"]]) == str(found.period)]
    return {str(row[at["unit"]]): row[at["score"]] for row in rows} == {
        each.unit: float(each.points) if each.is_ranked else None for each in found.scores
    }


def _refresh_first(session: Session, *, made: bool) -> str:
    sheet = layout("tracker")["scores"].name
    old = f"总台账的“{sheet}”不是最新的：有还没有汇总的文件，或者得分已有变化。"
    found = old if made else "还没有总台账。"
    return session.ask(f"{found}\n是：先汇总，再看得分\n否：只看现在的得分", "yes_no_cancel")


def _words(found: Assessment) -> list[str]:
    sheet = layout("tracker")["scores"].name
    state = f"{'已结账，' if found.final else '尚未结账，'}截至 {found.as_of}"
    kinds = dict.fromkeys(each.kind for each in found.ranked)
    ranks = [_ranks(word("unit_kind", kind), [s for s in found.ranked if s.kind is kind]) for kind in kinds]
    if unranked := [each.unit for each in found.unranked]:
        ranks.append(f"{word('ranking', 'unranked')}（没有应报任务）：{named(unranked)}。")
    if pending := [each.unit for each in found.pending]:
        ranks.append(f"{word('ranking', 'pending')}（尚未报送，最迟时限未到）：{named(pending)}。")
    if deferred := [each.unit for each in found.deferred]:
        ranks.append(f"{word('ranking', 'deferred')}（任务留待以后月份评定）：{named(deferred)}。")
    if fallible := [each.unit for each in found.ranked if each.may_fall]:
        ranks.append(f"报来的有误、还在改正期限内，得分可能降低，暂不列为靠前：{named(fallible)}。")
    failed = [each.unit for each in found.scores if each.band == Grade.FAIL]
    below = f"{word('band', Grade.FAIL)} {len(failed)} 个：{named(failed)}。" if failed else "没有不合格的单位。"
    told = [f"更正：{each.text}" for each in found.corrections] + [f"说明：{text}。" for text in found.notes]
    sample = [] if found.confirmed else [layout("tracker").settings["scores"]["sample"]]
    basis = f"下一步：每一处扣分的依据见总台账“{sheet}”；整改情况填在同一张表中。"
    return [f"{found.period} 考核评分（{state}）", *ranks, below, *([listed(told)] if told else []), *sample, basis]


def _ranks(kind: str, scores: list[Score]) -> str:
    """The first and the last of the units of a kind; they come in the order of their ranks."""
    best, worst = scores[0], scores[-1]
    if best.points == worst.points:
        equal = "都是 " if len(scores) > 1 else ""
        return f"{kind}：{named([each.unit for each in scores])}，{equal}{format_points(best.points)} 分。"
    sure = [each for each in scores if not each.may_fall]
    first = [each.unit for each in sure if each.points == sure[0].points]
    last = named([each.unit for each in scores if each.points == worst.points])
    led = f"第 {sure[0].rank} 名 {named(first)}（{format_points(sure[0].points)} 分）；" if sure else ""
    return f"{kind}（{len(scores)} 个）：{led}最后是 {last}（{format_points(worst.points)} 分，第 {worst.rank} 名）。"


def publish(session: Session) -> str:
    """Write the bulletin of this month or the last, and open it."""
    with office_at(workspace_choice.workspace_of(session)) as office:
        cycle = choose_issued(session, office, "通报哪个月的情况？")
        if cycle is None:
            return CANCELLED
        pending = not_taken_in(office)
        left_out = f"收件箱中有 {pending} 个文件还没有登记，不会计入通报；要计入，请先按“汇总”。"
        if pending and not session.confirm([left_out], "不等汇总，现在就生成通报吗？"):
            return CANCELLED
        session.status("生成通报")
        done = publishing.publish(office, Period.month(cycle), as_of=office.now().date())
    return "\n".join([*_published(done), _opened(done.path)])


def _published(done: Published) -> list[str]:
    found = done.bulletin
    day = found.view.as_of
    state = f"按 {day} 结账的数字" if found.closed else f"数据截至 {day}，尚未结账"
    lines = [f"{found.title}（{state}）", f"{'已写入' if done.written else '没有变化'}：{done.path}"]
    lines += map(kept_words, done.kept)
    if found.assessment and not found.assessment.confirmed:
        lines.append(layout("tracker").settings["scores"]["sample"])
    return lines


def _opened(path: Path) -> str:
    if system_windows.is_opened(path):
        return "下一步：在打开的文稿中核对，填写文号和抄送后印发。"
    return "下一步：这台电脑没有能直接打开它的程序，请用 Word 或 WPS 打开，核对后印发。"
