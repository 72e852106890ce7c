"""``zwgk.toml``: the office's settings, validated when they are read."""

from __future__ import annotations

import re
import tomllib
from datetime import date, time
from ipaddress import ip_network
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator
from pydantic_core import ErrorDetails, PydanticCustomError

from zwgk_excel.domain.addresses import is_address
from zwgk_excel.domain.deadlines import Policy
from zwgk_excel.domain.escalation import EscalationPolicy
from zwgk_excel.domain.score_rules import Scoring
from zwgk_excel.domain.workdays import Workdays
from zwgk_excel.layout.columns import layout
from zwgk_excel.layout.escalation import SECTION as LADDER
from zwgk_excel.layout.escalation import escalation_policy_with, require_fair_ladder
from zwgk_excel.layout.holidays import provisional_days_off
from zwgk_excel.layout.policy import POLICY_KEYS, load_policy
from zwgk_excel.layout.scoring import SECTION as SCORING
from zwgk_excel.layout.scoring import merged_scoring_table, require_fair, scoring_from
from zwgk_excel.layout.toml_values import as_toml
from zwgk_excel.mail.servers import host_fault, is_loopback
from zwgk_excel.web.addresses import listed_host
from zwgk_excel.workbooks.opening.bounded_files import read_file
from zwgk_excel.workflow.errors import UserError, reason_of

LARGEST = 1 << 20
"""Bytes of a settings file; one typed by hand has a hundredth of it."""
_SAID = "said"
"""Type of the errors that carry their own Chinese words."""
_REASONS = {
    "extra_forbidden": "没有这个设置项，请检查拼写",
    "string_type": "应为带引号的文字",
    "literal_error": "应为 {choices}",
    "greater_than_equal": "不能小于 {ge}",
    "less_than_equal": "不能大于 {le}",
    **dict.fromkeys(("int_type", "int_parsing"), "应为整数"),
    **dict.fromkeys(("bool_type", "bool_parsing"), "应为 true 或 false，不带引号"),
    **dict.fromkeys(("time_type", "time_parsing"), '应为时间，如 "08:30"'),
    **dict.fromkeys(("date_type", "date_parsing", "date_from_datetime_parsing"), "应为日期，如 2026-10-01"),
    "tuple_type": "应为列表，用方括号括起，几项之间用逗号隔开",
}
"""What is wrong, by pydantic's type of error."""
_AT = re.compile(r"\(at line (\d+), column (\d+)\)")
_TWICE = re.compile("overwrite|twice")
"""Of the messages of ``tomllib``."""


def _custom_error(words: str) -> PydanticCustomError:
    return PydanticCustomError(_SAID, "{words}", {"words": words})


def _address(text: str) -> str:
    if text and not is_address(text):
        raise _custom_error("应为一个邮箱地址，如 zwgk@example.gov.cn")
    return text


def _host(text: str) -> str:
    if fault := host_fault(text):
        raise _custom_error(fault)
    return text


def _visited_host(text: str) -> str:
    if listed_host(text) is None:
        raise _custom_error("应为网站名称，如 www.example.gov.cn、*.example.gov.cn（其下的各网站），可带端口 :8080")
    return text


def _network(text: str) -> str:
    try:
        ip_network(text)
    except ValueError:
        raise _custom_error("应为网段，如 10.1.2.0/24") from None
    return text


Address = Annotated[str, AfterValidator(_address)]
Host = Annotated[str, AfterValidator(_host)]
VisitedHost = Annotated[str, AfterValidator(_visited_host)]
NetworkText = Annotated[str, AfterValidator(_network)]


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class OfficeSettings(_Section):
    """[office]: the office's name, the mailbox for returns, whom to ask, who decides, and the county's name."""

    name: str = "市政务公开领导小组办公室"
    mailbox: str = ""
    contact: str = ""
    """Whom units may ask, as workbooks, mark-ups and mails name the person; nobody where empty."""
    telephone: str = ""
    """The telephone number for that; none where empty."""
    person: str = ""
    """Who decides where a command names nobody; empty to ask for the name each time."""
    region: str = ""
    """The county's name for those who gather many workspaces; the folder's or schema's where empty."""
    backup: str = ""
    """The folder that holds copies of this workspace, relative to it or a whole path; ``zwgk doctor`` looks there."""

    @property
    def contact_words(self) -> str:
        """Whom to ask and how, in one phrase: ``张三，联系电话 0714-0000000``; empty where neither is set."""
        number = f"{layout('report')['items'].heading('phone')} {self.telephone}" if self.telephone else ""
        return "，".join(filter(None, (self.contact, number)))


class LedgerSettings(_Section):
    """[ledger]: the ledger's URL; empty for ``zwgk.db`` in the workspace."""

    url: str = ""


