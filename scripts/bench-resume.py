"""Milliseconds until a long run that goes on asks its first question: OPSH NOTES TURNS; the median.

It makes a run with so many notes on record that waits for an answer, kills it there, and takes it up
again as often as asked. Works in the current folder, with the environment's XDG folders.
"""
import os
import statistics
import sys
import time

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), 'prove'))
from terminal import Terminal  # noqa: E402

opsh, notes, turns = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
with open('resumed.opsh', 'w', encoding='utf-8') as book:
    book.write(f'opsh 1\nrunbook "Long night"\nstep "Notes" {{\n  for i in 1..{notes} {{ note "${{i}}" }}\n}}\n'
               'step "Ask" { confirm "is it quiet?" }\n')


def ask(*words):
    """Starts opsh, waits for the question, and kills it there; gives the time that took."""
    began = time.monotonic()
    terminal = Terminal([opsh, *words], dict(os.environ), os.getcwd())
    terminal.expect('is it quiet?')
    taken = time.monotonic() - began
    terminal.kill()
    return taken


runs = os.path.join(os.environ['XDG_STATE_HOME'], 'opsh', 'runs')
before = set(os.listdir(runs)) if os.path.isdir(runs) else set()
ask('resumed.opsh')
run, = set(os.listdir(runs)) - before
with open(os.path.join(runs, run, 'journal'), 'rb') as journal:
    records = journal.read().count(b'\n')
taken = [ask('resume', run) for _ in range(turns)]
print(f'{records} records: {statistics.median(taken) * 1000:.1f} ms')
