"""For an office without the Internet: a small file of links goes to another computer, its results come back.

The list is signed with the workspace's key. The results carry the list, and each visit is signed with a key that was
made for this list alone and travels in it: who has not had the list can answer nothing, and only what it asks. The
workspace's key leaves nowhere. To the other computer the list is a stranger's: it names hosts, but no intranet.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterator
from contextlib import closing
from dataclasses import asdict
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from zwgk_excel.domain.link_checks import Visit, VisitFinding
from zwgk_excel.domain.periods import Month
from zwgk_excel.web.addresses import LONGEST_URL, Reach
from zwgk_excel.web.crawling import Pace, visit_all
from zwgk_excel.web.exchange import tls_context
from zwgk_excel.web.visiting import Visitor
from zwgk_excel.workbooks.opening.bounded_files import read_file
from zwgk_excel.workbooks.writing.files import write_atomic
from zwgk_excel.workflow import clock
from zwgk_excel.workflow.errors import UserError, reason_of, remedy_of
from zwgk_excel.workflow.office.context import Office, Progress, no_progress
from zwgk_excel.workflow.office.replaceable_files import require_own_file, require_replaceable
from zwgk_excel.workflow.verification.verifying import VerificationPlan

LIST_BYTES, RESULT_BYTES = 16 << 20, 64 << 20
"""Of a list and of the results; of a thousand links they have a hundredth."""
MOST_LINKS = 20_000
NETWORKS: tuple[str, ...] = ()
"""Networks of the intranet into which a list may lead: none."""
_VERSION = 1
_AHEAD = timedelta(days=1)
"""So far the other computer's clock may be ahead of ours."""
_Url = Annotated[str, Field(max_length=LONGEST_URL)]
_Hex = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class LinkList(BaseModel):
    """What leaves: the links to visit, and where they may lead."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    zwgk_links: int = Field(ge=_VERSION, le=_VERSION)
    cycle: str = Field(pattern=r"^\d{4}-\d{2}$")
    made_at: datetime
    hosts: tuple[_Url, ...] = Field(max_length=500)
    per_minute: int = Field(ge=0, le=600)
    links: tuple[_Url, ...] = Field(max_length=MOST_LINKS)
    signature: str = Field(default="", pattern=r"^([0-9a-f]{64})?$")
    answer_key: str = Field(default="", pattern=r"^([0-9a-f]{64})?$")
    """Only in the list itself, not in the results."""


class _VisitLine(BaseModel):
    """A visit as the results have it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    url: _Url
    at: datetime
    finding: VisitFinding
    status: int = Field(ge=0, le=999)
    final_url: _Url
    titles: tuple[Annotated[str, Field(max_length=300)], ...] = Field(max_length=6)
    published_on: date | None
    sha256: str = Field(pattern=r"^([0-9a-f]{64})?$")
    etag: str = Field(max_length=200)
    last_modified: str = Field(max_length=200)


