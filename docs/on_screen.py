"""Pictures of the buttons in a LibreOffice with windows: the toolbars over a sheet, or what a button comes to.

    python docs/on_screen.py 工作区 docs/pictures --sheet 总览 --name libreoffice-buttons
    python docs/on_screen.py 工作区 docs/pictures --sheet 总览 --name libreoffice-consolidated --press 汇总

A button is pressed by the pointer, on the day of the demo's workspace; the picture shows its closing words. Nothing is
installed in the user's own LibreOffice. ``tests/setup.sh tools`` installs what is needed.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from docs.on_demo_day import NOW
from tests.calc.office import clock_on
from tests.desktop.libreoffice import Desktop, environment_in, recorded_interpreter
from tests.desktop.screen import Screen
from tests.tools import require
from zwgk_excel.layout.columns import layout
from zwgk_excel.workflow.setup.libreoffice_install import install_extension

_THAT_DAY = (
    "from datetime import datetime; from zwgk_excel.workflow import clock; "
    f"clock.now = lambda: datetime(*{NOW.timetuple()[:6]})"
)


def main() -> int:
    """Take the picture; 0 when it is written."""
    args = _arguments()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        environment = environment_in(folder, recorded_interpreter(folder / "python", _THAT_DAY))
        install_extension(environment)
        log = environment.interpreter.parent / "log"
        that_day = clock_on(NOW.date(), *require("libfaketime"))  # of the sheets' TODAY()
        with Screen(folder) as screen, Desktop(screen, environment, log, ZWGK_WHO="经办人", **that_day) as desktop:
            desktop.open(args.workspace / layout("tracker").file_name)
            view = desktop.model.CurrentController
            view.setActiveSheet(desktop.model.Sheets.getByName(args.sheet))
            shown: list[bytes] = []
            if args.press:
                desktop.press(args.press, "ok", shown=lambda: shown.append(screen.png()))
            target = args.outdir / f"{args.name}.png"
            target.write_bytes(shown[-1] if shown else screen.settled())
    print(target)
    return 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Pictures of the buttons in LibreOffice.")
    parser.add_argument("workspace", type=lambda text: Path(text).resolve())
    parser.add_argument("outdir", type=Path)
    parser.add_argument("--sheet", required=True)
    parser.add_argument("--name", required=True)
    parser.add_argument("--press", help="the label of a button; its first question is answered with yes")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
