"""What opsh itself says that it has: its declarations, as `opsh help` shows them."""


def kinds(world):
    """The names of all kinds of objects."""
    names, is_inside = [], False
    for line in world.opsh('help').output.splitlines():
        if not line.startswith(' '):
            is_inside = line == 'Objects'
        elif is_inside:
            names.append(line.split('  ')[1].strip())
    return names


def declared_changes(world):
    """All members that change something, as KIND.MEMBER."""
    found = []
    for kind in kinds(world):
        for line in world.opsh('help', kind).output.splitlines()[1:]:
            signature, _, text = line.strip().partition('  ')
            if text.strip().startswith(('changes: ', 'can not be taken back: ')):
                found.append(f'{kind}.{signature.split("(")[0]}')
    return found