class _ResultLine(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    visit: _VisitLine
    signature: _Hex


# --- the office ----------------------------------------------------------------------------------


def export_links(office: Office, plan: VerificationPlan, path: Path) -> int:
    """Write the addresses that a plan would visit; returns how many.

    Raises UserError where that fails; what belongs to the workspace, or is no such list, is not replaced.
    """
    require_replaceable(path, office.workspace)
    require_own_file(path, _is_list)
    settings = office.workspace.settings.verify
    unsigned = LinkList(
        zwgk_links=_VERSION,
        cycle=str(plan.cycle),
        made_at=office.now(),
        hosts=settings.hosts,
        per_minute=settings.per_minute,
        links=tuple(url for url in plan.due if len(url) <= LONGEST_URL)[:MOST_LINKS],
    )
    signature = _list_signature(office.ledger.key, unsigned)
    signed = unsigned.model_copy(
        update={"signature": signature, "answer_key": _answer_key(office.ledger.key, signature)}
    )
    _write(path, signed.model_dump_json(indent=1).encode("utf-8"))
    return len(signed.links)


def import_visits(office: Office, path: Path) -> tuple[Month, int, int]:
    """Record the visits of another computer: (month, how many are new, how many lines were refused).

    Raises UserError for a file that does not answer a list of this workspace.
    """
    first, lines = _split(_read(path, RESULT_BYTES))
    asked = _parsed_list(first, path)
    signature = _list_signature(office.ledger.key, asked)
    if not hmac.compare_digest(signature, asked.signature):
        raise UserError(f"“{path.name}”不是这个工作区导出的链接的结果，没有导入；请核对文件和工作区。")
    key = _answer_key(office.ledger.key, signature)
    read = [_visit_of(line, key) for line in lines]
    wanted, latest = set(asked.links), office.now() + _AHEAD
    sound = [each for each in read if each and each.url in wanted and asked.made_at <= each.at <= latest]
    own = office.ledger.visits(list({each.url for each in sound}))
    better = [each for each in sound if not _is_known_better(own.get(each.url), each, asked.made_at)]
    return Month.parse(asked.cycle), office.ledger.add_visits(better), len(read) - len(sound)


def _is_known_better(own: Visit | None, brought: Visit, since: datetime) -> bool:
    """Whether what is on record says more than what is brought: decided, and that since the list or of what is not."""
    return own is not None and own.is_decided and (own.at >= since or not brought.is_decided)


# --- the other computer ----------------------------------------------------------------------------


def read_list(path: Path) -> LinkList:
    """A list that somebody brought; raises UserError for what is none."""
    found = _parsed_list(_read(path, LIST_BYTES), path)
    if not found.answer_key:
        raise UserError(f"“{path.name}”是结果，不是要核验的链接；请用 zwgk verify --import 导入它。")
    _reach(found, path)
    return found


def results_of(path: Path) -> Path:
    """Where the results of a list are written: beside it."""
    return path.with_name(f"{path.stem}.结果.jsonl")


def visit_links(path: Path, asked: LinkList, *, progress: Progress = no_progress) -> tuple[Visit, ...]:
    """Visit the links of a list, each result written as it comes; a run that was killed goes on where it was.

    Raises UserError where the results cannot be written.
    """
    place, key = results_of(path), asked.answer_key
    done = {each.url: each for each in _earlier(place, asked) if each.is_decided}
    head = asked.model_copy(update={"answer_key": ""}).model_dump_json(exclude={"answer_key"})
    _write(place, "".join(f"{line}\n" for line in (head, *(_line(each, key) for each in done.values()))).encode())
    pace = Pace(asked.per_minute)
    visitor = Visitor(_reach(asked, path), tls_context(), clock.now, wait=pace.wait)
    left = [(url, None) for url in dict.fromkeys(asked.links) if url not in done]
    try:
        with (
            place.open("a", encoding="utf-8", newline="\n") as stream,
            closing(visit_all(left, visitor, pace)) as visits,
        ):
            for number, each in enumerate(visits, 1):
                stream.write(f"{_line(each.visit, key)}\n")
                stream.flush()
                done[each.visit.url] = each.visit
                progress(number, len(left), each.visit.url)
    except OSError as error:
        said = f"结果写不进“{place}”（{reason_of(error)}）；{remedy_of(error)}后再次运行，会接着做。"
        raise UserError(said) from None
    return tuple(done.values())


def _earlier(place: Path, asked: LinkList) -> Iterator[Visit]:
    """What a run before found, of the same list."""
    if not place.exists():
        return
    head, lines = _split(_read(place, RESULT_BYTES))
    if _parsed_list(head, place).signature == asked.signature:
        yield from filter(None, (_visit_of(line, asked.answer_key) for line in lines))


def _reach(asked: LinkList, path: Path) -> Reach:
    try:
        return Reach(asked.hosts, NETWORKS)
    except ValueError as error:
        raise UserError(f"“{path.name}”里的网站名称“{error}”写法不对，没有访问任何网站；请重新导出。") from None


# --- files and signatures ----------------------------------------------------------------------------


def _list_signature(key: bytes, asked: LinkList) -> str:
    told = asked.model_dump(mode="json", exclude={"signature", "answer_key"})
    return _hmac(key, {"of": "zwgk links", **told})


def _answer_key(key: bytes, signature: str) -> str:
    return _hmac(key, {"of": "zwgk link results", "list": signature})


def _hmac(key: bytes, told: dict[str, Any]) -> str:
    text = json.dumps(told, ensure_ascii=False, sort_keys=True, default=str)
    return hmac.new(key, text.encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()


def _line(visit: Visit, key: str) -> str:
    told = _VisitLine(**asdict(visit))
    return _ResultLine(visit=told, signature=_visit_signature(told, key)).model_dump_json()


def _visit_signature(told: _VisitLine, key: str) -> str:
    return _hmac(bytes.fromhex(key), told.model_dump(mode="json"))


def _visit_of(line: bytes, key: str) -> Visit | None:
    """The visit that a line tells; None for one that was not written with the list's key, or is cut off."""
    try:
        told = _ResultLine.model_validate_json(line)
    except ValidationError:
        return None
    if told.visit.at.tzinfo or not hmac.compare_digest(_visit_signature(told.visit, key), told.signature):
        return None
    return Visit(**told.visit.model_dump())


def _split(data: bytes) -> tuple[bytes, list[bytes]]:
    first, *rest = data.split(b"\n")
    return first, [each for each in rest if each.strip()]


def _parsed_list(data: bytes, path: Path) -> LinkList:
    try:
        found = LinkList.model_validate_json(data)
        Month.parse(found.cycle)
    except (ValidationError, ValueError):
        raise UserError(f"“{path.name}”不是导出的链接文件或它的结果，或不完整；请重新导出。") from None
    if found.made_at.tzinfo:
        raise UserError(f"“{path.name}”不是导出的链接文件或它的结果，或不完整；请重新导出。")
    return found


def _is_list(data: bytes) -> bool:
    try:
        return bool(LinkList.model_validate_json(data).answer_key)
    except ValidationError:
        return False


def _read(path: Path, limit: int) -> bytes:
    try:
        return read_file(path, limit)
    except OSError as error:
        raise UserError(f"无法读取“{path}”（{reason_of(error)}）；请核对文件。") from None


def _write(path: Path, data: bytes) -> None:
    try:
        write_atomic(path, data)
    except OSError as error:
        raise UserError(f"“{path}”写不了（{reason_of(error)}）；{remedy_of(error)}后再次运行。") from None
