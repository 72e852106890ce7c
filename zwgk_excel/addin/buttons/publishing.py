"""网站清单 and 目录导入: what would change is shown first, and nothing is taken in before somebody has agreed."""

from __future__ import annotations

from collections.abc import Iterator

from zwgk_excel.addin.host import workspace_choice
from zwgk_excel.addin.host.opened import office_at
from zwgk_excel.addin.host.session import CANCELLED, Session, listed
from zwgk_excel.layout.columns import layout
from zwgk_excel.workbooks.catalogue.book import CHOSEN
from zwgk_excel.workflow import catalogue, published
from zwgk_excel.workflow.catalogue import CatalogueImport
from zwgk_excel.workflow.errors import UserError
from zwgk_excel.workflow.published.importing import PublishedImport, change_words
from zwgk_excel.workflow.published.line_words import correction_words, unnamed_words, unsure_words
from zwgk_excel.workflow.users import acting_person

_NAMED = 3
"""So many of each kind are named."""


def import_published(session: Session) -> str:
    """Take in the exports in 网站清单 that are new. Raises UserError where there are none."""
    root = workspace_choice.workspace_of(session)
    with office_at(root) as office:
        files = published.new_lists(office)
        if not files:
            folder = office.workspace.website_lists
            raise UserError(f"没有新的清单；请把网站后台导出的文件放进工作区的“{folder.name}”文件夹，再按一次。")
        planned = published.plan_import(office, files)
        if not session.confirm(list(_lines(planned)), "现在导入吗？"):
            return CANCELLED
        person = acting_person("", office.workspace.settings.office.person)
        done = published.import_published(office, planned, who=person)
    known = "已导入" if done.act else "没有变化"
    told = f"{known}：{change_words(done.changes)}。" if done.span else "没有可以导入的内容。"
    if done.needs_names:
        return f"{told}\n{unnamed_words('已列入工作区' if done.listed else '')}"
    return f"{told}\n与报送不一致的，汇总后列在总台账的“{layout('tracker')['reconciled'].name}”。"


def _lines(planned: PublishedImport) -> Iterator[str]:
    names = "、".join(planned.files[:_NAMED]) + ("等" if len(planned.files) > _NAMED else "")
    yield f"{names}：{len(planned.rows)} 条，{change_words(planned.changes)}。"
    for each in planned.changes.vanished[:_NAMED]:
        yield f"网站上已没有：{each.unit}“{each.title}”（{each.published_on}）"
    for before, after in planned.changes.corrected[:_NAMED]:
        yield f"改动：“{before.title}”（{before.published_on}）：{correction_words(before, after)}"
    unknown = [*planned.unknown_departments, *(column for column, _ in planned.unknown_columns)]
    if unknown:
        yield f"没有认出的单位、栏目：{'、'.join(each or '没有写明的' for each in unknown[:_NAMED])}"
    if planned.is_partial and planned.span:
        yield "有文件没有读出，这次不判断网站上已没有的；改正或移走后，几个文件再一起导入一次。"
    if planned.unsure and planned.span:
        yield unsure_words(planned.unsure)
    if planned.problems:
        yield listed([str(each) for each in planned.problems[:_NAMED]])


# --- the catalogue ---------------------------------------------------------------------------------


def import_catalogue(session: Session) -> str:
    """Take in the tables in 标准目录 that are new. Raises UserError where there are none."""
    root = workspace_choice.workspace_of(session)
    with office_at(root) as office:
        files = catalogue.new_tables(office)
        if not files:
            folder = office.workspace.published_catalogues
            raise UserError(f"没有新的目录表；请把公布的目录表放进工作区的“{folder.name}”文件夹，再按一次。")
        planned = catalogue.plan_import(office, files)
        if not planned.is_change:
            return f"没有变化：{_read(planned)}。"
        adopts = session.choose(f"{listed(list(_entry_lines(planned)))}\n\n{_choices()}")
        if adopts is None:
            return CANCELLED
        if adopts:
            planned = catalogue.plan_import(office, files, adopt=True)
        person = acting_person("", office.workspace.settings.office.person)
        done = catalogue.carry_out_import(office, planned, who=person)
    return (
        f"已写入“{done.path.name}”：{catalogue.import_words(done)}。\n"
        "请打开它核对责任事项和责任单位，保存后再按“检查责任表”。"
    )


def _choices() -> str:
    sheet = layout("catalogue")["entries"]
    chosen = "、".join(sheet.heading(key) for key in CHOSEN)
    return (
        f"现在导入吗？\n是：导入，并把建议填进还空着的{chosen}\n"
        f"否：导入，{chosen}以后自己选\n取消：不导入"
    )


def _read(planned: CatalogueImport) -> str:
    names = "、".join(name for name, _ in planned.files[:_NAMED]) + ("等" if len(planned.files) > _NAMED else "")
    return f"{names}，读到 {planned.tables} 个表、{len(planned.update.read)} 个事项"


def _entry_lines(planned: CatalogueImport) -> Iterator[str]:
    update = planned.update
    yield f"{_read(planned)}：{catalogue.import_words(planned)}。"
    kept = len({each.id for each in update.changed if each.kept})
    counts = (("办公室改过、没有覆盖的", kept), ("这次的表里没有、仍保留的", len(update.absent)))
    told = [f"{name} {count} 个" for name, count in counts if count]
    told += [f"办公室已经删去、没有再加的 {len(update.removed)} 个"] if update.removed else []
    if told:
        yield "，".join(told) + "。"
    yield from map(str, planned.problems[:_NAMED])
    if len(planned.problems) > _NAMED:
        yield f"没有看懂的还有 {len(planned.problems) - _NAMED} 处，照原文保留或空着；请在“{planned.path.name}”里补。"
