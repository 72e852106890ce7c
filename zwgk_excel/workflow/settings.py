"""``zwgk.toml``: the office's settings, checked when they are read."""

from __future__ import annotations

import tomllib
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from zwgk_excel.domain.deadlines import Policy
from zwgk_excel.domain.ladder import Ladder
from zwgk_excel.domain.score_rules import Scoring
from zwgk_excel.layout.ladder import SECTION as LADDER
from zwgk_excel.layout.ladder import ladder_with
from zwgk_excel.layout.policy import POLICY_KEYS, policy_with
from zwgk_excel.layout.scoring import SECTION as SCORING
from zwgk_excel.layout.scoring import scoring_from, scoring_raw
from zwgk_excel.workflow.errors import UserError, reason_of


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class OfficeSettings(_Table):
    """[office]: who collects, and where workbooks are mailed to."""

    name: str = "市政务公开领导小组办公室"
    mailbox: str = ""


class LedgerSettings(_Table):
    """[ledger]: where the ledger is; empty for ``zwgk.db`` in the workspace."""

    url: str = ""


class CalendarSettings(_Table):
    """[calendar]: the office's own days off and worked, on top of the announced calendar."""

    off: tuple[date, ...] = ()
    worked: tuple[date, ...] = ()


class ServerSettings(_Table):
    """[mail.smtp] and [mail.imap]: a server; none where the host is empty."""

    host: str = ""
    port: int = 0
    """0 for the usual one of the protocol and its security."""
    security: Literal["tls", "starttls", "none"] = "tls"
    """How the line is encrypted; ``none`` only for a server on this machine."""


class MailSettings(_Table):
    """[mail]: how the office sends and fetches mail; the password lies in the system keyring or ZWGK_MAIL_PASSWORD."""

    address: str = ""
    """Sender of our mails; [office] mailbox where empty."""
    user: str = ""
    """Login name; the address where empty."""
    copies: tuple[str, ...] = ()
    """Addresses that get a copy of everything sent to units."""
    per_minute: int = 30
    """So many mails a minute are sent at most; 0 for no limit."""
    answers: bool = False
    """Whether units get a receipt mail for what they send in."""
    folder: str = "INBOX"
    """The folder that replies arrive in."""
    smtp: ServerSettings = ServerSettings()
    imap: ServerSettings = ServerSettings()


class Settings(_Table):
    """All of ``zwgk.toml``; policy keys (deadlines, shift, …) are kept apart in ``policy``."""

    model_config = ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=True)

    office: OfficeSettings = OfficeSettings()
    ledger: LedgerSettings = LedgerSettings()
    calendar: CalendarSettings = CalendarSettings()
    mail: MailSettings = MailSettings()
    policy: Policy
    scoring: dict[str, Any] = Field(default_factory=lambda: scoring_raw({}))
    """The table [scoring], whole and checked, as plain values: a closed month keeps it with its scores."""
    ladder: Ladder = Field(default_factory=lambda: ladder_with({}))

    @property
    def score_rules(self) -> Scoring:
        """The scoring rules."""
        return scoring_from(self.scoring)


def read_settings(path: Path) -> Settings:
    """The settings of a workspace; raises UserError that names the file, the key and the value."""
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8-sig"), parse_float=Decimal)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UserError(f"{path.name} 写法有误：{_words(error)}；请用文本编辑器改正（注意引号和等号）。") from None
    except OSError as error:
        raise UserError(f"无法读取 {path}：{reason_of(error)}。") from None
    return _checked(raw, path.name)


def _checked(raw: dict[str, Any], name: str) -> Settings:
    policy_keys = {key: raw.pop(key) for key in sorted(POLICY_KEYS & raw.keys())}
    try:
        scoring = scoring_raw({SCORING: raw.pop(SCORING, {})})
        scoring_from(scoring)
        ladder = ladder_with({LADDER: raw.pop(LADDER, {})})
        return Settings(**raw, policy=policy_with(policy_keys), scoring=scoring, ladder=ladder)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        value = "" if isinstance(first["input"], dict) else f" = {first['input']!r}"
        raise UserError(f"{name} 中 {where}{value} 不正确：{_reason(first['type'])}。") from None
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise UserError(f"{name} 中 {error} 不正确；请对照 zwgk.toml 里的说明改正。") from None


def _reason(kind: str) -> str:
    reasons = {"extra_forbidden": "没有这个设置项，请检查拼写", "string_type": "应为带引号的文字"}
    return reasons.get(kind, "应为日期列表，如 [2026-10-01]" if "date" in kind or "tuple" in kind else "请对照说明改正")


def _words(error: Exception) -> str:
    return str(error) if isinstance(error, tomllib.TOMLDecodeError) else "不是 UTF-8 编码的文本"
