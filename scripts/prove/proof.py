"""What every proof shares: its options, its counts, its last line and its exit code.

A proof enumerates its points first and then reaches each. It fails if one of them shows what must
not be, and also if it reached fewer points than it enumerated: a proof that tests nothing is none.
"""
import argparse
import os
import random
import sys
import tempfile
import time

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


class Proof:
    """One run of a proof; use it as a context: its end prints the figures and sets the exit code."""

    def __init__(self, description, options=None):
        parser = argparse.ArgumentParser(
            description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
        parser.add_argument('--short', action='store_true', help='seconds instead of minutes')
        parser.add_argument('--binaries', default=os.path.join(ROOT, '.build', 'debug'),
                            help='the folder of opsh and opsh-sandbox')
        parser.add_argument('--seed', type=int, default=random.SystemRandom().randrange(10**6),
                            help='repeats what was drawn by lot')
        parser.add_argument('--only', default='', help='only the points whose name holds this')
        if options:
            options(parser)
        self.options = parser.parse_args()
        self.binaries = os.path.abspath(self.options.binaries)
        self.name = os.path.basename(sys.argv[0])
        self.draw = random.Random(self.options.seed)
        self.enumerated, self.reached, self.failures = [], set(), []

    @property
    def is_short(self):
        return self.options.short

    def __enter__(self):
        self.started = time.monotonic()
        self.folder = tempfile.TemporaryDirectory(prefix='opsh-prove-')
        print(f'{self.name}: seed {self.options.seed}', flush=True)
        return self

    def __exit__(self, kind, error, trace):
        self.folder.cleanup()
        if kind is not None:
            if isinstance(error, (KeyboardInterrupt, SystemExit)):
                return False
            import traceback
            traceback.print_exception(kind, error, trace)
            self.failures.append(('the proof itself', str(error)))
        sys.exit(self.conclude())

    def expect(self, points):
        """Says which points there are; gives those to go to, in order."""
        points = list(points)
        wanted = [p for p in points if self.options.only in p]
        self.enumerated += wanted
        return wanted

    def reach(self, point, faults=()):
        """Notes that a point was reached, and what is wrong there."""
        self.reached.add(point)
        for fault in faults:
            self.fail(point, fault)

    def fail(self, point, why):
        self.failures.append((point, why))
        print(f'FAILED {point}: {why}', flush=True)

    def conclude(self):
        missing = [p for p in self.enumerated if p not in self.reached]
        for point in missing[:20]:
            print(f'NOT REACHED {point}')
        if not self.enumerated:
            print('NOTHING WAS ENUMERATED')
        failed = len({point for point, _ in self.failures})
        print(f'{self.name}: {len(self.enumerated)} points enumerated, '
              f'{len(self.enumerated) - len(missing)} reached, {failed} failed, '
              f'{time.monotonic() - self.started:.1f} s', flush=True)
        return 1 if missing or self.failures or not self.enumerated else 0


def table(rows, heads):
    """Prints rows in columns."""
    rows = [[str(cell) for cell in row] for row in rows]
    widths = [max(len(row[i]) for row in [heads] + rows) for i in range(len(heads))]
    for row in [heads] + rows:
        print('  '.join(cell.ljust(width) for cell, width in zip(row, widths)).rstrip())
    sys.stdout.flush()
