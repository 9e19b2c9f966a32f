"""Writes a run's folder with so many records, as a long night leaves it: FOLDER RUN COUNT."""
import datetime
import hashlib
import json
import os
import sys

folder, run, count = sys.argv[1], sys.argv[2], int(sys.argv[3])
path = os.path.join(folder, run)
os.makedirs(os.path.join(path, 'texts'), mode=0o700)
start = datetime.datetime(2026, 11, 23, 3, tzinfo=datetime.timezone.utc)
head = hashlib.sha256(b'opsh journal 1\n' + run.encode()).hexdigest()


def fields(number):
    """A step of five records: begun, looked, changed, changed well, noted."""
    step, kind = divmod(number, 5)
    where = f'step {step}/0'
    if kind == 0:
        return {'kind': 'step.started', 'number': step, 'title': f'Step {step}'}
    if kind == 1:
        point = {'at': str(number), 'error_rate': (number % 97) / 1000, 'p95_ms': 200 + number % 900}
        return {'kind': 'read', 'measured': {'environment': 'production', 'points': [point]}}
    if kind == 2:
        return {'kind': 'intent', 'by_hand': ['true'], 'calls': ['POST https://api.example/v1/x'],
                'class': 'observable', 'path': where, 'plan': {'target': {'environment': 'production'}},
                'summary': f'change {step}'}
    if kind == 3:
        return {'kind': 'outcome', 'evidence': None, 'outcome': 'ok', 'path': where}
    return {'kind': 'note', 'path': where, 'text': 'it was well: <b>all</b> of it & more'}


with open(os.path.join(path, 'journal'), 'wb') as journal:
    for number in range(count):
        at = start + datetime.timedelta(seconds=number)
        record = {'at': at.strftime('%Y-%m-%dT%H:%M:%SZ'), 'mono': number * 1_000_000, 'n': number}
        if number == 0:
            record.update({'kind': 'run.created', 'host': 'laptop', 'operator': 'mia', 'run': run,
                           'parameters': {}, 'reason': None, 'texts': [], 'version': '0'})
        elif number == count - 1:
            record.update({'kind': 'run.finished', 'exit': 0, 'head': head, 'state': 'ok'})
        else:
            record.update(fields(number))
            if 'measured' in record:
                record['measured']['points'][0]['at'] = record['at']
        body = json.dumps(record, sort_keys=True, separators=(',', ':'), ensure_ascii=False).encode()
        head = hashlib.sha256(head.encode() + b'\n' + body).hexdigest()
        journal.write(body + b' ' + head.encode() + b'\n')
os.chmod(os.path.join(path, 'journal'), 0o600)
