"""Stands for the installed Python and keeps the conversation: ``python recorded.py LOG PYTHON ARGUMENTS…``."""

import subprocess
import sys
import threading
from pathlib import Path


def copy(source, target, log, mark):
    """Line by line, each written down first."""
    with target:
        for line in iter(source.readline, b""):
            log.write(mark + line)
            log.flush()
            try:
                target.write(line)
                target.flush()
            except OSError:
                return


def main():
    with Path(sys.argv[1]).open("ab") as log:
        log.write(b"+ " + " ".join(sys.argv[3:]).encode() + b"\n")
        program = subprocess.Popen(sys.argv[2:], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        log.write(b"= %d\n" % program.pid)
        log.flush()
        answers = threading.Thread(target=copy, args=(sys.stdin.buffer, program.stdin, log, b"< "), daemon=True)
        answers.start()
        copy(program.stdout, sys.stdout.buffer, log, b"> ")
        code = program.wait()
        log.write(b"- %d\n" % code)
        log.flush()
    return code


if __name__ == "__main__":
    sys.exit(main())
