"""Where the imports of each language lead: small projects in, what is shown of other files out.

The files in ``imports/`` are named after languages. A case has a title, files that each begin with
``>>> path``, one of them with a ``‸`` for the hole, and after ``--`` what is shown because it is
imported: path and signature.
"""

from collections.abc import Callable
from pathlib import Path

import pytest

from mezzotint_server.project.project import Project
from mezzotint_server.project.snippet import Reason, Viewpoint

Still = Callable[..., tuple[Project, Viewpoint]]
FOLDER = Path(__file__).parent / "imports"
COMMENTS = ("#", "//", "--", "/*")


def cases() -> list[object]:
    """Every case of every file."""
    return [
        pytest.param(files, expected, id=f"{path.stem}: {title}")
        for path in sorted(FOLDER.glob("*.txt"))
        for part in ("\n" + path.read_text("utf-8")).split("\n== ")[1:]
        for title, _, case in [part.partition("\n")]
        for files, _, expected in [case.partition("\n--\n")]
    ]


@pytest.mark.parametrize(("files", "expected"), cases())
def test_imports_lead_to_what_they_name(still_project: Still, files: str, expected: str) -> None:
    project, view = still_project(project_of(files))
    shown = [each for each in project.snippets(view, 4_000) if each.reason is Reason.IMPORTED]
    assert sorted(f"{each.path}: {signature_of(each.text)}" for each in shown) == sorted(
        expected.strip().splitlines()
    )


def project_of(marked: str) -> dict[str, str]:
    """Paths and texts of the files in a case."""
    parts = ("\n" + marked).split("\n>>> ")[1:]
    return {path: f"{text}\n" for path, _, text in (part.partition("\n") for part in parts)}


def signature_of(text: str) -> str:
    """The first line that is no comment."""
    return next(line for line in text.splitlines() if not line.startswith(COMMENTS))
