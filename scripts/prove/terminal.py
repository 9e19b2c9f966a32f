"""A program on a terminal of its own, and what a person does there."""
import errno
import os
import pty
import select
import signal
import struct
import termios
import fcntl
import time


class Missing(Exception):
    """What was waited for did not come."""


class Terminal:
    def __init__(self, words, environment, folder, patience=60):
        self.patience = patience
        self.unread, self.everything = b'', b''
        self.pid, self.master = pty.fork()
        if self.pid == 0:
            try:
                os.chdir(folder)
                os.execve(words[0], words, {**environment, 'TERM': 'xterm', 'EDITRC': '/dev/null'})
            finally:
                os._exit(127)
        fcntl.ioctl(self.master, termios.TIOCSWINSZ, struct.pack('HHHH', 40, 120, 0, 0))
        self.is_open = True

    def type(self, text):
        data = text.encode()
        while data:
            data = data[os.write(self.master, data):]

    def expect(self, text):
        """Waits for a text; gives all that came up to its end."""
        wanted, end = text.encode(), time.monotonic() + self.patience
        while wanted not in self.unread:
            if not self._fill(end):
                raise Missing(f'{text!r} did not come: {self.tail}')
        at = self.unread.index(wanted) + len(wanted)
        seen, self.unread = self.unread[:at], self.unread[at:]
        return seen.decode(errors='replace')

    def hang_up(self):
        """The terminal goes away, as when a laptop is closed or a connection breaks."""
        os.close(self.master)
        self.is_open = False

    def end(self):
        """Waits for the program's end; its exit code, or its signal as a negative number."""
        end = time.monotonic() + self.patience
        while self.is_open and self._fill(end):
            pass
        while True:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                self.pid = None
                break
            if time.monotonic() > end:
                raise Missing(f'it did not end: {self.tail}')
            time.sleep(.01)
        if self.is_open:
            self.hang_up()
        return os.waitstatus_to_exitcode(status)

    def kill(self):
        if self.pid:
            os.kill(self.pid, signal.SIGKILL)
            os.waitpid(self.pid, 0)
            self.pid = None
        if self.is_open:
            self.hang_up()

    @property
    def tail(self):
        return ' '.join(self.everything.decode(errors='replace').split())[-500:]

    def _fill(self, end):
        ready, _, _ = select.select([self.master], [], [], max(0, end - time.monotonic()))
        if not ready:
            raise Missing(f'nothing came any more: {self.tail}')
        try:
            data = os.read(self.master, 65536)
        except OSError as error:
            if error.errno != errno.EIO:
                raise
            data = b''
        self.unread += data
        self.everything += data
        return bool(data)
