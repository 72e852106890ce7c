"""Made-up counties of any size: a workspace whose workbooks went out, and the returns of all its units.

A return is made by filling one report workbook for each month and putting every unit's own name and signature into
copies of it, so that ten thousand of them take seconds and each is what its unit would have sent.
"""

from __future__ import annotations

import io
import os
import struct
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path

from tests.workflow.desk import Desk, item
from zwgk_excel.domain.identity import AskedTask, sign_identity
from zwgk_excel.domain.periods import Month
from zwgk_excel.layout.columns import layout
from zwgk_excel.layout.words import word
from zwgk_excel.workbooks.contract.identity_sheet import added_text
from zwgk_excel.workbooks.report.content import asked_tasks, tasks_of
from zwgk_excel.workbooks.report.fill_in import InputValue, fill
from zwgk_excel.workbooks.report.report_workbook import report_name
from zwgk_excel.workflow import clock
from zwgk_excel.workflow.issuing.generation import generate
from zwgk_excel.workflow.issuing.issued_months import issue
from zwgk_excel.workflow.office.context import Office
from zwgk_excel.workflow.setup.workspace_setup import init_workspace

FIRST_CYCLE = Month(2025, 1)
ITEMS = 20
DUTIES = (
    {"id": "D01", "column": "政策文件", "owners": "各部门"},
    {"id": "D02", "column": "政府采购", "owners": "各部门"},
)
"""Two dated duties that every unit owes each month: 60 units and twelve months make 1,440 obligations."""
_STRINGS = "xl/sharedStrings.xml"


@dataclass(frozen=True, slots=True)
class Size:
    """So many units over so many months; a return of each for each."""

    units: int
    cycles: int = 12

    @property
    def returns(self) -> int:
        """How many workbooks come back."""
        return self.units * self.cycles

    @property
    def months(self) -> list[Month]:
        """The cycles, oldest first."""
        return [FIRST_CYCLE + number for number in range(self.cycles)]


def size_of(returns: int, cycles: int = 12) -> Size:
    """The size that gives at least so many returns."""
    return Size(-(-returns // cycles), cycles)


def unit_name(number: int) -> str:
    """The name of a unit; all are of one length."""
    return f"市第{number:06}局"


def new_county(root: Path, size: Size) -> Desk:
    """A workspace whose cycles are issued; the workbooks themselves are not made."""
    desk = _new_desk(root, size.units)
    with desk.open() as office:
        for cycle in size.months:
            issue(office, cycle, on=cycle.first, who="王主任")
    desk.now = datetime.combine(size.months[-1].last + timedelta(days=3), time(9))
    return desk


def _new_desk(root: Path, units: int) -> Desk:
    init_workspace(root)
    desk = Desk(root)
    desk.set_duties(DUTIES)
    desk.set_units({"name": unit_name(number), "kind": word("unit_kind", "department")} for number in range(units))
    return desk


def write_returns(desk: Desk, size: Size, folder: Path) -> None:
    """Every unit's filled workbook of every cycle, with a time of arrival in time, in a folder for each month."""
    with desk.open() as office:
        for cycle in size.months:
            target = folder / str(cycle)
            target.mkdir(parents=True, exist_ok=True)
            arrived = clock.to_timestamp(datetime.combine(cycle.day(20), time(9)))
            for number, data in returns(office, cycle, size.units):
                path = target / report_name(unit_name(number), cycle)
                path.write_bytes(data)
                os.utime(path, (arrived, arrived))


def returns(office: Office, cycle: Month, units: int) -> Iterator[tuple[int, bytes]]:
    """The number of each unit with its filled workbook of a cycle."""
    schema = layout("report").settings["schema"]
    blank, key, tasks = _model(cycle)
    filled = Stencil(_filled(blank, cycle), _STRINGS)
    more = added_text(), tasks
    signed = sign_identity(key, schema, unit_name(0), cycle, cycle.first, *more)
    for number in range(units):
        own = sign_identity(office.ledger.key, schema, unit_name(number), cycle, cycle.first, *more)
        strings = filled.part.replace(unit_name(0).encode(), unit_name(number).encode())
        yield number, filled.with_part(strings.replace(signed.encode(), own.encode()))


def _model(cycle: Month) -> tuple[bytes, bytes, tuple[AskedTask, ...]]:
    """The first unit's report workbook of a cycle with nothing owed from earlier ones, its key, and what it asks."""
    with tempfile.TemporaryDirectory() as folder:
        desk = _new_desk(Path(folder, "工作区"), 1)
        with desk.open() as office:
            generate(office, cycle, as_of=cycle.first)
            asked = asked_tasks(tasks_of(office.listing(cycle, cycle.first)))
            return desk.sent(unit_name(0), cycle).read_bytes(), office.ledger.key, asked


def _filled(blank: bytes, cycle: Month) -> bytes:
    reported: dict[str, InputValue] = {"status": word("answer", "reported")}
    answers = {(duty["id"], str(cycle)): reported for duty in DUTIES}
    items = [_item(cycle, number) for number in range(ITEMS)]
    return fill(blank, answers=answers, items=items)


def _item(cycle: Month, number: int) -> dict[str, InputValue]:
    duty = DUTIES[number % len(DUTIES)]
    formed = date(cycle.year, cycle.month, 2)
    dates: dict[str, InputValue] = {"formed_on": formed, "published_on": formed + timedelta(days=number % 7)}
    title = f"关于{cycle.year}年{cycle.month}月{duty['column']}有关事项的公告（第 {number} 号）"
    link = f"https://www.example.gov.cn/{cycle}/{number}"  # one page is reported in one month
    return item(f"{duty['id']} {duty['column']}", number, title=title, url=link, **dates)


class Stencil:
    """A zip file in which one part can be exchanged while all others keep their compressed bytes."""

    def __init__(self, data: bytes, name: str) -> None:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            self.part = archive.read(name)
            infos = [info for info in archive.infolist() if info.filename != name]
        self._entries = [(info.filename.encode(), info.CRC, info.file_size, _packed(data, info)) for info in infos]
        self._name = name.encode()

    def with_part(self, part: bytes) -> bytes:
        """The file with this content in the part's place."""
        packer = zlib.compressobj(1, zlib.DEFLATED, -15)
        changed = (self._name, zlib.crc32(part), len(part), packer.compress(part) + packer.flush())
        body, directory = bytearray(), bytearray()
        for name, crc, size, packed in (*self._entries, changed):
            fields = struct.pack("<5H3I2H", 20, 0, 8, 0, 33, crc, len(packed), size, len(name), 0)
            directory += b"PK\x01\x02" + struct.pack("<H", 20) + fields
            directory += struct.pack("<3H2I", 0, 0, 0, 0, len(body)) + name
            body += b"PK\x03\x04" + fields + name + packed
        count = len(self._entries) + 1
        end = struct.pack("<4H2IH", 0, 0, count, count, len(directory), len(body), 0)
        return bytes(body + directory + b"PK\x05\x06" + end)


def _packed(data: bytes, info: zipfile.ZipInfo) -> bytes:
    if info.compress_type != zipfile.ZIP_DEFLATED:
        packer = zlib.compressobj(1, zlib.DEFLATED, -15)
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return packer.compress(archive.read(info)) + packer.flush()
    name, extra = struct.unpack_from("<2H", data, info.header_offset + 26)
    start = info.header_offset + 30 + name + extra
    return data[start : start + info.compress_size]

