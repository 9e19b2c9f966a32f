"""Secrets drawn by lot, and the forms in which one turns up, written by other people's encoders."""
import base64
import html
import json
import shlex
import string
import urllib.parse

ALNUM = string.ascii_letters + string.digits


def secrets(draw):
    """A secret of each kind that stacks have, by its name."""
    def word(letters, count):
        return ''.join(draw.choice(letters) for _ in range(count))
    shared = word(ALNUM, 10)
    lines = '\n'.join(word(ALNUM + '+/', 64) for _ in range(3))
    return {
        'TOKEN': 'vck_' + word(ALNUM, 24),
        'KEY': word(ALNUM + '+/', 43) + '=',
        'HEX': word('0123456789abcdef', 40),
        'PASSWORD': word(ALNUM + '!@#$%^&*()-_=+[]{};:,.<>/?|~', 20),
        'QUOTED': 'a' + word('\'"\\`$!ab c', 14) + word(string.ascii_letters, 8),
        'BLANKS': ' '.join(word(string.ascii_letters, 5) for _ in range(4)),
        'ESCAPES': word(string.ascii_letters, 4) + '%41\\n&lt;\\\\x&amp;+\\u0041%25'
        + word(string.ascii_letters, 4),
        'UNICODE': word(ALNUM + 'äöüßéñ日本語😀', 14),
        'SHORTEST': word(ALNUM, 8),
        'PEM': f'-----BEGIN EC PRIVATE KEY-----\n{lines}\n-----END EC PRIVATE KEY-----',
        'INNER': shared,
        'OUTER': shared + word(ALNUM, 6),
    }


def wrapped(text, width, end):
    return end.join(text[i:i + width] for i in range(0, len(text), width))


def forms(secret):
    """(form, text with the secret in that form) for each form; bytes are bytes, the rest is UTF-8."""
    raw = secret.encode()
    quoted = urllib.parse.quote(secret, safe='')
    b64 = base64.b64encode(raw).decode()
    yield 'raw', secret
    yield 'percent', quoted
    yield 'percent, small', ''.join(p.lower() if p[0] == '%' else p for p in split_percent(quoted))
    yield 'percent, all', ''.join(f'%{b:02X}' for b in raw)
    yield 'percent, twice', urllib.parse.quote(quoted, safe='')
    yield 'form', urllib.parse.quote_plus(secret)
    yield 'URI', f'postgresql://app:{quoted}@db.example/neondb?sslmode=require'
    yield 'URI query', f'postgresql://db/x?user=app&password={quoted}&sslmode=require'
    yield 'connection string', "host=db password='%s' dbname=x" % (
        secret.replace('\\', '\\\\').replace("'", "\\'"))
    yield 'JSON', json.dumps(secret)
    yield 'JSON, UTF-8', json.dumps(secret, ensure_ascii=False)
    yield 'JSON, slashes', json.dumps(secret).replace('/', '\\/')
    yield 'JSON in JSON', json.dumps(json.dumps({'a': secret}))
    yield 'JSON, all', ''.join(f'\\u{u:04x}' for u in units(secret))
    yield 'Python', repr(secret)
    yield 'Python bytes', repr(raw)
    yield 'HTML', html.escape(secret)
    yield 'HTML, twice', html.escape(html.escape(secret))
    yield 'HTML, numbers', ''.join(f'&#{ord(c)};' for c in secret)
    yield 'HTML, hexadecimal', ''.join(f'&#x{ord(c):x};' for c in secret)
    yield 'base64', b64
    yield 'base64, 1 before', base64.b64encode(b'u' + raw).decode()
    yield 'base64, 2 before', base64.b64encode(b'us' + raw + b'!').decode()
    yield 'base64, lines', base64.encodebytes(raw * 1).decode()
    yield 'base64, narrow', wrapped(b64, 20, '\n')
    yield 'base64, URL', base64.urlsafe_b64encode(raw).decode().rstrip('=')
    yield 'base64, quoted', urllib.parse.quote(b64, safe='')
    yield 'Basic', 'Authorization: Basic ' + base64.b64encode(b'user:' + raw).decode()
    yield 'hexadecimal', raw.hex()
    yield 'HEXADECIMAL', raw.hex().upper()
    yield 'bytea', '\\x' + raw.hex()
    yield 'dump', raw.hex(' ')
    yield 'dump of words', raw.hex(' ', 2)
    yield 'colons', raw.hex(':')
    yield 'shell', shlex.quote(secret)
    yield 'shell, dollar', "$'" + ''.join(f'\\x{b:02x}' for b in raw) + "'"
    yield 'shell, backslashes', ''.join('\\' + c if c in '\'"\\`$!&;()<>|*?[]#~=% ' else c
                                        for c in secret)
    yield 'octal', ''.join(f'\\{b:03o}' for b in raw)
    yield 'SQL', "'" + secret.replace("'", "''") + "'"
    yield 'SQL, escapes', "E'" + secret.replace('\\', '\\\\').replace("'", "\\'") + "'"
    yield 'SQL, Unicode', "U&'" + ''.join(
        f'\\{ord(c):04x}' if ord(c) < 0x10000 else f'\\+{ord(c):06x}' for c in secret) + "'"
    yield 'COPY', secret.replace('\\', '\\\\').replace('\n', '\\n').replace('\t', '\\t')
    yield 'colours', '\x1b[31m'.join(secret)
    yield 'one colour', secret[:5] + '\x1b[0m' + secret[5:]
    yield 'title', f'\x1b]0;{secret}\x07'
    yield 'hyperlink', f'\x1b]8;;https://x/?t={quoted}\x1b\\click\x1b]8;;\x1b\\'
    yield 'bold', ''.join(f'{c}\b{c}' if ord(c) < 128 else c for c in secret)
    yield 'no width', '\u200b'.join(secret)
    yield 'NUL', '\0'.join(secret)
    yield 'narrow', wrapped(secret, 8, '\r\n')
    yield 'progress', secret[:4] + '\r' + secret
    yield 'detail', f'DETAIL:  Key (token)=({secret}) already exists.'
    yield 'header', f'> Authorization: Bearer {secret}\r\n< HTTP/1.1 401'
    yield 'cookie', f'Set-Cookie: sid={secret}; HttpOnly'
    yield 'command line', f'psql\0-d\0postgres://u:{quoted}@h/db\0'


def split_percent(text):
    at = 0
    while at < len(text):
        size = 3 if text[at] == '%' else 1
        yield text[at:at + size]
        at += size


def units(text):
    data = text.encode('utf-16-be')
    return [data[i] << 8 | data[i + 1] for i in range(0, len(data), 2)]
