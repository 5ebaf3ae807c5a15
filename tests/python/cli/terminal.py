"""A terminal in memory: runs a command in it, and tells what a person would see."""

from __future__ import annotations

import contextlib
import fcntl
import os
import pty
import select
import struct
import subprocess
import sys
import termios
import time

import pyte

# Takes the terminal as its own, so that Ctrl-C reaches it.
_TAKE_TERMINAL = "import fcntl, os, runpy, sys, termios; fcntl.ioctl(1, termios.TIOCSCTTY, 0); "
_APIMALL = _TAKE_TERMINAL + "runpy.run_module('apimall.cli', run_name='__main__')"
_PROGRAM = _TAKE_TERMINAL + "os.execvp(sys.argv[1], sys.argv[1:])"


class Terminal:
    """One command of apimall, or another program, at a terminal of a given size."""

    def __init__(self, *args, program=False, columns=80, lines=24, stdin=None, env=None):
        self.screen = pyte.HistoryScreen(columns, lines, history=5000)
        self._stream = pyte.ByteStream(self.screen)
        self._master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))
        self.raw = b""
        self.process = subprocess.Popen(
            [sys.executable, "-c", _PROGRAM if program else _APIMALL, *map(str, args)],
            stdin=subprocess.PIPE if stdin is not None else slave,
            stdout=slave,
            stderr=slave,
            start_new_session=True,
            env={**os.environ, "TERM": "xterm-256color", **(env or {})},
        )
        os.close(slave)
        if stdin is not None:
            self.process.stdin.write(stdin.encode())
            self.process.stdin.close()

    def press(self, keys):
        """Type."""
        os.write(self._master, keys)

    def until(self, words, seconds=60.0):
        """Let it run until the words can be read."""
        limit = time.monotonic() + seconds
        while words not in self.text:
            assert time.monotonic() < limit, f"{words!r} never came:\n{self.text}"
            assert self._read(0.05) or self.process.poll() is None, (
                f"it ended without {words!r}:\n{self.text}"
            )

    def finish(self, seconds=60.0):
        """Let it run to its end, and return its exit code."""
        limit = time.monotonic() + seconds
        while self._read(0.05) or self.process.poll() is None:
            assert time.monotonic() < limit, f"it does not end:\n{self.text}"
        return self.process.wait()

    @property
    def text(self):
        """All that can be read, what has scrolled away included."""
        above = [
            "".join(line[x].data for x in range(self.screen.columns)) for line in self.screen.history.top
        ]
        return "\n".join(line.rstrip() for line in [*above, *self.screen.display]).rstrip()

    def close(self):
        """End it."""
        with contextlib.suppress(ProcessLookupError):
            self.process.kill()
        self.process.wait()
        os.close(self._master)

    def _read(self, seconds):
        if not select.select([self._master], [], [], seconds)[0]:
            return False
        try:
            data = os.read(self._master, 65536)
        except OSError:  # nobody has it open any more
            return False
        self.raw += data
        self._stream.feed(data)
        return bool(data)
