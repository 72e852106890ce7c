"""Writes the bulletin as a Word document: template rendered, chart filled, properties set."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import TYPE_CHECKING, Any

from zwgk_excel.domain.problems import CellRef, problem
from zwgk_excel.workbooks.bulletin.chart import ChartData, fill_chart, rates_by_month
from zwgk_excel.workbooks.bulletin.content import Bulletin, tags_of
from zwgk_excel.workbooks.bulletin.inert_document import ActingFieldError, make_inert
from zwgk_excel.workbooks.bulletin.words import Tags, settings
from zwgk_excel.workbooks.ooxml.edit_fingerprint import with_edit_fingerprint
from zwgk_excel.workbooks.ooxml.package import OoxmlPackage
from zwgk_excel.workbooks.opening.guard import check_prolog, check_size
from zwgk_excel.workbooks.opening.rejected import RejectedFileError
from zwgk_excel.workbooks.opening.zip_parts import directory, inflate
from zwgk_excel.workbooks.writing.style import cell_text

if TYPE_CHECKING:
    from docxtpl import DocxTemplate

_TAG = re.compile(r"{[{%].*?(?:[}%]}|$)")
_NAMED = re.compile(
    r"'([^']+)' is undefined|no attribute '([^']+)'|named '([^']+)'|attribute '([^']+)' of"
    r"|needs to be closed is '([^']+)'|unknown tag '([^']+)'"
)
"""What Jinja names in its messages: tags, attributes, filters."""
_SUM = "（其中的算式）"
_SOMEWHERE = "位置不明"
"""In place of a message of jinja2 in English that names no tag."""
_LONGEST_TAG = 60
_LONGEST_PROPERTY = 255


@dataclass(frozen=True, slots=True)
class DocumentValues:
    """What a bulletin's template is filled with: plain values, which a worker is handed over quickly."""

    tags: Tags
    title: str
    office: str
    as_of: date
    rates: ChartData


def values_of(bulletin: Bulletin) -> DocumentValues:
    """The values of a bulletin, every text of them one line without control characters."""
    view = bulletin.view
    title, office = (_as_text(text)[:_LONGEST_PROPERTY] for text in (bulletin.title, view.office))
    return DocumentValues(_as_text(tags_of(bulletin)), title, office, view.as_of, rates_by_month(bulletin))


def bulletin_document(template: bytes, name: str, values: DocumentValues) -> bytes:
    """The bulletin as a .docx file with an edit fingerprint; equal bytes for equal template and figures.

    ``name`` is the template's file name, for messages. Raises RejectedFileError (template_unreadable,
    template_tag_unknown, template_tag_wrong, template_acts, or one of the guard's codes) for an unusable template.
    Texts in the figures are escaped: markup and tags in them have no effect. What acts in the template stays out
    (:func:`make_inert`). A template may compute without end: call it in a worker.
    """
    _check(template, name)
    document = _rendered(template, name, values.tags)
    _describe(document, values)
    stream = io.BytesIO()
    document.save(stream)
    package = OoxmlPackage(stream.getvalue())
    fill_chart(package, settings()["chart"], values.rates, values.as_of)
    try:
        make_inert(package)
    except ActingFieldError as field:
        raise RejectedFileError(problem("template_acts", CellRef(name), field=str(field)[:_LONGEST_TAG])) from None
    return with_edit_fingerprint(package.write())


def _check(template: bytes, name: str) -> None:
    """The guard's checks of any Office package: size, directory, no DTD."""
    check_size(template, name)
    if not zipfile.is_zipfile(io.BytesIO(template)):
        raise _unreadable(name)
    for member in directory(template, name):
        content = inflate(template, member, name)
        if member.filename.casefold().endswith((".xml", ".rels")):
            check_prolog(member.filename, content, name)


def _rendered(template: bytes, name: str, tags: Tags) -> DocxTemplate:
    from docx.opc.exceptions import OpcError
    from docxtpl import DocxTemplate
    from jinja2 import StrictUndefined, TemplateError, TemplateSyntaxError, UndefinedError
    from jinja2.sandbox import SandboxedEnvironment
    from lxml.etree import XMLSyntaxError

    # A template comes from whoever has the folder: its expressions may compute, but reach nothing of Python's.
    environment = SandboxedEnvironment(undefined=StrictUndefined, autoescape=True)
    del environment.filters["safe"]  # a unit's words are words, whatever a template says
    document = DocxTemplate(io.BytesIO(template))
    try:
        document.render(tags, environment)
    except UndefinedError as error:
        raise RejectedFileError(
            problem("template_tag_unknown", CellRef(name), tag=_named(error), known=_known())
        ) from None
    except TemplateSyntaxError as error:
        raise _wrong_tag(name, _tag_at(error) or _named(error)) from None
    except TemplateError as error:
        raise _wrong_tag(name, _named(error)) from None
    except (TypeError, ArithmeticError):
        raise _wrong_tag(name, _SUM) from None
    except (OpcError, XMLSyntaxError, KeyError, ValueError, AttributeError) as error:
        raise _unreadable(name) from error
    return document


def _unreadable(name: str) -> RejectedFileError:
    return RejectedFileError(problem("template_unreadable", CellRef(name)))


def _wrong_tag(name: str, tag: str) -> RejectedFileError:
    return RejectedFileError(problem("template_tag_wrong", CellRef(name), tag=tag[:_LONGEST_TAG]))


def _known() -> str:
    return "、".join(settings()["tags"].values())


def _named(error: Exception) -> str:
    found = _NAMED.search(str(error))
    return next(filter(None, found.groups()), "") if found else _SOMEWHERE


def _tag_at(error: Any) -> str:
    """The tags of the paragraph with a syntax error; docxtpl gives the line and its neighbours."""
    lines = list(getattr(error, "docx_context", ()))
    position = error.lineno - 1 - max(error.lineno - 4, 0)
    if not 0 <= position < len(lines):
        return ""
    # Before rendering, docxtpl has taken the tags of rows and paragraphs out of their own elements.
    found = _TAG.findall(lines[position])
    return "、".join(found) or lines[position].strip()


def _as_text(value: Any) -> Any:
    """The tags with every text reduced to one line without control characters."""
    match value:
        case str():
            return " ".join(cell_text(value).split())
        case Mapping():
            return {key: _as_text(each) for key, each in value.items()}
        case list():
            return [_as_text(each) for each in value]
    return value


def _describe(document: DocxTemplate, values: DocumentValues) -> None:
    properties = document.docx.core_properties  # get_docx() would open the template again
    properties.title = values.title
    properties.author = properties.last_modified_by = values.office
    properties.created = properties.modified = datetime.combine(values.as_of, time())
    properties.revision = 1
