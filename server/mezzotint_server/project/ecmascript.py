"""Where imports of JavaScript and TypeScript lead: paths, aliases and packages of the workspace."""

import re

from mezzotint_server.project.place import Place

_ENDINGS = (".ts", ".tsx", ".d.ts", ".js", ".jsx", ".mjs", ".cjs", ".mts", ".cts")
_TRIED = ("", *_ENDINGS, *(f"/index{ending}" for ending in _ENDINGS))
_WRITTEN_ENDING = re.compile(r"\.[cm]?jsx?$")
_STARTS_OF_OWN = re.compile(r"^(?:@/|~/|src/)")
"""What most projects call their own, whatever tool it is told to."""


def files_of(module: str, place: Place) -> tuple[str, ...]:
    """The file that ``module`` means."""
    module = module.partition("?")[0]
    if module.startswith("."):
        return _file_at(place.beside(module), place)
    leads = place.layout.leads("javascript", place.path, module)
    found = next((found for lead in leads if (found := _file_at(lead, place))), ())
    if found or not (start := _STARTS_OF_OWN.match(module)):
        return found
    path = _WRITTEN_ENDING.sub("", module[start.end() :])
    return place.ending_in(tuple(part for part in path.split("/") if part))[:1]


def _file_at(path: str, place: Place) -> tuple[str, ...]:
    """Of ``x.js`` the source may be ``x.ts``."""
    written = _WRITTEN_ENDING.sub("", path)
    found = place.first_of(path, _TRIED) or (
        place.first_of(written, _ENDINGS) if written != path else ()
    )
    return found if found and place.is_of_family(found[0]) else ()
