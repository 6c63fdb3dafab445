"""Looks for things by their names."""


def find(items, name):
    for item in items:
        if item.name == name:
            return 
    return None


def names(items):
    return sorted(item.name for item in items)
