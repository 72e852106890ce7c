"""Names of received files, made valid on Windows, Linux and macOS; names of files that nobody sent."""

from __future__ import annotations

import re
import unicodedata

from zwgk_excel.domain.text import shown_in_a_name

LONGEST = 200
"""UTF-8 bytes of a safe name: file systems allow 255, and a number, a folder's ending and the like must still fit."""
UNIT_BYTES = 120
"""Of them so many for a unit's name, so that mail systems take what it is part of."""

_LONGEST_SUFFIX = 16
_NAMELESS = "未命名"
_FORBIDDEN = re.compile(r"""[<>:"/\\|?*$`;&'%!^]""")
"""What Windows forbids, and what a shell would act on, were the name pasted into a command."""
_RUN_OF_FORBIDDEN = re.compile(f"{_FORBIDDEN.pattern}+")
_RESERVED = re.compile(r"(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])\s*(\.|$)", re.IGNORECASE)
"""Device names of Windows, with any ending: https://learn.microsoft.com/windows/win32/fileio/naming-a-file."""
_LEFT_BEHIND = re.compile(
    r"\.(?!\.?$).*|~\$.*"  # hidden files; what lies beside an open one: .~表 (WPS), .~lock.表# (LibreOffice), ~$表
    r"|~.*\.tmp|[0-9a-f]{8}\.tmp"  # what Office writes while it saves
    r"|thumbs\.db|ehthumbs(_vista)?\.db|desktop\.ini|\$recycle\.bin|recycler|system volume information"  # Windows
    r"|icon\r?|__macosx"  # macOS, which hides the others behind a full stop
    r"|@eadir|#recycle",  # network drives
    re.IGNORECASE | re.DOTALL,
)
"""Names of files and folders that programs leave behind."""
_APART = ".隔离"
"""Ends the name of a file that is kept apart: no system and no program does anything with it."""
_KEPT_APART = re.compile(f"(.+?)(（\\d+）)?{re.escape(_APART)}", re.DOTALL)
_OURS = re.compile(r"zwgk\.(toml|id|db(-wal|-shm|-journal|-lock)?)")
"""Names that make a folder a workspace (``workflow.office.workspace``)."""
_OF_SYSTEMS = re.compile(r"(desktop|autorun|folder)\.(ini|inf|htt)|.*\.([a-z]+-ms|\{[0-9a-f-]+\})", re.DOTALL)
"""Settings of folders in Windows; ``.library-ms``, ``.search-ms`` and the like; folders by the id of a program."""
_SUFFIXES = """
    py pyw pyc pyo pyd pyz pyzw pyi pth whl egg so dylib
    pem key crt cer cert der csr p7b p7c p12 pfx jks keystore
    exe com dll ocx cpl drv sys scr pif bat cmd btm ps1 ps1xml ps2 ps2xml psc1 psc2 psd1 psm1 psdm1 msh msh1 msh2
    msh1xml msh2xml mshxml vb vbe vbs vbp vsmacros js jse mjs wsf wsh wsc ws sct sh bash csh ksh zsh command tool pl rb
    hta htc chm hlp shb shs lnk url website webloc desktop scf inf ins isp reg rdp appref application gadget theme
    msi msp mst msix msixbundle msu appx appxbundle appinstaller mad maf mag mam maq mar mas mat mau mav maw mcf mda mdb
    mde mdt mdw mdz msc osd prf prg grp ops pcd plg jar jnlp jnl apk app dmg pkg deb rpm appimage run
    iso img vhd vhdx diagcab diagcfg diagpkg xbap xll xla xlam wll dot dotm ppa ppam iqy oqy dqy rqy odc udl slk
    settingcontent
"""
_ACTING = frozenset(_SUFFIXES.split())
"""Suffixes of what Python imports, what servers are trusted by, and what Windows, macOS, Linux or Office runs."""
_DOCUMENTS = "xlsx xls et csv ods docx doc wps odt pdf ofd txt png jpg jpeg gif bmp tif tiff"
_OPENED = frozenset(_DOCUMENTS.split())
"""Suffixes of tables, documents and pictures, which no system runs: only these a link may open at a click.

Workbooks and documents with macros, archives, mails and web pages are not among them; who wants one opens its folder.
"""
_HIDDEN = frozenset({"Cc", "Cf", "Cs"})
"""Unicode's categories of characters that are not seen, or that turn the others round."""


