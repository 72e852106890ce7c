"""What an office's tracker may hold besides our sheets, by the relations of its parts, and what becomes of it.

A consolidation writes the tracker anew and carries over what the office added. A kind is kept, kept with a remark, or
stops the run before anything is changed; nothing is dropped without a word. ``docs/tracker-keeps.md`` lists the same
kinds for the office, and a test holds the two together.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from zwgk_excel.domain.problems import CellRef, problem
from zwgk_excel.workbooks.ooxml.package import OoxmlPackage, Relation, SheetEntry, main, parse
from zwgk_excel.workbooks.opening.rejected import RejectedFileError

__all__ = ["KINDS", "Keeping", "PartKind", "is_made_anew", "kind_of_relation", "refuse_unkept", "remarks_on"]


class Keeping(StrEnum):
    """What becomes of a kind of part in a consolidation."""

    KEPT = "kept"
    REMARK = "kept with a remark"
    STOPS = "stops the run"


@dataclass(frozen=True, slots=True)
class PartKind:
    """One kind of content that an office, or its program, puts into a workbook."""

    name: str
    """As the office calls it."""
    keeping: Keeping
    relations: frozenset[str]
    """The last words of the relations that lead to its parts."""
    on_ours: bool = False
    """Whether it is kept, too, where it lies on a sheet of ours."""
    advice: str = ""
    """What the office can do where the kind stops the run."""


def _kind(
    name: str, relations: str, keeping: Keeping = Keeping.KEPT, *, on_ours: bool = False, advice: str = ""
) -> PartKind:
    return PartKind(name, keeping, frozenset(relations.split()), on_ours, advice)


KINDS: tuple[PartKind, ...] = (
    _kind("Power Query 查询和数据连接", "connections queryTable"),
    _kind("数据模型", "powerPivotData"),
    _kind("WPS 单元格图片", "cellImage", on_ours=True),
    _kind(
        "Excel 单元格图片和联网数据类型",
        "sheetMetadata rdRichValue rdRichValueStructure rdRichValueTypes richValueRel rdArray richStyles"
        " rdSupportingPropertyBag rdSupportingPropertyBagStructure rdRichValueWebImage",
        on_ours=True,
    ),
    _kind("会话批注和人员", "threadedComment person", on_ours=True),
    _kind("批注", "comments vmlDrawing", on_ours=True),
    _kind("切片器和日程表", "slicer slicerCache timeline timelineCache", on_ours=True),
    _kind("数据透视表", "pivotTable pivotCacheDefinition pivotCacheRecords"),
    _kind("图表、图片和形状", "drawing image chart chartUserShapes chartStyle chartColorStyle chartEx", on_ours=True),
    _kind("超级表", "table tableSingleCells"),
    _kind("外部链接", "externalLink externalLinkPath"),
    _kind("自定义 XML 和 XML 映射", "customXml customXmlProps xmlMaps"),
    _kind("自定义属性", "custom-properties customProperty"),
    _kind("敏感度标签", "classificationlabels"),
    _kind("打印机设置", "printerSettings", on_ours=True),
    _kind("窗体控件和 ActiveX 控件", "ctrlProp control activeXControlBinary"),
    _kind("嵌入的对象", "oleObject package"),
    _kind("复选框等单元格控件", "FeaturePropertyBag"),
    _kind("工作表视图", "namedSheetView"),
    _kind("Python 代码", "Python"),
    _kind("功能区定制", "extensibility userCustomization"),
    _kind("任务窗格加载项", "webextensiontaskpanes webextension"),
    _kind(
        "宏",
        "vbaProject vbaProjectSignature wordVbaData xlMacrosheet xlIntlMacrosheet dialogsheet attachedToolbars",
        Keeping.STOPS,
        advice="请把宏另存到别的工作簿（如个人宏工作簿），从总台账中删去后再汇总",
    ),
    _kind(
        "数字签名",
        "origin signature",
        Keeping.STOPS,
        advice="改写会使签名失效：请把已签名的总台账另存一份存档，删去签名后再汇总",
    ),
    _kind(
        "共享工作簿的修订记录",
        "revisionHeaders revisionLog",
        Keeping.STOPS,
        advice="请在“审阅”中停止共享（记录需要的先另存一份）后再汇总",
    ),
)
"""In the order of the page that lists them."""
_UNKNOWN = PartKind("本程序不认识的内容", Keeping.REMARK, frozenset())
_BY_RELATION: Mapping[str, PartKind] = {relation: kind for kind in KINDS for relation in kind.relations}
_MADE_ANEW = frozenset(
    [
        "worksheet",
        "chartsheet",
        "styles",
        "sharedStrings",
        "theme",
        "calcChain",
        "volatileDependencies",
        "officeDocument",
        "core-properties",
        "extended-properties",
        "thumbnail",
        "hyperlink",
        "usernames",
    ]
)
"""Relations of what every consolidation writes, or what the program computes again by itself."""
_OURS_HAS = frozenset(["table", "hyperlink"])
"""Relations of our own sheets that are ours."""
_LIVE_LINKS = (main("ddeLink"), main("oleLink"))


def kind_of_relation(type_: str) -> PartKind:
    """The kind of what a relation leads to, by the last word of its type; an unknown one is kept with a remark."""
    return _BY_RELATION.get(type_, _UNKNOWN)


def is_made_anew(relation: Relation) -> bool:
    """Whether what a relation of the workbook or the package leads to is written by every consolidation."""
    return relation.type in _MADE_ANEW


def refuse_unkept(package: OoxmlPackage, name: str, ours: Collection[SheetEntry]) -> None:
    """Raise :class:`RejectedFileError` (tracker_part_unkept) where a tracker holds what cannot be kept.

    ``ours`` are the sheets that are written anew, ``name`` is the file's.
    """
    for what, advice in _unkept(package, ours):
        raise RejectedFileError(problem("tracker_part_unkept", CellRef(name), what=what, advice=advice))


def _unkept(package: OoxmlPackage, ours: Collection[SheetEntry]) -> Iterator[tuple[str, str]]:
    for part in ("", package.workbook_name):
        for relation in package.relations(part):
            kind = kind_of_relation(relation.type)
            if kind.keeping is Keeping.STOPS:
                yield kind.name, kind.advice
            if relation.type == "externalLink" and _is_live(package, relation.target):
                yield "DDE 或 OLE 动态链接", "请在“数据—编辑链接”中断开这些链接后再汇总"
    if _counts_from_1904(package):
        advice = "请在“选项—高级”中取消“使用 1904 日期系统”，核对自己填的日期后再汇总"
        yield "1904 日期系统的日期", advice
    for sheet in ours:
        for relation in package.relations(sheet.part):
            kind = kind_of_relation(relation.type)
            if relation.type not in _OURS_HAS and kind is not _UNKNOWN and not kind.on_ours:
                moved = f"请把它移到自己加的工作表，从“{sheet.name}”删去后再汇总"
                yield f"工作表“{sheet.name}”上的{kind.name}", moved


def _is_live(package: OoxmlPackage, part: str) -> bool:
    return part in package.parts and any(True for _ in parse(package.parts[part]).iter(*_LIVE_LINKS))


def _counts_from_1904(package: OoxmlPackage) -> bool:
    settings = parse(package.parts[package.workbook_name]).iter(main("workbookPr"))
    return any(each.get("date1904") in {"1", "true"} for each in settings)


def remarks_on(package: OoxmlPackage, ours: Collection[SheetEntry], added: Sequence[SheetEntry]) -> tuple[str, ...]:
    """What the office is told of content that is kept not quite as it was.

    ``ours`` are the sheets that are written anew, ``added`` the office's own.
    """
    told = (_unknown(package, added), _unknown_on_ours(package, ours), _views(package), _modes(package))
    return (*(each for found in told for each in found), *_named_styles(package))


def _unknown(package: OoxmlPackage, added: Sequence[SheetEntry]) -> Iterator[str]:
    parts = ("", package.workbook_name, *(sheet.part for sheet in added))
    relations = (relation for part in parts for relation in package.relations(part))
    unknown = (r.type for r in relations if r.inside and not is_made_anew(r) and kind_of_relation(r.type) is _UNKNOWN)
    for type_, count in Counter(unknown).items():
        yield f"总台账中有{_UNKNOWN.name}（{type_}，{count} 处），已原样带入，请打开核对。"


def _unknown_on_ours(package: OoxmlPackage, ours: Collection[SheetEntry]) -> Iterator[str]:
    for sheet in ours:
        for type_ in dict.fromkeys(each.type for each in package.relations(sheet.part)):
            if type_ not in _OURS_HAS and kind_of_relation(type_) is _UNKNOWN:
                yield f"工作表“{sheet.name}”上有{_UNKNOWN.name}（{type_}），没有带入；需要的请放到自己加的工作表。"


def _views(package: OoxmlPackage) -> Iterator[str]:
    if any(True for _ in parse(package.parts[package.workbook_name]).iter(main("customWorkbookView"))):
        yield "自定义视图已保留，其中本程序的工作表按默认方式显示。"


def _modes(package: OoxmlPackage) -> Iterator[str]:
    modes = parse(package.parts[package.workbook_name]).iter(main("calcPr"))
    if any(each.get("calcMode") == "manual" for each in modes):
        yield "总台账的手动重算已改回自动重算，以免及时性停在旧日期。"


def _named_styles(package: OoxmlPackage) -> Iterator[str]:
    part = package.find("styles")
    root = parse(package.parts[part]) if part else None
    if root is None:
        return
    named = {
        each.get("xfId"): each.get("name", "") for each in root.iter(main("cellStyle")) if not each.get("builtinId")
    }
    formats = root.find(main("cellXfs"))
    used = {each.get("xfId") for each in formats} if formats is not None else set()
    if names := [name for id_, name in named.items() if id_ in used and id_ != "0"]:
        listed = "、".join(f"“{name}”" for name in names[:5]) + (f"等 {len(names)} 种" if len(names) > 5 else "")
        yield f"单元格样式{listed}的外观已保留，样式名称没有带入。"
