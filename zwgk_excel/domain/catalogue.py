"""Every problem the system can find: code, severity, and the Chinese sentences; nowhere else.

``found``, ``expected`` and ``action`` are format strings over the values a rule passes in.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """How much a problem weighs."""

    ERROR = "error"
    """Blocks: the item does not count, the return goes back, or ``generate`` stops."""
    WARNING = "warning"
    """To be looked at; nothing stops."""
    NOTE = "note"
    """Something was understood or repaired; told so that nobody is surprised."""


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of problem."""

    severity: Severity
    found: str
    expected: str
    action: str


_E, _W, _N = Severity.ERROR, Severity.WARNING, Severity.NOTE

CATALOGUE: Mapping[str, Kind] = {
    # The duty table and the roster (zwgk check).
    "table_unreadable": Kind(_E, "无法读取：{reason}", "可以打开的 Excel 工作簿", "请用 Excel 或 WPS 打开检查，必要时从备份恢复"),
    "table_heading_missing": Kind(_E, "找不到“{heading}”一列", "表头中有“{heading}”", "请补回该列的表头"),
    "table_empty": Kind(_E, "表中没有内容", "表头下面至少一行", "请填写，或从备份恢复"),
    "table_column_absent": Kind(_W, "找不到“{heading}”一列，按空白处理", "表头中有“{heading}”", "如非有意删除，请补回该列"),
    "table_heading_repeated": Kind(_W, "“{heading}”一列重复，这一列未采用", "每个表头只有一列", "请改名或删去多余的一列"),
    "duty_id_missing": Kind(_E, "{heading}为空", "每一行都有编号，如 D42", "请填写编号"),
    "duty_id_repeated": Kind(_E, "编号“{value}”与第 {row} 行重复", "编号不重复", "请改用新的编号"),
    "duty_id_form": Kind(_E, "编号是“{value}”", "字母 D 加数字，如 D42", "请修改编号"),
    "duty_column_missing": Kind(_E, "栏目和栏目名称均为空", "填有栏目名称", "请填写栏目名称"),
    "duty_column_filled": Kind(_W, "原表栏目为空，现按“{value}”处理", "办公室确认的栏目名称", "请确认栏目名称；确认后填入“{heading}”，不再提示"),
    "duty_content_empty": Kind(_W, "内容为空", "栏目应公开的内容", "请补充内容，便于责任部门对照"),
    "duty_category_unknown": Kind(_E, "大项是“{value}”", "{choices}", "请从下拉列表选择"),
    "duty_cadence_unknown": Kind(_E, "频次是“{value}”", "{choices}", "请从下拉列表选择"),
    "duty_cadence_contradicts": Kind(_W, "频次选“{value}”，但报送要求写的是“{requirement}”", "频次与报送要求一致（应为{expected_cadence}）", "请核对频次"),
    "duty_flag_unknown": Kind(_E, "{heading}是“{value}”", "是 或 否", "请从下拉列表选择"),
    "duty_due_conflict": Kind(_W, "通知要求每月 {due} 日前报送，责任表写每月月底前（共 {count} 项）", "一个明确的时限", "现按 {due} 日为时限、月底为最迟时限；如需调整请改 zwgk.toml 的 [deadlines]"),
    "duty_column_repeated": Kind(_W, "栏目“{value}”与 {others} 重复", "栏目名称可区分", "如确为两项，可在栏目名称后加注"),
    "duty_likely_duplicate": Kind(_W, "“{value}”与 {other} “{other_value}”内容可能重复", "一项内容只由一个栏目报送", "请确认是否合并"),
    "duty_questioned": Kind(_W, "内容中留有疑问：“{value}”", "确定的内容", "请答复后删去疑问文字"),
    "duty_owner_missing": Kind(_E, "责任单位为空", "至少一个单位或单位组", "请填写责任单位"),
    "owner_unknown": Kind(_E, "单位通讯录中没有“{value}”{suggestion}", "单位通讯录中的单位、别名或单位组", "请改正名称，或在单位通讯录中增加该单位"),
    "owner_alias": Kind(_W, "“{value}”是“{name}”的别名", "单位全称“{name}”", "已按“{name}”处理；建议改用全称"),
    "group_empty": Kind(_W, "单位组“{value}”中没有单位", "组内至少一个单位", "请在单位通讯录的“{heading}”列为有关单位填上该组"),
    "group_kind_empty": Kind(_W, "单位组“{value}”中没有单位", "单位通讯录中至少一个{kind}", "请在单位通讯录中补充{kind}"),
    "group_by_kind": Kind(_W, "单位组“{value}”由单位类别决定，所填不起作用", "只能由办公室确定成员的单位组", "请删去该组，需要时改类别"),
    "group_unused": Kind(_W, "没有责任事项由单位组“{value}”负责{suggestion}", "责任分工表中用到的单位组", "请核对名称，或删去该组"),
    "owner_ended": Kind(_W, "“{value}”只用到 {last}", "仍在使用的单位", "请在责任单位中加上{heir}；旧名保留，以前各期不变"),
    "month_form": Kind(_E, "{heading}是“{value}”", "月份，如 2026-11", "请按 2026-11 的形式填写"),
    "month_order": Kind(_E, "{heading} {value} 早于{first_heading} {first}", "不早于{first_heading}", "请核对两个月份"),
    "unit_missing": Kind(_E, "单位名称为空", "单位全称", "请填写单位，或删去该行"),
    "unit_repeated": Kind(_E, "单位“{value}”与第 {row} 行重复", "同一时期每个单位一行", "请合并两行，或用启用、停用月份区分"),
    "unit_alias_conflict": Kind(_E, "别名“{value}”已属于“{other}”", "别名只属于一个单位", "请删去其中一个"),
    "unit_kind_unknown": Kind(_E, "类别是“{value}”", "{choices}", "请从下拉列表选择"),
    "unit_mail_missing": Kind(_W, "{count} 个单位没有邮箱：{units}", "每个单位至少一个邮箱", "请补充邮箱，否则无法邮件发送"),
    "unit_mail_form": Kind(_E, "邮箱是“{value}”", "邮箱地址，如 name@example.gov.cn", "请改正邮箱地址"),
    "unit_township_unconfirmed": Kind(_W, "{count} 个乡镇（街道）为预置名单", "办公室确认过的名单", "请核对名单，并在备注中删去“待确认”"),
    "unit_predecessor_unknown": Kind(_E, "原单位“{value}”不在单位通讯录中", "单位通讯录中已有的单位", "请改正名称"),
    # A returned workbook as a file.
    "file_unreadable": Kind(_E, "文件无法读取：{reason}", "可以打开的 .xlsx 工作簿", "请用 Excel 或 WPS 打开本月信息报送表，另存后重新报送"),
    "file_too_large": Kind(_E, "文件大小 {size}", "不超过 {limit}", "请删去图片等多余内容后重新报送"),
    "file_kind": Kind(_E, "文件是{kind}", "信息报送表（.xlsx）", "请报送本月下发的信息报送表"),
    "file_unsafe": Kind(_E, "文件结构异常：{reason}", "Excel 或 WPS 正常保存的工作簿", "请用 Excel 或 WPS 打开后另存，再重新报送"),
    "sheet_too_large": Kind(_E, "工作表的内容延伸到第 {rows} 行、第 {columns} 列", "不超过 {limit_rows} 行、{limit_columns} 列，且中间没有大片空白", "请删去表格下方和右侧多余的内容后重新报送"),
    "not_a_report": Kind(_E, "不是信息报送表：{reason}", "本月下发的信息报送表", "请用下发的信息报送表填报"),
    "identity_missing": Kind(_E, "没有身份标记", "下发时带有的身份标记", "请确认单位和月份后人工指定，或请该单位用原表填报"),
    "identity_forged": Kind(_E, "身份标记与内容不符（{claim}）", "下发时的身份标记", "请核实来源，必要时请该单位用原表填报"),
    "schema_unknown": Kind(_E, "模板版本是“{value}”", "{expected_versions}", "请用最新下发的信息报送表填报"),
    "unit_unknown": Kind(_E, "单位“{value}”不在单位通讯录中", "单位通讯录中的单位", "请核对单位通讯录"),
    "cycle_unissued": Kind(_E, "报送月份 {value} 尚未下发", "已下发的月份", "请先生成该月报送表，或核对文件"),
    "sheet_missing": Kind(_E, "缺少“{value}”工作表", "信息报送表原有的工作表", "请用下发的信息报送表填报，不要删除工作表"),
    "heading_missing": Kind(_E, "找不到“{heading}”一列", "表头中有“{heading}”", "请恢复表头，或用下发的信息报送表填报"),
    # Cells of a returned workbook.
    "cell_error": Kind(_E, "{heading}是错误值 {value}", "{heading}的内容", "请重新填写该单元格"),
    "cell_formula": Kind(_E, "{heading}是公式，没有可读的结果", "直接填写的内容", "请把公式换成它的值"),
    "cell_too_long": Kind(_E, "{heading}有 {length} 个字", "不超过 {limit} 个字", "请缩短"),
    "text_outside": Kind(_W, "表外有内容“{value}”", "内容填在表格各列中", "请移到对应的列，或删去"),
    "date_form": Kind(_E, "{heading}是“{value}”", "日期，如 2026-03-01", "请改正后重新报送"),
    "date_range": Kind(_E, "{heading}是 {value}", "{first} 至 {last} 之间的日期", "请核对日期"),
    "choice_unknown": Kind(_E, "{heading}是“{value}”", "{choices}", "请从下拉列表选择"),
    "link_form": Kind(_E, "{heading}是“{value}”", "以 http:// 或 https:// 开头的网址", "请粘贴完整网址"),
    "number_form": Kind(_E, "{heading}是“{value}”", "整数", "请改正后重新报送"),
    "normalised": Kind(_N, "{heading}“{value}”已按“{result}”理解", "规范的写法", "无需处理；下次请直接按此填写"),
    "row_repaired": Kind(_N, "{what}", "下发时的表格样式", "无需处理，内容已读取"),
    # Tasks and items.
    "task_unknown": Kind(_E, "{heading}是“{value}”", "任务清单中的任务", "请从下拉列表选择任务"),
    "task_unlisted": Kind(_E, "任务清单中的“{value}”不是该单位的报送任务", "下发时任务清单中的任务", "请用下发的信息报送表填报"),
    "task_missing": Kind(_E, "没有选择{heading}", "任务清单中的任务", "请从下拉列表选择该条信息对应的任务"),
    "task_repeated": Kind(_W, "任务“{value}”在任务清单中出现两次", "每个任务一行", "请只填一行；现以先出现的为准"),
    "task_unanswered": Kind(_W, "任务“{value}”没有填报", "报送信息，或选本期无更新并说明", "请补报"),
    "task_without_items": Kind(_E, "任务“{value}”选了已报送，但信息明细中没有条目", "至少一条信息", "请在信息明细中填写，或改选本期无更新"),
    "nil_without_statement": Kind(_E, "任务“{value}”选了本期无更新，没有说明", "无更新说明，如：经核实，本期无应公开信息", "请填写无更新说明"),
    "nil_with_items": Kind(_W, "任务“{value}”选了本期无更新，但有 {count} 条信息", "两者一致", "现按已报送处理；请核对报送状态"),
    "pending_with_items": Kind(_W, "任务“{value}”选了未报送，但有 {count} 条信息", "两者一致", "现按已报送处理；请核对报送状态"),
    "statement_without_nil": Kind(_W, "任务“{value}”写了无更新说明，但没有选本期无更新", "报送状态选本期无更新", "如确无更新，请选本期无更新"),
    "item_field_missing": Kind(_E, "缺{heading}", "填写完整（带 * 的为必填）", "请补填"),
    "item_published_early": Kind(_E, "发布日期 {published} 早于形成日期 {formed}", "发布日期不早于形成日期", "请核对两个日期"),
    "item_published_future": Kind(_E, "{heading} {value} 晚于收件日期 {received}", "不晚于收件日期的日期", "请核对日期"),
    "item_overdue": Kind(_W, "形成后 {days} 个工作日才发布{provisional}", "{limit} 个工作日内发布（政府信息公开条例第二十六条）", "请说明原因，今后按时发布"),
    "item_reviewer_repeated": Kind(_W, "{first}和{second}都是“{value}”", "初审、复审、终审由不同的人签发", "请核对三审签发人"),
    "item_draft_note_missing": Kind(_E, "规范性文件没有{heading}", "{heading}的网址或文件名（未报送的文件不予上网）", "请补充{heading}"),
    "item_reading_missing": Kind(_W, "规范性文件没有{heading}", "{heading}的网址或文件名（解读文件同步报送）", "请补充{heading}"),
    "item_repeated": Kind(_W, "与第 {row} 行是同一条信息", "每条信息一行", "如确为同一条，请删去一行"),
    "news_for_policy": Kind(_E, "任务“{value}”只有新闻动态", "政策文件、解读等（政策性栏目不得用新闻信息代替）", "请补报政策性信息"),
    # Across returns and in the tracker.
    "items_vanished": Kind(_W, "上次报送的“{title}”（{task}）在新报送件中没有了", "已报送的信息保留在表中", "请确认是否撤下；误删的请补回"),
    "office_cell_form": Kind(_E, "{heading}是“{value}”", "{expected_value}", "请在总台账中改正；在此之前不采用"),
    "office_row_repeated": Kind(_W, "任务 {key} 在总台账中出现两次，办公室所填不一致", "每个任务一行", "现以先出现的一行为准；请删去多余的行"),
    "office_value_moved": Kind(_N, "任务 {key} 已不在总台账中，自加列所填“{heading}：{value}”移到了“{sheet}”工作表", "总台账中的任务", "无需处理；任务恢复后自动回到原处"),
}
"""Problem code → kind."""
