"""Everything in the project that may be worth showing for one hole, each with a score.

One function for each reason. Asks the index and the open texts alone, so it is quick; what is shown
in the end, ``ranking`` decides.
"""

from collections.abc import Iterator
from functools import partial
from itertools import chain, islice

from mezzotint_server.project.imported import Found, Imports
from mezzotint_server.project.index import WorkspaceIndex
from mezzotint_server.project.modules import are_related
from mezzotint_server.project.outline import NO_OWNER
from mezzotint_server.project.ranking import Candidate, Key, Telling
from mezzotint_server.project.scene import NEAR, SEEN, Scene, names_in
from mezzotint_server.project.signatures import listing
from mezzotint_server.project.similar import similar_windows
from mezzotint_server.project.snippet import Reason
from mezzotint_server.project.texts import EditedPlace, OpenText

MAX_DEFINED = 3
"""A name that is defined more often tells nothing."""
MAX_NAMED = 60
"""Definitions of the same file that something around the hole names; the nearer ones come first."""
MAX_UNNAMED = 20
"""Definitions, imported or of the same file, that nothing around the hole names: more hardly fit."""
EDITED_AROUND = 3
MAX_EDITED_LINES = 40


def candidates(scene: Scene, imports: Imports) -> Iterator[Candidate]:
    """All of them; ``imports`` are where the document's lead."""
    yield from _imported(scene, imports)
    yield from _same_file(scene)
    yield from _used(scene, imports)
    yield from _similar(scene)
    yield from _edited(scene)


def _imported(scene: Scene, imports: Imports) -> Iterator[Candidate]:
    wanted = scene.seen | scene.kept_names(Reason.IMPORTED)
    named = imports.by_name
    for name in sorted(wanted & named.keys()):
        for found in named[name]:
            yield _definition(scene, Reason.IMPORTED, found, 1.0 + scene.closeness((name,)))
    unnamed = (found for name in named if name not in wanted for found in named[name])
    for found in islice(unnamed, MAX_UNNAMED):
        yield _definition(scene, Reason.IMPORTED, found, 1.0)
    for found in imports.defining(wanted, scene.index):
        name = found.outline.entries[found.entry].name
        yield _definition(scene, Reason.IMPORTED, found, 0.5 + scene.closeness((name,)))


def _same_file(scene: Scene) -> Iterator[Candidate]:
    outline, own = scene.outline, scene.own
    if outline is None or own is None:
        return

    window = own.lines_then(scene.view.first_line, scene.view.last_line)
    before, touching, after = outline.parted(window)
    near, seen = outline.naming(scene.near), outline.naming(scene.seen)
    kept = outline.naming(scene.kept_names(Reason.SAME_FILE))
    best = islice(chain(sorted(near), sorted(seen - near)), MAX_NAMED)
    named = kept.union(best).difference(touching)
    for at in sorted(named):
        score = 0.8 + (NEAR if at in near else SEEN if at in seen else 0.0)
        yield _definition(scene, Reason.SAME_FILE, Found(own.key, outline, at), score)
    named |= seen
    unnamed = (at for at in chain(before, after) if at not in named)
    for at in islice(unnamed, MAX_UNNAMED):
        yield _definition(scene, Reason.SAME_FILE, Found(own.key, outline, at), 0.8)
    for at in touching:
        members = tuple(each for each in outline.members(at) if outline.is_outside(each, window))
        if members:
            # In a class that reaches into the window, its other members are what is asked for next.
            names = [outline.entries[each].name for each in (at, *members)]
            score = 1.5 + scene.closeness(names)
            found = Found(own.key, outline, at)
            yield _definition(scene, Reason.SAME_FILE, found, score, members)


