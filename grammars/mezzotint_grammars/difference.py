"""What a text has become: found by comparing, so that nobody has to keep track of edits."""

from bisect import bisect_left

from mezzotint_grammars.source_tree import SourceTree


def reparsed(tree: SourceTree, text: str) -> SourceTree:
    """The tree of ``text``; only what is different is parsed."""
    if text == tree.text:
        return tree
    start, end, new = difference(tree.text, text)
    return tree.edited(start, end, new)


def difference(old: str, new: str) -> tuple[int, int, str]:
    """The one piece of ``old`` that has to be replaced, from where to where, and by what."""
    shorter = min(len(old), len(new))
    start = bisect_left(range(1, shorter + 1), True, key=lambda n: old[:n] != new[:n])
    rest = range(1, shorter - start + 1)
    end = bisect_left(rest, True, key=lambda n: old[-n:] != new[-n:])
    return start, len(old) - end, new[start : len(new) - end]
