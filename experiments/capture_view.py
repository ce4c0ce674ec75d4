"""The live view as text: runs doit on a terminal of its own and prints the picture from the middle of the run.

python experiments/capture_view.py collect:go1.24 collect:go1.25 count=10
"""

from __future__ import annotations

import fcntl
import os
import pty
import re
import struct
import subprocess
import sys
import termios

ROWS, COLUMNS = 45, 110
#: rich goes back over what it drew with these before it draws again.
BACK = re.compile(r"(?:\r?\x1b\[\d*[AK])+|\x1b\[\?25[hl]")
STYLE = re.compile(r"\x1b\[[0-9;]*m")
MARK = "CV classes so far"


def main() -> int:
    """Run, and print one complete picture; doit's exit status."""
    parent, child = pty.openpty()
    fcntl.ioctl(child, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))
    command = [sys.executable, "-m", "doit", *sys.argv[1:]]
    env = {**os.environ, "TERM": "xterm-256color"}
    process = subprocess.Popen(command, stdin=child, stdout=child, stderr=child, env=env)
    os.close(child)
    shown = bytearray()
    try:
        while data := os.read(parent, 65536):
            shown += data
    except OSError:
        pass  # the terminal's other end is closed
    pictures = [part for part in BACK.split(shown.decode(errors="replace")) if MARK in part]
    print(STYLE.sub("", pictures[len(pictures) // 2] if pictures else "nothing was drawn").replace("\r", "").strip())
    return process.wait()


if __name__ == "__main__":
    sys.exit(main())