def _used(scene: Scene, imports: Imports) -> Iterator[Candidate]:
    if scene.own is None:
        return
    names, members = names_in(scene.around, scene.own.document.language)
    if scene.outline is not None:
        names -= scene.outline.bound
    kept = scene.kept_names(Reason.USED)
    for name in sorted((names | members | kept) - imports.by_name.keys()):
        found = list(_defined(scene.index, name, scene.own))
        for definition in found:
            is_member = definition.outline.entries[definition.entry].owner != NO_OWNER
            if name in (members if is_member else names) | kept:
                yield _use(scene, definition, len(found))


def _defined(index: WorkspaceIndex, name: str, own: OpenText) -> Iterator[Found]:
    """Where a name is defined, if it is not in the hole's own file or in too many others."""
    paths = index.defining(name)
    if own.key in paths or len(paths) > MAX_DEFINED:
        return
    for path in paths:
        outline = index.outline(path)
        if outline is not None and are_related(outline.language, own.document.language):
            yield from (Found(path, outline, entry) for entry in outline.named(name))


def _use(scene: Scene, found: Found, definitions: int) -> Candidate:
    """A definition, or a member with its owner's head, of a name that is used."""
    entry = found.outline.entries[found.entry]
    if entry.owner == NO_OWNER:
        return _definition(scene, Reason.USED, found, 2.5 / definitions, name=entry.name)
    owner = Found(found.path, found.outline, entry.owner)
    return _definition(
        scene, Reason.USED, owner, 1.2 / definitions, (found.entry,), name=entry.name
    )


def _similar(scene: Scene) -> Iterator[Candidate]:
    others = {text.key: text for text in scene.texts if text is not scene.own and text.is_shown}
    outlines = ((key, scene.index.outline(key)) for key in reversed(others))
    blocks = ((key, outline.blocks) for key, outline in outlines if outline is not None)
    kept = frozenset(
        (path, int(line)) for reason, path, line in scene.kept if reason is Reason.SIMILAR
    )
    for window in similar_windows(scene.near, blocks, kept):
        text = others[window.text]
        key = (Reason.SIMILAR, window.text, str(window.first_line))
        yield _excerpt(scene, key, text, window.first_line, window.last_line, 4 * window.likeness)


def _edited(scene: Scene) -> Iterator[Candidate]:
    for age, place in enumerate(reversed(scene.texts.edited_places)):
        text = scene.texts.get(place.uri)
        if text is None or not text.is_shown or _is_in_window(scene, place):
            continue
        first = max(place.first - EDITED_AROUND, place.last - MAX_EDITED_LINES, 0)
        key = (Reason.EDITED, text.key, str(first))
        yield _excerpt(scene, key, text, first, place.last + EDITED_AROUND, 2.0 - 0.2 * age)


def _is_in_window(scene: Scene, place: EditedPlace) -> bool:
    return place.touches(scene.view.uri, scene.view.first_line, scene.view.last_line)


def _definition(
    scene: Scene,
    reason: Reason,
    found: Found,
    score: float,
    members: tuple[int, ...] | None = None,
    name: str = "",
) -> Candidate:
    """A definition with its members or only some of them; ``name``: what it is known by."""
    outline, entry = found.outline, found.outline.entries[found.entry]
    shown = outline.members(found.entry) if members is None else members
    return Candidate(
        (reason, found.path, name or entry.name),
        score,
        scene.shown_path(found.path),
        entry.first_line,
        partial(_listed, scene, found, shown),
    )


def _listed(scene: Scene, found: Found, members: tuple[int, ...]) -> Telling:
    entry, text = found.outline.entries[found.entry], scene.texts.at_path(found.path)
    first, last = entry.first_line, entry.last_line
    if text is not None:
        first, last = text.line_now(first), text.line_now(last)
    return Telling(listing(found.outline, found.entry, members), first, last)


def _excerpt(
    scene: Scene, key: Key, text: OpenText, first: int, last: int, score: float
) -> Candidate:
    last = min(last, len(text.document.lines) - 1)
    return Candidate(
        key,
        score,
        scene.shown_path(text.key),
        first,
        lambda: Telling(text.excerpt(first, last), first, last),
    )
