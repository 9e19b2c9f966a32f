"""A PostgreSQL cluster of a proof's own, on loopback, without passwords."""
import glob
import os
import pwd
import shutil
import socket
import subprocess
import tempfile


class Cluster:
    """Use it as a context: its end stops the server and removes the folder."""

    def __init__(self):
        folders = sorted(glob.glob('/usr/lib/postgresql/*/bin'), key=lambda f: int(f.split('/')[4]))
        if not folders:
            raise RuntimeError('no PostgreSQL server is installed; run scripts/setup')
        self.programs = folders[-1]
        self.folder = tempfile.mkdtemp(prefix='opsh-pg-')
        self.prefix = []
        if os.geteuid() == 0:
            # The server refuses to run as root.
            user = pwd.getpwnam('postgres')
            os.chown(self.folder, user.pw_uid, user.pw_gid)
            self.prefix = ['setpriv', '--reuid', str(user.pw_uid), '--regid', str(user.pw_gid),
                           '--clear-groups', '--']
        with socket.socket() as door:
            door.bind(('127.0.0.1', 0))
            self.port = door.getsockname()[1]

    def __enter__(self):
        data = os.path.join(self.folder, 'data')
        self.run('initdb', '-D', data, '-U', 'owner', '-A', 'trust', '-E', 'UTF8',
                 '--locale=C.UTF-8', '--no-sync')
        self.run('pg_ctl', '-D', data, '-l', os.path.join(self.folder, 'log'), '-w', '-t', '60',
                 '-o', f'-p {self.port} -k {self.folder} -c listen_addresses=127.0.0.1 -c fsync=off',
                 'start')
        return self

    def __exit__(self, *_):
        self.run('pg_ctl', '-D', os.path.join(self.folder, 'data'), '-m', 'immediate', 'stop')
        shutil.rmtree(self.folder, ignore_errors=True)

    def run(self, program, *words):
        subprocess.run([*self.prefix, os.path.join(self.programs, program), *words], check=True,
                       cwd='/', stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)

    def url(self, database, user='owner'):
        return f'postgresql://{user}@127.0.0.1:{self.port}/{database}'

    def psql(self, database, statement):
        done = subprocess.run(
            [os.path.join(self.programs, 'psql'), '-XqAt', '-v', 'ON_ERROR_STOP=1', '-d',
             self.url(database), '-c', statement],
            stdin=subprocess.DEVNULL, capture_output=True, text=True)
        if done.returncode != 0:
            raise RuntimeError(f'psql: {statement}: {done.stderr}')
        return done.stdout.strip()
