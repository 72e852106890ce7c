"""The files of the WPS add-in as they are installed: the texts of ``vba_shim/wps``, the ribbon, a picture a button."""

from __future__ import annotations

import json
import re
from pathlib import Path
from xml.sax.saxutils import escape

from zwgk_excel.layout.buttons import Button, ribbon_tab
from zwgk_excel.layout.resources import folder
from zwgk_excel.workbooks.xlam.ribbon import filled
from zwgk_excel.workflow.wps.note import STALE, note_path, this_program

NAME = "zwgk"
"""What the add-in is called in the lists of WPS."""
_PLACE = re.compile("^var PLACE = .*;$", re.MULTILINE)
_COLOURS = ("#c8102e", "#1f6feb", "#57606a", "#9a6700", "#1a7f37")
"""Of the pictures, a colour for each group of the ribbon."""


def addin_files(interpreter: Path) -> dict[str, bytes]:
    """Name in the add-in's folder → content. ``interpreter`` is the Python that the add-in starts the service with."""
    texts = folder("vba_shim") / "wps"
    files = {name: (texts / name).read_bytes() for name in ("index.html", "manifest.xml")}
    ribbon = texts.joinpath("ribbon.xml.jinja").read_text(encoding="utf-8")
    files["ribbon.xml"] = filled(ribbon, xml=True, tab=ribbon_tab()).encode()
    files["main.js"] = _main(texts.joinpath("main.js").read_text(encoding="utf-8"), interpreter)
    for number, group in enumerate(ribbon_tab().groups):
        colour = _COLOURS[number % len(_COLOURS)]
        files |= {f"images/zwgk_{each.function}.svg": _picture(each, colour) for each in group.buttons}
    return files


def _main(text: str, interpreter: Path) -> bytes:
    place = {
        "note": str(note_path()),
        "stale": STALE,
        "program": this_program(),
        "interpreter": str(_windowless(interpreter)),
        "parameters": "-P -m zwgk_excel addin serve",
        "title": ribbon_tab().label,
    }
    filled, count = _PLACE.subn(lambda _: f"var PLACE = {json.dumps(place)};", text)
    if count != 1:
        raise ValueError(f"main.js has {count} lines with PLACE")
    return filled.encode()


def _windowless(interpreter: Path) -> Path:
    """The same Python without a console, which Windows has beside it."""
    other = interpreter.with_name("pythonw.exe")
    return other if interpreter.name.casefold() == "python.exe" and other.is_file() else interpreter


def _picture(button: Button, colour: str) -> bytes:
    """The first character of the label on a tile: WPS has none of Office's own pictures."""
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" width="32" height="32" viewBox="0 0 32 32">'
        f'<rect x="2" y="2" width="28" height="28" rx="6" fill="{colour}"/>'
        '<text x="16" y="22" font-size="16" text-anchor="middle" fill="#ffffff" '
        f'font-family="Microsoft YaHei, Noto Sans CJK SC, sans-serif">{escape(button.label[0])}</text></svg>\n'
    ).encode()