class CalendarSettings(_Section):
    """[calendar]: the office's own days off and worked, over the announced calendar."""

    off: tuple[date, ...] = ()
    worked: tuple[date, ...] = ()
    announced: tuple[int, ...] = ()
    """Years whose announced calendar the office has entered whole, before a version of the program knows it."""

    @model_validator(mode="after")
    def _entered(self) -> Self:
        # Without its days off every statutory holiday of such a year would be a working day, and nobody would be told.
        if bare := sorted(set(self.announced) - {day.year for day in self.off}):
            years = "、".join(map(str, bare))
            raise _custom_error(
                f"announced 里有 {years}，off 里却没有这一年放假的日子；请把 off、worked 录全，"
                "没有公布的年份和程序已有放假安排的年份，请从 announced 中删去"
            )
        return self


def load_workdays(own: CalendarSettings) -> Workdays:
    """Every announced exception to Monday-to-Friday, overlaid by the office's own.

    Of years that are not announced the statutory days off are known (:mod:`zwgk_excel.layout.holidays`).
    """
    from chinese_calendar.constants import holidays, workdays  # takes 30 ms, and most commands count no days

    exceptions: dict[date, bool] = dict.fromkeys(holidays, False) | dict.fromkeys(workdays, True)
    years = frozenset(day.year for day in exceptions) | frozenset(own.announced)
    exceptions |= dict.fromkeys(own.off, False) | dict.fromkeys(own.worked, True)
    return Workdays(exceptions, years, provisional_days_off(years))


class ServerSettings(_Section):
    """[mail.smtp] and [mail.imap]: a server; none where the host is empty."""

    host: Host = ""
    port: int = Field(default=0, ge=0, le=65535)
    """0 for the usual one of the protocol and its security."""
    security: Literal["tls", "starttls", "none"] = "tls"
    """How the line is encrypted; ``none`` only for a server on this machine."""

    @model_validator(mode="after")
    def _encrypted(self) -> Self:
        if self.host and self.security == "none" and not is_loopback(self.host):
            raise _custom_error('security = "none" 会让密码明文经过网络，只允许用于本机；请改为 tls 或 starttls')
        return self


class MailSettings(_Section):
    """[mail]: sending and fetching; the password is in the system keyring or ZWGK_MAIL_PASSWORD."""

    address: Address = ""
    """Sender of our mails; [office] mailbox where empty."""
    user: str = ""
    """Login name; the address where empty."""
    copies: tuple[Address, ...] = ()
    """Addresses that get a copy of everything sent to units."""
    per_minute: int = Field(default=30, ge=0)
    """So many mails a minute are sent at most; 0 for no limit."""
    answers: bool = False
    """Whether units get a receipt mail for what they send in."""
    answers_per_day: int = 5
    """So many receipt mails go to one unit in a day at most."""
    manual: Literal["yearly", "first", "never"] = "yearly"
    """When 填报手册 goes out with a unit's report workbook: with its first mail of a year, its very first, or never."""
    authentication_server: Host = ""
    """What the office's server calls itself in Authentication-Results; without it these are not read."""
    folder: str = "INBOX"
    """The folder that replies arrive in."""
    ca_file: str = ""
    """Certificates (PEM) of the office's own authority, trusted beside the system's; relative to the workspace."""
    smtp: ServerSettings = ServerSettings()
    imap: ServerSettings = ServerSettings()


class VerifySettings(_Section):
    """[verify]: which websites ``zwgk verify`` may visit, and how politely."""

    hosts: tuple[VisitedHost, ...] = ()
    """Names, or ``*.`` and a name for all below it, with ``:port`` for other ports than 80 and 443; none: no visits."""
    networks: tuple[NetworkText, ...] = ()
    """Networks of the intranet in which listed names may lie; none where empty."""
    per_minute: int = Field(default=60, ge=0)
    """So many requests a minute are made to one host at most; 0 for no limit."""
    again_after_days: int = Field(default=7, ge=0)
    """A link whose verdict is older is visited again."""
    ca_file: str = ""
    """Certificates (PEM) of authorities trusted beside the system's; relative to the workspace."""


class ClusterSettings(_Section):
    """[cluster]: certificates (PEM) for nodes at ``tls://…``, relative to the workspace."""

    ca_file: str = ""
    """Of the authority that gave certificates to the nodes and to us."""
    certificate: str = ""
    """Ours."""
    key: str = ""
    """Its private key, without a password; in the file of the certificate where empty."""


class ScheduleSettings(_Section):
    """[schedule]: the scheduled jobs and their times, in the computer's time zone."""

    monthly: tuple[Literal["generate", "send"], ...] = ("generate", "send")
    monthly_day: int = Field(default=1, ge=1, le=28)
    monthly_at: time = time(9, 0)
    daily: tuple[Literal["fetch", "consolidate", "remind"], ...] = ("fetch", "consolidate", "remind")
    daily_at: time = time(8, 30)
    mails: bool = False
    """Whether a schedule may mail; without it ``send`` and ``remind`` are left out."""


