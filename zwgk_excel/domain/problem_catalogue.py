"""The catalogue of all problems: code, severity and Chinese sentences.

``found``, ``expected`` and ``action`` are format strings over the values that a rule passes in; ``expected`` is empty
where ``found`` says it already.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """The severity of a problem: an error blocks, a warning is to be corrected, a note informs."""

    ERROR = "error"
    """Blocks: the item is not valid, the return is returned, or ``generate`` stops."""
    WARNING = "warning"
    """Needs attention; nothing stops."""
    NOTE = "note"
    """Something was interpreted or repaired; for information."""


@dataclass(frozen=True, slots=True)
class ProblemKind:
    """One entry of the catalogue."""

    severity: Severity
    found: str
    expected: str
    action: str


_E, _W, _N = Severity.ERROR, Severity.WARNING, Severity.NOTE

CATALOGUE: Mapping[str, ProblemKind] = {
    # The duty table and the roster (zwgk check).
    "table_unreadable": ProblemKind(_E, "无法读取：{reason}", "可以打开的 Excel 工作簿", "请用 Excel 或 WPS 打开检查，必要时从备份恢复"),
    "table_heading_missing": ProblemKind(_E, "找不到“{heading}”一列", "表头中有“{heading}”", "请补回该列的表头"),
    "table_empty": ProblemKind(_E, "表中没有内容", "表头下面至少一行", "请填写，或从备份恢复"),
    "table_column_absent": ProblemKind(_W, "找不到“{heading}”一列，按空白处理", "表头中有“{heading}”", "如非有意删除，请补回该列"),
    "table_heading_repeated": ProblemKind(_W, "“{heading}”一列重复，这一列未采用", "每个表头只有一列", "请改名或删去多余的一列"),
    "duty_id_missing": ProblemKind(_E, "{heading}为空", "每一行都有编号，如 D42", "请填写编号"),
    "duty_id_repeated": ProblemKind(_E, "编号“{value}”与第 {row} 行重复", "编号不重复", "请改用新的编号"),
    "duty_id_form": ProblemKind(_E, "编号是“{value}”", "字母 D 加数字，如 D42", "请修改编号"),
    "duty_column_missing": ProblemKind(_E, "栏目和栏目名称均为空", "填有栏目名称", "请填写栏目名称"),
    "duty_column_filled": ProblemKind(_W, "原表栏目为空，现按“{value}”处理", "办公室确认的栏目名称", "请确认栏目名称；确认后填入“{heading}”，不再提示"),
    "duty_content_empty": ProblemKind(_W, "内容为空", "栏目应公开的内容", "请补充内容，便于责任部门对照"),
    "duty_category_unknown": ProblemKind(_E, "大项是“{value}”", "{choices}", "请从下拉列表选择"),
    "duty_cadence_unknown": ProblemKind(_E, "频次是“{value}”", "{choices}", "请从下拉列表选择"),
    "duty_cadence_contradicts": ProblemKind(_W, "频次选“{value}”，但报送要求写的是“{requirement}”", "频次与报送要求一致（应为{expected_cadence}）", "请核对频次"),
    "duty_flag_unknown": ProblemKind(_E, "{heading}是“{value}”", "是 或 否", "请从下拉列表选择"),
    "duty_due_conflict": ProblemKind(_W, "通知要求每月 {due} 日前报送，责任表写每月月底前（共 {count} 项）", "一个明确的时限", "现按 {due} 日为时限、{final}为最迟时限；如需调整请改 zwgk.toml 的 [deadlines]"),
    "duty_column_repeated": ProblemKind(_W, "栏目“{value}”与 {others} 重复", "栏目名称可区分", "如确为两项，可在栏目名称后加注"),
    "duty_likely_duplicate": ProblemKind(_W, "“{value}”与 {other} “{other_value}”内容可能重复", "一项内容只由一个栏目报送", "请确认是否合并"),
    "duty_questioned": ProblemKind(_W, "内容中留有疑问：“{value}”", "确定的内容", "请答复后删去疑问文字"),
    "duty_owner_missing": ProblemKind(_E, "责任单位为空", "至少一个单位或单位组", "请填写责任单位"),
    "owner_unknown": ProblemKind(_E, "单位通讯录中没有“{value}”{suggestion}", "单位通讯录中的单位、别名或单位组", "请改正名称，或在单位通讯录中增加该单位；单位更名的，请运行 zwgk check，它说明怎样写"),
    "owner_alias": ProblemKind(_W, "“{value}”是“{name}”的别名", "单位全称“{name}”", "已按“{name}”处理；建议改用全称"),
    "group_empty": ProblemKind(_W, "单位组“{value}”中没有单位", "组内至少一个单位", "请在单位通讯录的“{heading}”列为有关单位填上该组"),
    "group_kind_empty": ProblemKind(_W, "单位组“{value}”中没有单位", "单位通讯录中至少一个{kind}", "请在单位通讯录中补充{kind}"),
    "group_by_kind": ProblemKind(_W, "单位组“{value}”由单位类别决定，所填不起作用", "只能由办公室确定成员的单位组", "请删去该组，需要时改类别"),
    "group_unused": ProblemKind(_W, "没有责任事项由单位组“{value}”负责{suggestion}", "责任分工表中用到的单位组", "请核对名称，或删去该组"),
    "owner_ended": ProblemKind(_W, "“{value}”只用到 {last}", "仍在使用的单位", "由其他单位接替的，请在接替单位的“原单位”中填上它；改由别的单位负责的，请运行 zwgk duty reassign 编号 --to 单位 --from {next} --reason 理由"),
    "owner_months_form": ProblemKind(_E, "“{value}”看不懂是哪几个月", "如 市财政局（2027-01起）、市住建局（至2026-12）、市教育局（2026-01至2026-12）", "请把括号里改写成这样的月份"),
    "owner_months_order": ProblemKind(_E, "“{value}”的起止月份颠倒：{first} 晚于 {last}", "起始月份不晚于截止月份", "请核对两个月份"),
    "owner_gap": ProblemKind(_W, "{months}没有责任单位", "前后相接的起止月份", "请改起止月份，使它们前后相接；这段时间本来就不报送的，不必处理"),
    "owner_none_left": ProblemKind(_W, "{last} 以后没有责任单位", "至少一个没有写截止月份的责任单位", "请补上以后的责任单位；不再要求报送的，请填停用月份 {last}"),
    "month_form": ProblemKind(_E, "{heading}是“{value}”", "月份，如 2026-11", "请按 2026-11 的形式填写"),
    "month_order": ProblemKind(_E, "{heading} {value} 早于{first_heading} {first}", "不早于{first_heading}", "请核对两个月份"),
    "unit_missing": ProblemKind(_E, "单位名称为空", "单位全称", "请填写单位，或删去该行"),
    "unit_repeated": ProblemKind(_E, "单位“{value}”与第 {row} 行重复", "同一时期每个单位一行", "请合并两行，或用启用、停用月份区分"),
    "unit_alias_conflict": ProblemKind(_E, "别名“{value}”已属于“{other}”", "别名只属于一个单位", "请删去其中一个"),
    "unit_kind_unknown": ProblemKind(_E, "类别是“{value}”", "{choices}", "请从下拉列表选择"),
    "unit_mail_missing": ProblemKind(_W, "{count} 个单位没有邮箱：{units}", "每个单位至少一个邮箱", "请补充邮箱，否则无法邮件发送"),
    "unit_mail_form": ProblemKind(_E, "邮箱是“{value}”", "邮箱地址，如 name@example.gov.cn", "请改正邮箱地址"),
    "unit_township_unconfirmed": ProblemKind(_W, "{count} 个乡镇（街道）为预置名单", "办公室确认过的名单", "请核对名单，并在备注中删去“待确认”"),
    "unit_predecessor_unknown": ProblemKind(_E, "原单位“{value}”不在单位通讯录中", "单位通讯录中已有的单位", "请改正名称"),
    "mailbox_missing": ProblemKind(_W, "没有填写收报送表的邮箱", "[office] 的 mailbox，如 zwgk@example.gov.cn", "请在 zwgk.toml 中填写，再生成报送表；否则封面上写不出发送到哪里"),
    # The same tables compared with the last month issued (zwgk check).
    "issued_owner_changed": ProblemKind(_W, "{duty} {column} 在已下发的 {cycle} 由“{before}”报送，表中现为“{after}”，{why}", "写明从哪个月起改由谁报送，且那个月还没有下发", "从 {next} 起的，请把这一格写成“{answer}”；{last} 及以前不变；{last} 也要改的，请运行 zwgk generate {last} --amend --reason 理由"),
    "issued_members_changed": ProblemKind(_N, "{duty} {column} 的单位组比已下发的 {cycle} 增加了“{after}”", "单位组的成员", "从 {next} 起报送，{cycle} 及以前不变，不必处理"),
    "issued_cadence_changed": ProblemKind(_W, "{duty} {column} 在已下发的 {cycle} 是“{before}”报送，表中现为“{after}”，没有写从哪个月起", "写明从哪个月起改变频次", "从 {next} 起的，请把这一行改回“{before}”、停用月份填 {last}，另起一行用新的编号、频次“{after}”、启用月份填 {next}；{last} 及以前不变；{last} 也要改的，请运行 zwgk generate {last} --amend --reason 理由"),
    "issued_deadline_changed": ProblemKind(_N, "“{cadence}”的时限与下发时不同：{task} 下发 {cycle} 时是 {before}，按现在的 [deadlines] 和工作日历是 {after}", "时限从下一个未下发的月份起改变", "改动从 {next} 起生效，已下发的不变，不必处理；{cycle} 也要改的，请运行 zwgk generate {cycle} --amend --reason 理由；不是有意改的，请改回"),
    "issued_duty_missing": ProblemKind(_W, "{duty} {column} 已下发到 {cycle}，表中没有这一行{where}", "停用的行保留，并填有停用月份", "不再要求的，请补回这一行并填停用月份 {last}；改了编号的，请改回 {duty}；从 {next} 起不再报送，{last} 及以前不变"),
    "issued_duty_moved": ProblemKind(_W, "{duty} {column} 已下发到 {cycle}，表中没有这一行，{value} 与它内容相同", "编号不变", "改了编号的，请改回 {duty}；停用后另设的，请补回 {duty} 一行、停用月份填 {last}，{value} 的启用月份填 {next}"),
    "issued_unit_renamed": ProblemKind(_W, "“{before}”在已下发的 {cycle} 中，通讯录里没有了；“{value}”是新出现的：是更名，还是新设", "更名或合并的写明原单位", "是更名的，请把名称改回“{before}”，再运行 zwgk unit rename {old} {new} --from {next} --reason 理由；自己改表的，在这一行的“{heading}”填“{before}”、启用月份填 {next}，并补回“{before}”一行、停用月份填 {cycle}；是新设单位的，请补回“{before}”一行，这一行启用月份填 {next}"),
    "issued_unit_missing": ProblemKind(_W, "“{before}”在已下发的 {cycle} 中，通讯录里没有了{where}", "停用的单位保留，并填有停用月份", "请补回“{before}”一行，停用月份填 {cycle}；有单位接替的，在接替单位的“{heading}”填“{before}”"),
    "issued_unit_ended": ProblemKind(_W, "“{value}”只用到 {last}，却在已下发的 {cycle} 中", "停用月份不早于最近下发的月份", "从 {next} 起停用的，请把停用月份改为 {cycle}，已下发的不变；已下发的也要改的，请运行 zwgk generate {cycle} --amend --reason 理由"),
    "issued_unit_new": ProblemKind(_W, "“{value}”不在已下发的 {cycle} 中，{why}", "新出现的单位写明启用月份，且那个月还没有下发", "请填启用月份 {next}；是由别的单位更名、合并来的，还要填“{heading}”，原单位的停用月份填 {cycle}"),
    "issued_kind_changed": ProblemKind(_N, "“{value}”在已下发的 {cycle} 是“{before}”，表中现为“{after}”", "类别从下一个未下发的月份起改变", "改动从 {next} 起生效，{cycle} 及以前不变，不必处理；{cycle} 也要改的，请运行 zwgk generate {cycle} --amend --reason 理由"),
    # A returned workbook as a file.
    "file_unreadable": ProblemKind(_E, "文件无法读取：{reason}", "可以打开的 .xlsx 工作簿", "请用 Excel 或 WPS 打开本月信息报送表，另存后重新报送"),
    "file_too_large": ProblemKind(_E, "文件大小 {size}", "不超过 {limit}", "请删去图片等多余内容后重新报送"),
    "file_kind": ProblemKind(_E, "文件是{kind}", "信息报送表（.xlsx）", "请报送本月下发的信息报送表"),
    "file_protected": ProblemKind(_E, "文件是{kind}，办公室没有密钥，打不开", "没有加密保护的信息报送表（.xlsx）", "请在本单位装有加密软件、能正常打开它的电脑上解密（外发审批）或取消权限保护，再重新报送"),
    "file_pictured": ProblemKind(_E, "文件是{kind}，不是可以填写的表格", "填好的信息报送表（.xlsx）原件", "请在下发的信息报送表中填写并直接报送，不要打印、扫描、截图或拍照"),
    "file_convertible": ProblemKind(_E, "文件是{kind}，这里读不了", "信息报送表（.xlsx）", "请在原来的程序中打开，导出或另存为 Excel 工作簿（.xlsx），再重新报送"),
    "file_shortcut": ProblemKind(_E, "文件只是{kind}，里面没有报送内容", "信息报送表（.xlsx）文件本身", "请找到文件本身（在线文档请先下载为 .xlsx），再重新报送"),
    "file_unsafe": ProblemKind(_E, "文件结构异常：{reason}", "Excel 或 WPS 正常保存的工作簿", "请用 Excel 或 WPS 打开后另存，再重新报送"),
    "file_encrypted": ProblemKind(_E, "文件加了打开密码，已知的密码都打不开", "没有打开密码的工作簿", "请取消打开密码后重新报送，或把密码告知政务公开办公室"),
    "file_crashed": ProblemKind(_E, "读取这个文件时程序中断（{reason}）", "Excel 或 WPS 正常保存的工作簿", "请用 Excel 或 WPS 打开本月信息报送表，另存后重新报送"),
    "file_too_slow": ProblemKind(_E, "读取这个文件超过 {seconds} 秒", "可以很快读完的工作簿", "请删去多余的内容，另存后重新报送"),
    "file_decrypted": ProblemKind(_N, "文件加了打开密码，已用{which}打开", "没有打开密码的工作簿", "无需处理，内容已读取"),
    "file_as_text": ProblemKind(_N, "文件是{kind}，已按其中的表格读取", "信息报送表（.xlsx）", "无需处理；下次请直接报送下发的信息报送表"),
    "macros_ignored": ProblemKind(_N, "工作簿带有宏，宏没有运行", "不带宏的工作簿（.xlsx）", "无需处理，内容已读取"),
    "sheet_foreign": ProblemKind(_N, "这张表是{kind}，没有运行，也没有读取", "普通工作表", "无需处理，其余工作表已读取"),
    "sheet_unread": ProblemKind(_W, "这张表没有读取：{reason}", "可以读取的工作表", "表中如有要报送的内容，请移到信息明细；否则请删去这张表"),
    "file_locked": ProblemKind(_E, "暂时无法读取（{reason}），尚未登记", "可以读取的文件", "请关闭打开它的程序或检查权限，再运行一次即可"),
    "file_duplicate": ProblemKind(_N, "内容与“{first}”完全相同", "尚未报送过的内容", "无需处理，以先收到的一份为准"),
    "file_renamed": ProblemKind(_N, "文件原名“{value}”，这种名称的文件会被程序或系统自动使用，已改名保存", "信息报送表（.xlsx）", "无需处理；请不要改回原名，也不要打开"),
    "file_set_aside": ProblemKind(_N, "{who}已核实：不是报送件{reason}（原结论：{former}）", "信息报送表", "无需处理"),
    "receipt_withdrawn": ProblemKind(_N, "{who}已撤回这份收件{reason}（原结论：{former}），不计入报送", "信息报送表", "无需处理；要恢复的，用 zwgk history 查编号，用 zwgk undo 撤销"),
    "receipt_timed": ProblemKind(_N, "收件时间由{who}更正{reason}（原为 {former}）", "实际收到的时间", "无需处理"),
    "file_withdrawn": ProblemKind(_W, "与已撤回的收件 {number} 是同一个文件，没有重新登记", "尚未登记的文件", "要恢复的运行 zwgk undo {act} --reason 理由；单位确又报来的，把文件改名后再登记"),
    "file_unfetched": ProblemKind(_W, "收取邮件时中断，或有人放进了这个文件夹，尚未登记", "收取完毕的邮件附件", "请再运行一次 zwgk fetch；自己放进来的文件请移到收件箱"),
    # How a file came by mail, and what came without one.
    "sender_unknown": ProblemKind(_E, "发件人 {sender} 不在单位通讯录中", "单位通讯录中的邮箱", "请核实来源；属实的，在单位通讯录中补上邮箱，并运行 zwgk receive --receipt 收件号 --assign 单位 --cycle 月份"),
    "sender_unclear": ProblemKind(_E, "看不出是谁发的：{reason}", "一个发件人，一个地址", "请打开邮件并与该单位核实；属实的，运行 zwgk receive --receipt 收件号 --assign 单位 --cycle 月份；不属实的，运行 zwgk receive --receipt 收件号 --set-aside"),
    "sender_failed": ProblemKind(_E, "发件人 {sender} 没有通过邮件服务器的核验（{results}），可能是冒名", "通过核验的发件人", "请打电话与该单位核实；属实的，运行 zwgk receive --receipt 收件号 --assign 单位 --cycle 月份；不属实的，运行 zwgk receive --receipt 收件号 --set-aside"),
    "sender_unproved": ProblemKind(_N, "邮件服务器没有证明发件人 {sender} 属实（{results}）", "通过核验的发件人", "无需处理；可请该单位的邮箱管理员设置 SPF、DKIM"),
    "sender_takes_back": ProblemKind(_E, "{sender} 发来的这份表撤回了已收下的内容：{what}；{why}", "原发件人发来、并通过核验的更正", "请打电话与“{unit}”核实；属实的，运行 zwgk receive --receipt 收件号 --assign 单位 --cycle {cycle}，不属实的，运行 zwgk receive --receipt 收件号 --set-aside"),
    "sender_differs": ProblemKind(_W, "发件人 {sender} 是{other}的邮箱，报送表是“{unit}”的", "“{unit}”的邮箱", "请核实是否代报；确为该单位的，在单位通讯录中补上邮箱"),
    "sender_unchecked": ProblemKind(_N, "“{unit}”没有登记邮箱，无法核对发件人 {sender}", "单位通讯录中的邮箱", "请核对后在单位通讯录中补上邮箱"),
    "sender_office": ProblemKind(_N, "由办公室邮箱 {sender} 转来，未核对原发件人", "单位通讯录中的邮箱", "无需处理"),
    "mail_bounced": ProblemKind(_W, "发给 {recipient}（{unit}）的邮件被退回{reason}", "可以送达的邮箱", "请核对单位通讯录中的邮箱，改正后重新发送"),
    "mail_too_large": ProblemKind(_W, "邮件有 {size} MB，没有取回", "不超过 {limit} MB 的邮件", "请登录邮箱查看，下载附件后放进收件箱，或请对方只发报送表"),
    "mail_unread": ProblemKind(_W, "邮件没有读懂（{reason}），只登记了发件人和主题", "程序可以很快读完的邮件", "请登录邮箱查看，下载附件后放进收件箱，或请对方只发报送表"),
    "mail_parts_left": ProblemKind(_W, "邮件中还有 {count} 个部分没有读取", "附件不多的邮件", "请登录邮箱查看，需要的附件下载后放进收件箱"),
    "mail_linked": ProblemKind(_W, "邮件没有附上文件，只有链接（{link}）", "直接附上的报送表", "请该单位下载为 .xlsx 后作为附件重新发送；也可以由办公室核实后下载、放进收件箱（链接会过期）"),
    "mail_encrypted": ProblemKind(_E, "是{kind}，办公室没有解密的密钥，打不开", "不加密的邮件", "请关闭邮件加密后重新发送；必须加密的，请给工作簿设打开密码并把密码告知办公室"),
    "mail_signed": ProblemKind(_N, "邮件带有数字签名，签名没有核验", "邮件服务器核验的发件人", "无需处理，附件已分别登记"),
    "clock_behind": ProblemKind(_W, "电脑的时间比邮件服务器慢约 {span}（最新一封邮件收于 {received}）", "准确的时间", "请校准电脑的时间（开启自动同步），再运行一次；收件时间以服务器的为准，校准之前这些邮件还不计入"),
    "archive_opened": ProblemKind(_N, "压缩包中有 {count} 个文件：{names}", "直接报送的工作簿", "无需处理，各文件已分别登记"),
    "archive_without_report": ProblemKind(_E, "压缩包中没有可以读取的信息报送表{names}", "装有信息报送表的压缩包", "请核对压缩包，放入填好的信息报送表后重新报送"),
    "archive_encrypted": ProblemKind(_E, "压缩包加了密码", "没有密码的压缩包（ZIP）", "请不加密码重新压缩，或直接发送附件"),
    "archive_no_tool": ProblemKind(_E, "这台电脑打不开{kind}", "压缩包（ZIP）", "请改用 zip 格式，或直接发送附件"),
    "archive_volume": ProblemKind(_E, "只是分卷压缩包中的一卷，单独打不开", "一个完整的压缩包（ZIP）", "请不分卷，重新压缩为 zip 格式，或直接发送附件"),
    "archive_unsafe": ProblemKind(_E, "压缩包异常：{reason}", "只装有报送文件的压缩包（ZIP）", "请只放入信息报送表后重新压缩，或直接发送附件"),
    "mail_opened": ProblemKind(_N, "邮件中有 {count} 个附件：{names}", "直接报送的工作簿", "无需处理，各附件已分别登记"),
    "mail_without_report": ProblemKind(_E, "邮件中没有可以读取的信息报送表{names}", "附有信息报送表的邮件", "请核对邮件，附上填好的信息报送表后重新报送"),
    "archive_nested": ProblemKind(_W, "压缩包里还有多层压缩包“{value}”，未打开", "报送文件直接放在压缩包内", "请改为只压缩一层，或直接发送附件"),
    "rows_too_many": ProblemKind(_E, "填写了 {count} 行", "不超过 {limit} 行", "请删去误填的行，或分几次报送"),
    "sheet_too_large": ProblemKind(_E, "工作表的内容延伸到第 {rows} 行、第 {columns} 列", "不超过 {limit_rows} 行、{limit_columns} 列，且中间没有大片空白", "请删去表格下方和右侧多余的内容后重新报送"),
    "not_a_report": ProblemKind(_E, "不是信息报送表：{reason}", "本月下发的信息报送表", "请用下发的信息报送表填报"),
    "identity_missing": ProblemKind(_E, "没有身份标记{proposal}", "下发时带有的身份标记", "请核实单位和月份后运行 zwgk receive --receipt 收件号 --assign 单位 --cycle 月份，或请该单位用原表填报"),
    "identity_forged": ProblemKind(_E, "身份标记与内容不符（{claim}）{proposal}", "下发时的身份标记", "请核实来源，确认后运行 zwgk receive --receipt 收件号 --assign 单位 --cycle 月份，或请该单位用原表填报"),
    "identity_foreign": ProblemKind(_E, "身份标记是“{claim}”的，表却不是与它一起下发的（{reason}）{proposal}", "标题、任务清单与身份标记一致", "请核实来源，确认后运行 zwgk receive --receipt 收件号 --assign 单位 --cycle 月份，或请该单位用原表填报"),
    "tasks_altered": ProblemKind(_W, "任务清单与下发时不同：{what}", "下发时的任务清单", "任务和时限以下发时的为准；请核对，下次请不要改动任务清单中的锁定栏"),
    "identity_assigned": ProblemKind(_N, "由{who}指定为{unit} {cycle} 的报送件{against}", "下发时带有的身份标记", "无需处理；下次请该单位用原表填报"),
    "unit_differs": ProblemKind(_W, "身份标记是“{unit}”，表中或文件名写的是“{other}”", "本单位的信息报送表", "现按“{unit}”登记；如是“{other}”误用了别的单位的表，请其用自己的表重新报送"),
    "schema_old": ProblemKind(_W, "模板版本是 {value}，较旧", "版本 {expected_versions} 的信息报送表", "内容已读取；下次请用最新下发的信息报送表填报"),
    "schema_new": ProblemKind(_E, "模板版本是 {value}，比本程序新", "版本 {expected_versions} 的信息报送表", "请升级 zwgk-excel 后重新收取"),
    "schema_unknown": ProblemKind(_E, "模板版本是“{value}”", "{expected_versions}", "请用最新下发的信息报送表填报"),
    "unit_unknown": ProblemKind(_E, "单位“{value}”不在单位通讯录中{proposal}", "单位通讯录中的单位", "请核对单位通讯录；已更名或合并的，运行 zwgk receive --receipt 收件号 --assign 单位 --cycle 月份 指定给现在的单位"),
    "unit_ended": ProblemKind(_E, "单位“{value}”在 {cycle} 已停用{proposal}", "该月仍在使用的单位", "请核对单位通讯录，或运行 zwgk receive --receipt 收件号 --assign 单位 --cycle 月份 指定给接续的单位"),
    "cycle_unissued": ProblemKind(_E, "报送月份 {value} 尚未下发", "已下发的月份", "请核对文件；生成该月报送表后，运行 zwgk receive --receipt 收件号 --assign 单位 --cycle 月份 登记"),
    "cycle_earlier": ProblemKind(_W, "是 {value} 的报送表，收到时 {newest} 的已下发", "本月下发的信息报送表", "已计入 {value}；如要报的是 {newest} 的内容，请改用新表"),
    "report_untouched": ProblemKind(_E, "表中没有填写任何内容", "填好的任务清单和信息明细", "请填写后重新报送；确无信息的，逐项选本期无更新并说明"),
    "report_of_nothing": ProblemKind(_N, "表中没有填写任何内容，也没有到期应报的任务", "有信息即报的，有了再填", "无需处理，按本月没有信息登记"),
    "sheet_missing": ProblemKind(_E, "缺少“{value}”工作表", "信息报送表原有的工作表", "请用下发的信息报送表填报，不要删除工作表"),
    "heading_missing": ProblemKind(_E, "找不到“{heading}”一列", "表头中有“{heading}”", "请恢复表头，或用下发的信息报送表填报"),
    # Cells of a returned workbook.
    "cell_error": ProblemKind(_E, "{heading}是错误值 {value}", "{heading}的内容", "请重新填写该单元格"),
    "cell_formula": ProblemKind(_E, "{heading}是公式，没有可读的结果", "直接填写的内容", "请把公式换成它的值"),
    "cell_picture": ProblemKind(_E, "{heading}是嵌在单元格中的图片，没有文字", "{heading}的文字", "请在该单元格填写文字；图片另存为文件，与报送表一起发来"),
    "cell_too_long": ProblemKind(_E, "{heading}有 {length} 个字", "不超过 {limit} 个字", "请缩短"),
    "text_outside": ProblemKind(_W, "表外有内容“{value}”", "内容填在表格各列中", "请移到对应的列，或删去"),
    "date_form": ProblemKind(_E, "{heading}是“{value}”", "日期，如 2026-03-01", "请改正后重新报送"),
    "date_range": ProblemKind(_E, "{heading}是 {value}", "{first} 至 {last} 之间的日期", "请核对日期"),
    "choice_unknown": ProblemKind(_E, "{heading}是“{value}”", "{choices}", "请从下拉列表选择"),
    "link_form": ProblemKind(_E, "{heading}是“{value}”", "以 http:// 或 https:// 开头的网址", "请粘贴完整网址"),
    "link_cloud": ProblemKind(_W, "{heading}是在线文档或网盘的链接（{link}），公众打不开", "政府网站上已公开页面的网址", "请先在网站公开，再填写公开页面的网址"),
    "number_form": ProblemKind(_E, "{heading}是“{value}”", "整数", "请改正后重新报送"),
    "normalised": ProblemKind(_N, "{heading}“{value}”已按“{result}”理解", "规范的写法", "无需处理；下次请直接按此填写"),
    "hidden_characters": ProblemKind(_N, "{count} 个单元格中有看不见的字符（{kinds}），已去除", "看得见的文字", "无需处理；从网页、微信复制的内容请用“只粘贴文本”"),
    "sheet_found": ProblemKind(_N, "没有“{value}”工作表，已从“{sheet}”工作表读取", "信息报送表原有的工作表名称", "无需处理；下次请不要给工作表改名"),
    "sheet_copied": ProblemKind(_N, "“{value}”另有一张工作表，已一并读取{same}", "一张“{value}”工作表", "请核对两张表的内容；下次请填在一张表里"),
    "sheet_rest": ProblemKind(_W, "还有 {count} 处表外内容，不逐一列出", "内容填在表格各列中", "请移到对应的列，或删去"),
    "heading_guessed": ProblemKind(_N, "{what}，已按“{heading}”一列读取", "下发时的表头", "无需处理；下次请不要改动表头"),
    "heading_split": ProblemKind(_N, "表头分在两行，已合并读取", "下发时的一行表头", "无需处理；下次请不要改动表头"),
    "headings_assumed": ProblemKind(_N, "没有表头，已按下发时各列的次序读取", "下发时的表头", "请核对各列内容；下次请不要删除表头"),
    "header_repeated": ProblemKind(_N, "第 {row} 行是重复的表头，已跳过", "一行表头", "无需处理"),
    "total_skipped": ProblemKind(_N, "合计行的“{value}”不作为信息", "每条信息一行", "无需处理；条数由系统统计"),
    "sign_off": ProblemKind(_N, "“{value}”是落款，不作为信息", "", "无需处理"),
    "merged_filled": ProblemKind(_N, "{heading}与 {cell} 合并，已按“{value}”读取", "每行分别填写，不合并单元格", "无需处理；下次请逐行填写"),
    "hint_changed": ProblemKind(_N, "标题下的提示与下发时不同：“{value}”", "下发时的填表提示", "无需处理；内容请填在表格各列中"),
    "task_guessed": ProblemKind(_N, "{headings}“{value}”与下发时不同，已按栏目“{column}”认作“{label}”", "下发时的任务清单", "无需处理；下次请不要改动任务清单中的锁定栏"),
    "row_repaired": ProblemKind(_N, "{what}", "下发时的表格样式", "无需处理，内容已读取"),
    # Tasks and items.
    "task_unknown": ProblemKind(_E, "{heading}是“{value}”", "任务清单中的任务", "请从下拉列表选择任务"),
    "task_unlisted": ProblemKind(_E, "任务清单中的“{value}”不是下发给该单位的报送任务", "下发时任务清单中的任务", "请用下发的信息报送表填报"),
    "task_missing": ProblemKind(_E, "没有选择{heading}", "任务清单中的任务", "请从下拉列表选择该条信息对应的任务"),
    "task_repeated": ProblemKind(_W, "任务“{value}”在任务清单中出现两次", "每个任务一行", "请只填一行；现以先出现的为准"),
    "task_unanswered": ProblemKind(_W, "任务“{value}”没有填报", "报送信息，或选本期无更新并说明", "请补报"),
    "task_without_items": ProblemKind(_E, "任务“{value}”选了已报送，但信息明细中没有条目", "至少一条信息", "请在信息明细中填写，或改选本期无更新"),
    "task_answered": ProblemKind(_N, "任务“{value}”没有新的信息；已按 {received} 收到的报送件计入", "补报的任务填写新的信息", "无需处理，不必重复填写"),
    "task_revoked": ProblemKind(_N, "任务“{value}”下发后已更正或撤回，不必再报", "现在仍要求该单位报送的任务", "无需处理；所填内容留存，不计入报送"),
    "nil_without_statement": ProblemKind(_E, "任务“{value}”选了本期无更新，没有说明", "无更新说明，如：经核实，本期无应公开信息", "请填写无更新说明"),
    "nil_refused": ProblemKind(_E, "任务“{value}”每期都应有信息，不能选本期无更新", "本期的信息", "请在信息明细中填写；确有特殊情况的，请与政务公开办公室联系"),
    "nil_with_items": ProblemKind(_W, "任务“{value}”选了本期无更新，但有 {count} 条信息", "两者一致", "现按已报送处理；请核对报送状态"),
    "pending_with_items": ProblemKind(_W, "任务“{value}”选了未报送，但有 {count} 条信息", "两者一致", "现按已报送处理；请核对报送状态"),
    "statement_without_nil": ProblemKind(_W, "任务“{value}”写了无更新说明，但没有选本期无更新", "报送状态选本期无更新", "如确无更新，请选本期无更新"),
    "item_field_missing": ProblemKind(_E, "缺{heading}（必填）", "", "请补填"),
    "item_published_early": ProblemKind(_E, "发布日期 {published} 早于形成日期 {formed}", "发布日期不早于形成日期", "请核对两个日期"),
    "item_published_future": ProblemKind(_E, "{heading} {value} 晚于收件日期 {received}", "不晚于收件日期的日期", "请核对日期"),
    "item_overdue": ProblemKind(_W, "形成后 {days} 个工作日才发布{provisional}", "{limit} 个工作日内发布（政府信息公开条例第二十六条）", "请说明原因，今后按时发布"),
    "item_reviewer_repeated": ProblemKind(_W, "{first}和{second}都是“{value}”", "初审、复审、终审由不同的人签发", "请核对三审签发人"),
    "item_draft_note_missing": ProblemKind(_E, "规范性文件没有{heading}", "{heading}的网址或文件名（未报送的文件不予上网）", "请补充{heading}"),
    "item_reading_missing": ProblemKind(_W, "规范性文件没有{heading}", "{heading}的网址或文件名（解读文件同步报送）", "请补充{heading}"),
    "item_repeated": ProblemKind(_W, "与第 {row} 行是同一条信息", "每条信息一行", "如确为同一条，请删去一行"),
    "news_for_policy": ProblemKind(_E, "任务“{value}”只有新闻动态", "政策文件、解读等（政策性栏目不得用新闻信息代替）", "请补报政策性信息"),
    # Across returns and in the tracker.
    "items_vanished": ProblemKind(_W, "重新报送时漏列原已报的“{title}”（{task}）", "已报送的信息保留在表中", "请确认是否撤下；误删的请补回"),
    "report_taken_back": ProblemKind(_W, "{task}在 {received} 收到的收件 {earlier} 中已报送，最新的收件 {number} 中没有了；现仍按已报送计", "由办公室决定是否同意撤回", "请与该单位核实：同意撤回的运行 zwgk receipt take-back {number} --reason 理由；仍算已报送的运行 zwgk receipt keep {number} --reason 理由"),
    "task_taken_back": ProblemKind(_W, "任务“{value}”上次已报送，这一份{now}", "已报送的内容保留在表中", "误删的请补回后重新报送；确要撤回的，请告知政务公开办公室"),
    "nil_repeated": ProblemKind(_W, "{unit} {task} 从 {first} 到 {last} 连续 {count} 期报“本期无更新”", "有更新的栏目按期报送信息", "请核实该栏目是否确无更新；确实如此的，不必处理"),
    "office_cell_form": ProblemKind(_E, "{what}看不懂", "{expected_value}", "请在总台账中改正或清空；在此之前不采用"),
    "decision_closed": ProblemKind(_E, "{month} 已结账，{what}没有办理", "未结账月份的任务", "请清空所填；确要更改的，先用 zwgk reopen {month} --reason 理由 撤销结账，再办理"),
    "decision_undated": ProblemKind(_E, "这项任务没有时限，{what}没有办理", "有报送时限的应报任务", "请清空所填；没有时限的任务从不算迟报"),
    "extension_early": ProblemKind(_E, "{what}，不晚于原时限 {due}", "{due} 以后的日期", "请核对日期；不延期的清空所填"),
    "extension_far": ProblemKind(_E, "{what}，晚于最远的 {latest}", "{latest} 及以前的日期（最多延期 {days} 天）", "请核对日期；确需更久的，在 zwgk.toml 中写 extend_within_days"),
    "decision_older": ProblemKind(_W, "{what}是在 {at} {who}办理“{other}”之前填的", "以后办理的为准", "已按“{other}”办理；如仍要改，请重新填写"),
    "decision_newer": ProblemKind(_N, "{what}是在 {at} {who}办理“{other}”之后填的", "以后办理的为准", "已按总台账所填办理；如有不妥，请重新办理"),
    "office_row_repeated": ProblemKind(_W, "任务 {key} 在总台账中出现两次，办公室所填不一致", "每个任务一行", "现以先出现的一行为准；请删去多余的行"),
    "office_value_moved": ProblemKind(_N, "{key} 已不在总台账中，自加列所填“{heading}：{value}”移到了“{sheet}”工作表", "总台账中的任务或行", "无需处理；该行恢复后自动回到原处"),
    "tracker_part_unkept": ProblemKind(_E, "含有{what}，汇总重新写成总台账时保留不了", "重新写成后什么也不缺", "{advice}"),
    "rectification_day": ProblemKind(_E, "{heading}填的是 {value}，早于立项日期 {raised_on}", "不早于立项日期的日期", "请在整改台账中改正；在此之前不销号"),
    "rectification_not_raised": ProblemKind(_W, "{heading}填的是 {value}，但这项督促还没有立项", "立项之后才能销号", "请先用 zwgk rectify 立项，或清空此格；在此之前不采用"),
    # The template of the bulletin.
    "template_unreadable": ProblemKind(_E, "模板无法读取", "Word 或 WPS 保存的 .docx 文档", "请用 Word 或 WPS 打开后另存为 .docx；或删去它，改用自带的模板"),
    "template_tag_unknown": ProblemKind(_E, "模板中有不认识的标签“{tag}”", "下列标签或其中各行的栏名：{known}", "请改正模板中的标签；或删去模板，改用自带的模板"),
    "template_acts": ProblemKind(_E, "模板中的域 {field} 会读取别的文件或运行程序", "只用本文档内容的域，如 PAGE、DATE", "请在 Word 中删去这个域；或删去模板，改用自带的模板"),
    "template_endless": ProblemKind(_E, "按模板写通报超过 {seconds} 秒，或占用内存过多", "很快就能写完的模板", "请检查模板中的循环（for）和算式；或删去模板，改用自带的模板"),
    "template_tag_wrong": ProblemKind(_E, "模板中的标签“{tag}”写法不对", "成对的花括号，其中写标签名", "请改正模板中的标签；或删去模板，改用自带的模板"),
}
"""Problem code → kind."""
