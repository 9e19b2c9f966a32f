"""A sandbox that the built program brought up, and opsh beside it with a state of its own."""
import hashlib
import json
import os
import re
import shutil
import subprocess
import urllib.request


class Result:
    """How a program ended: its code (negative for a signal), its output and its messages."""

    def __init__(self, code, output, messages):
        self.code, self.output, self.messages = code, output, messages

    @property
    def last_words(self):
        return ' '.join(self.messages.split())[-400:]


class World:
    """Everything lives below one folder; `down` leaves nothing."""

    def __init__(self, binaries, folder, scenario='bad-migration', seed=1):
        self.binaries, self.root = binaries, folder
        self.state = os.path.join(folder, 'state')
        self.config = os.path.join(folder, 'config')
        self.environment = {
            'XDG_STATE_HOME': self.state, 'XDG_CONFIG_HOME': self.config, 'HOME': folder,
            'PATH': os.environ.get('PATH', '/usr/bin:/bin'), 'LC_ALL': 'C.UTF-8', 'NO_COLOR': '1',
            'SWIFT_BACKTRACE': 'enable=no', 'TMPDIR': os.environ.get('TMPDIR', '/tmp'),
        }
        self.here = folder
        self.sandbox('up', '--scenario', scenario, '--seed', str(seed))
        facts = json.loads(self.sandbox('status', '--output', 'json').output)
        self.stack, self.log, self.postgres = facts['stack'], facts['log'], facts['postgres']
        self.addresses = {name: facts[name] for name in ('vercel', 'neon', 'sentry', 'app')}
        self.here = os.path.dirname(self.stack)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.sandbox('down')

    # ---- programs

    @property
    def opsh_path(self):
        return os.path.join(self.binaries, 'opsh')

    def sandbox(self, *words):
        done = self.opsh('sandbox', *words)
        if done.code != 0:
            raise RuntimeError(f'opsh sandbox {" ".join(words)}: {done.output}{done.messages}')
        return done

    def fault(self, vendor, kind, on=True):
        self.sandbox('fault', vendor, kind, *([] if on else ['off']))

    def opsh(self, *words, stdin=None, environment=(), **options):
        """Runs opsh without a terminal: in a session of its own, standard input /dev/null."""
        return self.program([self.opsh_path, *words], stdin=stdin, environment=environment, **options)

    def program(self, words, stdin=None, environment=(), timeout=120, **options):
        done = subprocess.run(
            words, stdin=subprocess.DEVNULL if stdin is None else stdin, capture_output=True,
            env={**self.environment, **dict(environment)}, cwd=self.here, timeout=timeout,
            start_new_session=True, **options)
        return Result(done.returncode, done.stdout.decode(errors='replace'),
                      done.stderr.decode(errors='replace'))

    def value(self, code, stack=None):
        """Evaluates a read; its JSON."""
        done = self.opsh(*self.with_stack(stack), '--output', 'json', '-c', code)
        if done.code != 0:
            raise RuntimeError(f'{code}: exit {done.code}: {done.last_words}')
        return json.loads(done.output)

    @staticmethod
    def with_stack(stack):
        return ['--stack', stack] if stack else []

    def approve(self, *words, environment=(), **options):
        """Gets the hash that would approve a command line, as automation does.

        The same plan comes again and again here, and an approval serves one run only: what was
        used before is forgotten.
        """
        self.forget_approvals(dict(environment).get('XDG_STATE_HOME'))
        refused = self.opsh(*words, environment=environment, **options)
        found = re.findall(r'--approve ([0-9a-f]{64})', refused.messages)
        if refused.code != 4 or not found:
            raise RuntimeError(f'{words}: no hash to approve: exit {refused.code}: {refused.last_words}')
        return found[-1]

    # ---- what was done

    def changes(self):
        """The requests that change something, as (vendor, METHOD path, body), in order."""
        found = []
        with open(self.log, encoding='utf-8') as log:
            for line in log:
                entry = json.loads(line)
                if entry['method'] not in ('GET', 'HEAD'):
                    path = entry['path'].split('?')[0]
                    found.append((entry['vendor'], f'{entry["method"]} {path}', entry['body']))
        return found

    def psql(self, statement):
        done = self.program(['psql', '-XAtc', statement, self.postgres])
        if done.code != 0:
            raise RuntimeError(f'psql: {done.last_words}')
        return done.output.strip()

    def psql_beside(self, statement):
        """Starts a statement that goes on; it ends with its server, whatever becomes of it."""
        subprocess.Popen(
            ['psql', '-XAtc', statement, self.postgres], stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=self.environment,
            start_new_session=True)

    def runs_folder(self):
        return os.path.join(self.state, 'opsh', 'runs')

    def runs(self):
        """The ids of all runs, the one that was begun first comes first."""
        folder = self.runs_folder()
        names = os.listdir(folder) if os.path.isdir(folder) else []
        return sorted(names, key=lambda name: os.stat(os.path.join(folder, name)).st_mtime_ns)

    def journal(self, run=None):
        """The records of a run, the newest if none is named."""
        run = run or self.runs()[-1]
        return read_journal(os.path.join(self.runs_folder(), run, 'journal'))

    def forget_runs(self):
        shutil.rmtree(self.runs_folder(), ignore_errors=True)
        self.forget_approvals()

    def forget_approvals(self, state=None):
        shutil.rmtree(os.path.join(state or self.state, 'opsh', 'approvals'), ignore_errors=True)

    # ---- past opsh

    def turn_jobs_on(self):
        """Asks the sandbox's Vercel for it, which is in the log as any change is."""
        with open(os.path.join(self.here, 'secrets', 'VERCEL_TOKEN'), encoding='utf-8') as file:
            token = file.read().strip()
        request = urllib.request.Request(
            f'{self.addresses["vercel"]}/v1/projects/optiq/crons?slug=optiq', method='PATCH',
            data=b'{"enabled":true}',
            headers={'Authorization': f'Bearer {token}', 'Content-Type': 'application/json'})
        urllib.request.urlopen(request).read()

    # ---- other stack files

    def write_stack(self, name, text):
        """Writes a stack file beside the sandbox's own, and trusts it."""
        path = os.path.join(self.here, name)
        with open(path, 'w', encoding='utf-8') as file:
            file.write(text)
        digest = hashlib.sha256(text.encode()).hexdigest()
        done = self.opsh('--stack', path, 'trust', digest)
        if done.code != 0:
            done = self.opsh('trust', '--stack', path, digest)
        if done.code != 0:
            raise RuntimeError(f'trust {name}: {done.last_words}')
        return path

    def stack_text(self):
        with open(self.stack, encoding='utf-8') as file:
            return file.read()

    def write(self, name, text):
        path = os.path.join(self.here, name)
        with open(path, 'w', encoding='utf-8') as file:
            file.write(text)
        return path


def read_journal(path):
    """The whole lines of a journal as JSON; a torn tail is left out."""
    records = []
    if not os.path.exists(path):
        return records
    with open(path, 'rb') as file:
        for line in file.read().split(b'\n')[:-1]:
            try:
                records.append(json.loads(line.rsplit(b' ', 1)[0]))
            except ValueError:
                break
    return records
