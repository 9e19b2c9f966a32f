"""A loopback proxy that loses one answer: it passes everything on until one of some patterns goes up."""
import select
import socket
import struct
import threading

# When the connection is reset: before the request went on, as soon as it did, or only when the
# server's answer has come.
BEFORE, BETWEEN, AFTER = 'before', 'between', 'after'
SKIPPED = 'skipped'


class CuttingProxy:
    """Forwards to (host, port); `cut` arms it for one loss."""

    def __init__(self, host, port):
        self.target = (host, int(port))
        self.lock = threading.Lock()
        self.patterns, self.when, self.cuts, self.skip = [], AFTER, 0, 0
        self.door = socket.socket()
        self.door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.door.bind(('127.0.0.1', 0))
        self.door.listen(32)
        self.port = self.door.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def cut(self, patterns, when, skip=0):
        """Arms it; so many hits are let through before."""
        with self.lock:
            self.patterns, self.when, self.cuts, self.skip = patterns, when, 0, skip

    def pass_on(self):
        with self.lock:
            self.patterns = []

    def close(self):
        self.door.close()

    def _accept(self):
        while True:
            try:
                client, _ = self.door.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _is_hit(self, data):
        with self.lock:
            if not any(pattern in data for pattern in self.patterns):
                return None
            if self.skip:
                self.skip -= 1
                return SKIPPED
            self.patterns, self.cuts = [], self.cuts + 1
            return self.when

    def _serve(self, client):
        try:
            server = socket.create_connection(self.target)
        except OSError:
            reset(client)
            return
        try:
            self._pump(client, server)
        except OSError:
            pass
        finally:
            reset(client)
            reset(server)

    def _pump(self, client, server):
        seen = b''
        while True:
            ready, _, _ = select.select([client, server], [], [], 120)
            if not ready:
                return
            if server in ready:
                data = server.recv(65536)
                if not data:
                    return
                client.sendall(data)
            if client in ready:
                data = client.recv(65536)
                if not data:
                    return
                seen = (seen + data)[-65536:]
                hit = self._is_hit(seen)
                if hit == SKIPPED:
                    seen = b''
                if hit == BEFORE:
                    return
                server.sendall(data)
                if hit == BETWEEN:
                    # What was sent is delivered: an orderly end, and no answer is read.
                    server.shutdown(socket.SHUT_WR)
                    reset(client)
                    drain(server)
                    return
                if hit == AFTER:
                    select.select([server], [], [], 30)
                    server.recv(65536)
                    return


def drain(connection):
    connection.settimeout(30)
    while connection.recv(65536):
        pass


def reset(connection):
    """Ends a connection with RST, as a peer that died does."""
    try:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack('ii', 1, 0))
    except OSError:
        pass
    connection.close()