class Settings(_Section):
    """All of ``zwgk.toml``; policy keys (deadlines, shift, …) are in ``policy``."""

    model_config = ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=True)

    office: OfficeSettings = OfficeSettings()
    ledger: LedgerSettings = LedgerSettings()
    calendar: CalendarSettings = CalendarSettings()
    mail: MailSettings = MailSettings()
    verify: VerifySettings = VerifySettings()
    cluster: ClusterSettings = ClusterSettings()
    schedule: ScheduleSettings = ScheduleSettings()
    policy: Policy
    scoring: dict[str, Any] = Field(default_factory=lambda: merged_scoring_table({}))
    """The table [scoring], complete and validated, as plain values: a closed month stores it with its scores."""
    ladder: EscalationPolicy = Field(default_factory=lambda: escalation_policy_with({}))

    @property
    def score_rules(self) -> Scoring:
        """The scoring rules."""
        return scoring_from(self.scoring)

    @property
    def sender(self) -> str:
        """The sender address of our mails; empty where none is set."""
        return self.mail.address or self.office.mailbox

    @property
    def own_addresses(self) -> frozenset[str]:
        """The office's own addresses, in lower case: mailbox, sender, login, recipients of copies."""
        found = (self.office.mailbox, self.mail.address, self.login, *self.mail.copies)
        return frozenset(each.strip().lower() for each in found if each)

    @property
    def login(self) -> str:
        """The login name at the mail servers; empty where neither it nor an address is set."""
        return self.mail.user or self.sender


def read_settings(path: Path) -> Settings:
    """The settings of a workspace; raises UserError that names the file, the key and the value."""
    try:
        return settings_of(read_file(path, LARGEST), path.name)
    except OSError as error:
        raise UserError(f"无法读取 {path}：{reason_of(error)}。") from None


def settings_of(data: bytes, name: str) -> Settings:
    """The settings in a file's content; raises UserError that names the file, the key and the value."""
    try:
        raw = tomllib.loads(data.decode("utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UserError(f"{name} {_words(error)}") from None
    return _checked(raw, name)


def _checked(raw: dict[str, Any], name: str) -> Settings:
    policy_keys = {key: raw.pop(key) for key in sorted(POLICY_KEYS & raw.keys())}
    try:
        scoring = merged_scoring_table({SCORING: raw.pop(SCORING, {})})
        require_fair(scoring)
        ladder = escalation_policy_with({LADDER: raw.pop(LADDER, {})})
        require_fair_ladder(ladder)
        return Settings(**raw, policy=load_policy(policy_keys), scoring=scoring, ladder=ladder)
    except ValidationError as error:
        raise UserError(f"{name} 中 {_describe_error(error.errors()[0])}。") from None
    except ValueError as error:  # of the layout: key and value
        raise UserError(f"{name} 中 {error}；请对照 zwgk.toml 里的说明改正。") from None
    except (LookupError, TypeError, AttributeError):
        tables = "、".join(f"[{key}]" for key in (*policy_keys, SCORING, LADDER))
        raise UserError(f"{name} 的 {tables} 中有一项写法不对；请对照 zwgk.toml 里的说明改正。") from None


def _describe_error(error: ErrorDetails) -> str:
    where, kind, context = _place(error["loc"]), error["type"], error.get("ctx", {})
    if "password" in where:
        return f"有 {where}：密码不写在文件里；请删去这一行，运行 zwgk password 把密码存入系统密钥库"
    value = "" if isinstance(error["input"], dict) else f" = {as_toml(error['input'])}"
    reason = error["msg"] if kind == _SAID else _REASONS.get(kind, "请对照 zwgk.toml 里的说明改正")
    choices = str(context.get("expected", "")).replace(" or ", " 或 ").replace(", ", "、").replace("'", '"')
    return f"{where}{value} 不正确：{reason.format_map({**context, 'choices': choices})}"


def _place(steps: tuple[int | str, ...]) -> str:
    """``schedule.daily[2]``: the key, and which item of a list, 1 for the first."""
    return "".join(f"[{each + 1}]" if isinstance(each, int) else f".{each}" for each in steps).removeprefix(".")


def _words(error: Exception) -> str:
    """What is wrong with a file that is no TOML, where, and what to do."""
    if not isinstance(error, tomllib.TOMLDecodeError):
        return "不是 UTF-8 编码的文本；请用文本编辑器打开，另存为 UTF-8 编码。"
    found = _AT.search(str(error))
    where = f"第 {found[1]} 行第 {found[2]} 列附近" if found else "末尾"
    if _TWICE.search(str(error)):
        return f"{where}的设置写了两次；请用文本编辑器删去其中一处。"
    return (
        f"{where}写法不对；请用文本编辑器改正：每行写一项，文字用英文引号 \"…\" 括起，数字、true 和 false 不加引号，"
        "等号、引号、逗号和括号都用半角，说明放在 # 后面。"
    )