def left_behind(path: str) -> bool:
    """Whether a program or system made a temporary or hidden file, by its name or that of a folder it is in."""
    return any(map(_LEFT_BEHIND.fullmatch, re.split(r"[/\\]", path)))


def safe_name(name: str) -> str:
    """The last part of a path as a name that is valid on Windows, Linux and macOS, at most LONGEST bytes in UTF-8.

    A shortened name keeps its suffix. The result never begins like the temporary files that a scan of 收件箱 skips, and
    is no name that the program, Python or a system acts upon: ``zwgk.toml`` becomes ``zwgk.toml.隔离``.
    """
    last = re.split(r"[/\\]", name.rstrip("/\\"))[-1]
    plain = _FORBIDDEN.sub("_", _shown(last)).strip(" ").rstrip(". ")
    if not plain.strip("."):
        return _NAMELESS
    if plain.startswith((".", "~")) or _RESERVED.match(plain):
        plain = f"_{plain}"
    name = _shortened(plain)
    return _shortened(f"{name}{_APART}") if acts(name) else name


def acts(name: str) -> bool:
    """Whether a name means something to us, to Python or to a system, so that no stranger may choose it."""
    folded = unicodedata.normalize("NFKC", name).casefold().rstrip(". ")
    suffix = folded.rpartition(".")[2] if "." in folded else ""
    return bool(_OURS.fullmatch(folded) or _OF_SYSTEMS.fullmatch(folded)) or suffix.strip() in _ACTING


def may_open(path: str) -> bool:
    """Whether a link may lead to a file below the folder that it stands in: to a table, a document or a picture.

    ``path`` is relative, with ``/``; one that leaves the folder on any system, or that does not read as it is, may not.
    """
    parts = path.split("/")
    inside = not re.search(r"[:\\]", path) and not {"", ".", ".."} & set(parts)
    return inside and not is_disguised(path) and parts[-1].rpartition(".")[2].casefold() in _OPENED


def is_disguised(name: str) -> bool:
    """Whether a name has characters that are not seen: ``通知\u202efdp.exe`` is shown as ``通知exe.pdf``."""
    return any(unicodedata.category(char) in _HIDDEN for char in name)


def acting_name(name: str) -> str:
    """What a file was called that is kept apart under ``name``; empty for any other."""
    found = _KEPT_APART.fullmatch(name)
    return found[1] if found and acts(found[1]) else ""


def safe_part(text: str, most: int) -> str:
    """A text such as a unit's name as the beginning of a file name, valid on every system.

    At most ``most`` bytes long in UTF-8.
    """
    plain = re.sub(r"^~", "_~", _RUN_OF_FORBIDDEN.sub("_", _shown(text)).strip(" .")) or "_"
    if found := _RESERVED.match(plain):
        plain = f"{found[1]}_{plain[found.end(1) :]}"
    return plain.encode()[:most].decode(errors="ignore").rstrip(" .")


def numbered(name: str, number: int) -> str:
    """The name with a number before its suffix, ``回复（2）.xlsx``; as it is for number 1."""
    if number == 1:
        return name
    stem, suffix = _parts(name)
    return f"{stem}（{number}）{suffix}"


def _shown(text: str) -> str:
    return shown_in_a_name(unicodedata.normalize("NFC", text))


def _parts(name: str) -> tuple[str, str]:
    stem, dot, suffix = name.rpartition(".")
    if not stem or len(suffix.encode()) > _LONGEST_SUFFIX:
        return name, ""
    return stem, dot + suffix


def _shortened(name: str) -> str:
    if len(name.encode()) <= LONGEST:
        return name
    apart = _APART if name.endswith(_APART) else ""
    stem, suffix = _parts(name.removesuffix(apart))
    suffix += apart
    room = LONGEST - len(suffix.encode())
    return stem.encode()[:room].decode(errors="ignore").rstrip(". ") + suffix


def beside_unit(name: str, unit: str, month: object) -> str:
    """A file's name without the unit and the month that it begins with, for a row in which these stand already."""
    bare = name.removeprefix(f"{unit}_{month}_")
    return f"…{bare}" if bare != name else name
