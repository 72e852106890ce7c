"""Pictures of a workbook: every page of its visible sheets as a PNG; of a Word document: every page.

    python docs/render.py 总台账.xlsx docs/pictures
    python docs/render.py 总台账.xlsx docs/pictures --sheet 跟踪台账 --name tracker --pages 1
    python docs/render.py 通报.docx docs/pictures --name bulletin --pages 1
    python docs/render.py 总台账.xlsx docs/pictures --sheet 总览 --name overview-part --pages 1 --part 0,0,1,0.6

Needs LibreOffice with its Python bridge and pdftoppm; ``tests/setup.sh tools`` installs them.
"""

from __future__ import annotations

import argparse
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tests.calc.office import Document, Office, OfficeError
from zwgk_excel.workbooks.bulletin.pdf import PdfError, to_pdf

Part = tuple[float, float, float, float]
"""Left, top, right and bottom of a picture, as fractions of what is printed on its page."""
_PAPER, _FOOTER, _COARSE, _EDGE = 250, 0.08, 60, 3
"""Lighter is blank paper; so much at the foot of a page is page numbers; dots per inch of a look at what is printed,
and so many of these dots are left around it."""


def main() -> int:
    """Run the command; 0 done, 2 a tool, the workbook or the sheet is missing."""
    args = _arguments()
    missing = [tool for tool in ("soffice", "pdftoppm") if shutil.which(tool) is None]
    if missing:
        print(f"not available: {', '.join(missing)}; run tests/setup.sh tools", file=sys.stderr)
        return 2
    try:
        shown = {"sheet": args.sheet, "name": args.name, "pages": args.pages, "dpi": args.dpi, "part": args.part}
        pictures = render(args.workbook, args.outdir, **shown)
    except (OfficeError, PdfError, OSError, KeyError, ImportError) as error:
        print(f"{args.workbook}: {error}", file=sys.stderr)
        return 2
    for picture in pictures:
        print(picture)
    return 0


def render(
    workbook: Path,
    outdir: Path,
    *,
    sheet: str | None = None,
    name: str | None = None,
    pages: int | None = None,
    dpi: int = 80,
    part: Part | None = None,
) -> list[Path]:
    """Draw ``workbook`` as it would be printed and return the PNG files, in order.

    ``sheet`` limits it to one sheet (of a workbook), ``pages`` to the first pages of each. A picture is called
    ``{name}.png``, or ``{name}-2.png`` from the second page on; ``name`` is the sheet's or file's own unless given.
    ``part`` leaves the margins and page numbers out, and shows that part of the rest.
    """
    outdir.mkdir(parents=True, exist_ok=True)
    if workbook.suffix == ".docx":
        return _render_document(workbook, outdir, name or workbook.stem, pages, dpi, part)
    with Office(shutil.which("soffice") or "soffice") as office, office.open(workbook) as document:
        sheets = [sheet] if sheet else document.visible_sheet_names()
        return [
            picture
            for shown in sheets
            for picture in _render_sheet(document, shown, outdir, name or shown, pages, dpi, part)
        ]


def _render_sheet(
    document: Document, sheet: str, outdir: Path, name: str, pages: int | None, dpi: int, part: Part | None
) -> list[Path]:
    with tempfile.TemporaryDirectory() as scratch:
        return _draw(document.save_as(Path(scratch) / "sheet.pdf", sheet=sheet), outdir, name, pages, dpi, part)


def _render_document(
    document: Path, outdir: Path, name: str, pages: int | None, dpi: int, part: Part | None
) -> list[Path]:
    with tempfile.TemporaryDirectory() as scratch:
        pdf = Path(scratch) / "document.pdf"
        made = to_pdf(shutil.which("soffice") or "soffice", {document.name: document.read_bytes()})
        pdf.write_bytes(made[document.name])
        return _draw(pdf, outdir, name, pages, dpi, part)


def _draw(pdf: Path, outdir: Path, name: str, pages: int | None, dpi: int, part: Part | None) -> list[Path]:
    """The pages of a PDF file as pictures; the file's folder holds nothing else."""
    last = ["-l", str(pages)] if pages else []
    where = _where(pdf, part, dpi) if part else []
    drawing = ["pdftoppm", "-png", "-r", str(dpi), *last, *where, str(pdf), str(pdf.with_name("page"))]
    subprocess.run(drawing, check=True)
    drawn = sorted(pdf.parent.glob("page-*.png"))  # pdftoppm pads the numbers
    names = [name, *(f"{name}-{number}" for number in range(2, len(drawn) + 1))]
    return [Path(shutil.move(page, outdir / f"{new}.png")) for page, new in zip(drawn, names, strict=True)]


def _where(pdf: Path, part: Part, dpi: int) -> list[str]:
    """The options of pdftoppm that draw a part of what the first page shows, at ``dpi``."""
    grey = ["pdftoppm", "-gray", "-r", str(_COARSE), "-l", "1", "-singlefile", str(pdf)]
    page = subprocess.run(grey, check=True, capture_output=True).stdout
    header = re.match(rb"P5\s(\d+)\s(\d+)\s255\s", page)
    if header is None:
        raise OSError("pdftoppm drew no grey picture")
    width, height = int(header[1]), int(header[2])
    lines = [page[header.end() + width * y :][:width] for y in range(int(height * (1 - _FOOTER)))]
    rows = [y for y, line in enumerate(lines) if min(line) < _PAPER]
    columns = [x for x in range(width) if any(line[x] < _PAPER for line in lines)]
    left, top = columns[0] - _EDGE, rows[0] - _EDGE
    wide, high = columns[-1] + 1 + _EDGE - left, rows[-1] + 1 + _EDGE - top
    shown = {
        "-x": left + wide * part[0],
        "-y": top + high * part[1],
        "-W": wide * (part[2] - part[0]),
        "-H": high * (part[3] - part[1]),
    }
    return [word for option, dots in shown.items() for word in (option, str(round(dots * dpi / _COARSE)))]


def _part(text: str) -> Part:
    """``0,0,1,0.5`` as numbers; raises ValueError for anything else."""
    left, top, right, bottom = map(float, text.split(","))
    if not (0 <= left < right <= 1 and 0 <= top < bottom <= 1):
        raise ValueError(text)
    return left, top, right, bottom


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("workbook", type=Path)
    parser.add_argument("outdir", type=Path)
    parser.add_argument("--sheet", help="only this sheet")
    parser.add_argument("--name", help="what to call the pictures, instead of the sheet's name")
    parser.add_argument("--pages", type=int, help="at most so many pages of a sheet")
    parser.add_argument("--dpi", type=int, default=80, help="dots per inch (80: an A4 landscape page is 935 wide)")
    parser.add_argument("--part", type=_part, help="LEFT,TOP,RIGHT,BOTTOM: without margins, and so much of the rest")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
