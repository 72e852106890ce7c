"""The ribbon's XML and the VBA of its callbacks, from the templates in ``vba_shim`` and the table of buttons."""

from __future__ import annotations

from collections.abc import Iterable
from xml.sax.saxutils import escape

from zwgk_excel.layout.buttons import ribbon_tab
from zwgk_excel.layout.resources import folder


def ribbon_xml() -> str:
    """The text of ``customUI14.xml``, which Excel for Windows and for macOS reads from the add-in's package."""
    text = (folder("vba_shim") / "ribbon" / "customUI14.xml.jinja").read_text(encoding="utf-8")
    return filled(text, xml=True, tab=ribbon_tab())


def callbacks_vba(offered: Iterable[str]) -> str:
    """The text of the module ZwgkRibbon, a Sub for each button.

    Buttons whose function is not ``offered`` are disabled.
    """
    text = (folder("vba_shim") / "ZwgkRibbon.bas.jinja").read_text("ascii")
    return filled(text, xml=False, buttons=ribbon_tab().buttons.values(), offered=" ".join(sorted(offered)))


def filled(text: str, *, xml: bool, **values: object) -> str:
    """A rendered template; lines with only a statement are removed. Values in XML are escaped."""
    from jinja2 import Environment, StrictUndefined

    environment = Environment(
        trim_blocks=True,
        keep_trailing_newline=True,
        undefined=StrictUndefined,
        finalize=(lambda value: escape(str(value), {'"': "&quot;"})) if xml else None,
    )
    return environment.from_string(text).render(values)
