"""What manifests say is known when a project has settled, and known anew when they change."""

from collections.abc import Callable
from pathlib import Path

from mezzotint_server.documents import Document
from mezzotint_server.project.project import Project
from mezzotint_server.project.snippet import Viewpoint

FILES = {
    "go.mod": "module example.org/press\n",
    "ink/ink.go": "package ink\n\nfunc Drop() {}\n",
    "main.go": 'package main\n\nimport "example.org/press/ink"\n\nvar drop = ink.Drop\n',
}
RENAMED = "module example.org/other\n"


async def test_a_manifest_counts_once_the_project_has_settled_and_again_when_it_has_changed(
    tmp_path: Path,
    write: Callable[[Path, dict[str, str]], None],
    document: Callable[..., Document],
    view: Callable[..., Viewpoint],
) -> None:
    write(tmp_path, FILES)
    opened = document(tmp_path / "main.go", FILES["main.go"])
    project = Project([tmp_path])
    project.start()
    try:
        project.open(opened, tmp_path / "main.go")
        await project.settled()
        assert shown(project, view(opened, len(FILES["main.go"]))) == ["imported here"]
        write(tmp_path, {"go.mod": RENAMED})
        project.files_changed([tmp_path / "go.mod"])
        await project.settled()
        assert shown(project, view(opened, len(FILES["main.go"]))) == []
    finally:
        await project.aclose()


def shown(project: Project, view: Viewpoint) -> list[str]:
    """Why what is shown of other files is shown."""
    return [each.reason.value for each in project.snippets(view, 500)]
