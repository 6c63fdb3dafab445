"""The project with everything going on: real folders, real processes, real changes."""

import asyncio
import os
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from mezzotint_server.documents import Document
from mezzotint_server.project.project import Project
from mezzotint_server.project.snippet import Reason, Snippet, Viewpoint
from mezzotint_server.project.texts import LineEdit

PATIENCE_S = 60.0

Write = Callable[[Path, dict[str, str]], None]
Make = Callable[..., Document]
View = Callable[..., Viewpoint]

MAIN = "from ink import Ink\n\n\ndef main():\n    pass\n"
INK = "class Ink:\n    def mix(self): ...\n"
INK_SHOWN = "class Ink:\n    def mix(self): ..."


@pytest.fixture
async def project(tmp_path: Path) -> AsyncIterator[Project]:
    project = Project([tmp_path])
    project.start()
    yield project
    await project.aclose()


async def settle(project: Project) -> None:
    async with asyncio.timeout(PATIENCE_S):
        await project.settled()


def shown(snippets: tuple[Snippet, ...]) -> dict[str, str]:
    """What is imported."""
    return {each.path: each.text for each in snippets if each.reason is Reason.IMPORTED}


class Editor:
    """One open document, and what is shown for a hole at its end."""

    def __init__(self, project: Project, document: Document, path: Path, view: View) -> None:
        self.project, self.document, self.path, self.view = project, document, path, view
        project.open(document, path)

    async def sees(self) -> dict[str, str]:
        await settle(self.project)
        view = self.view(self.document, len(self.document.text))
        return shown(self.project.snippets(view, 1_000))


@pytest.fixture
async def editor(
    project: Project, tmp_path: Path, write: Write, document: Make, view: View
) -> Editor:
    write(tmp_path, {"main.py": MAIN, "ink.py": INK})
    return Editor(project, document(tmp_path / "main.py", MAIN), tmp_path / "main.py", view)


async def test_a_file_on_disk_is_known_follows_its_changes_and_is_gone(
    editor: Editor, tmp_path: Path, write: Write
) -> None:
    assert await editor.sees() == {"ink.py": INK_SHOWN}
    write(tmp_path, {"ink.py": "class Ink: pass\n"})
    editor.project.files_changed([tmp_path / "ink.py"])
    assert await editor.sees() == {"ink.py": "class Ink: ..."}
    (tmp_path / "ink.py").unlink()
    editor.project.files_changed([tmp_path / "ink.py"])
    assert await editor.sees() == {}


async def test_the_text_that_is_open_counts_until_it_is_closed(
    editor: Editor, tmp_path: Path, document: Make
) -> None:
    path = tmp_path / "ink.py"
    editor.project.open(document(path, "class Ink: pass\n"), path)
    assert await editor.sees() == {"ink.py": "class Ink: ..."}
    edited = document(path, "class Ink:\n    colour: str\n", 2)
    editor.project.change(edited, [LineEdit(0, 0, 1)])
    assert await editor.sees() == {"ink.py": "class Ink:\n    colour: str"}
    editor.project.close(path.as_uri())
    assert await editor.sees() == {"ink.py": INK_SHOWN}


async def test_what_becomes_ignored_is_no_longer_shown(
    editor: Editor, tmp_path: Path, write: Write
) -> None:
    assert await editor.sees() == {"ink.py": INK_SHOWN}
    write(tmp_path, {".mezzotintignore": "ink.py\n"})
    editor.project.files_changed([tmp_path / ".mezzotintignore"])
    assert await editor.sees() == {}


async def test_nothing_outside_the_workspace_is_read(
    editor: Editor, tmp_path_factory: pytest.TempPathFactory, document: Make, write: Write
) -> None:
    other = tmp_path_factory.mktemp("other")
    write(other, {"pen.py": "class Pen: pass\n"})
    editor.project.files_changed([other / "pen.py"])
    await settle(editor.project)
    assert editor.project.files == 2
    editor.project.open(document(other / "pen.py", "class Pen: pass\n"), other / "pen.py")
    await settle(editor.project)
    assert editor.project.files == 3
    editor.project.close((other / "pen.py").as_uri())
    await settle(editor.project)
    assert editor.project.files == 2


async def test_another_folder_takes_the_place_of_the_first(
    editor: Editor, tmp_path_factory: pytest.TempPathFactory, write: Write
) -> None:
    assert await editor.sees() == {"ink.py": INK_SHOWN}
    other = tmp_path_factory.mktemp("other")
    write(other, {"pen.py": "class Pen: pass\n"})
    editor.project.set_roots([other])
    assert await editor.sees() == {}
    assert editor.project.files == 2


async def test_many_files_are_read_by_two_processes(
    editor: Editor, tmp_path: Path, write: Write
) -> None:
    write(tmp_path, {f"many/{number}.py": f"def f{number}(): pass\n" for number in range(100)})
    await settle(editor.project)
    editor.project.look_again()
    await settle(editor.project)
    assert editor.project.files == 102


async def test_a_home_is_not_walked(
    tmp_path: Path, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path, {"a.py": "", "work/b.py": ""})
    monkeypatch.setenv("HOME" if os.name != "nt" else "USERPROFILE", str(tmp_path))
    for root, files in ((tmp_path, 0), (tmp_path / "work", 1)):
        project = Project([root])
        project.start()
        await settle(project)
        assert project.files == files
        await project.aclose()


async def test_a_reader_that_cannot_be_started_is_tried_again(
    tmp_path: Path, write: Write, document: Make, view: View, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path, {"main.py": MAIN, "ink.py": INK})
    project = Project([tmp_path])
    with monkeypatch.context() as patch:
        patch.setattr("sys.executable", str(tmp_path / "no-python"))
        project.start()
        await settle(project)
        assert project.files == 0
    path = tmp_path / "main.py"
    editor = Editor(project, document(path, MAIN), path, view)
    project.look_again()
    assert await editor.sees() == {"ink.py": INK_SHOWN}
    await project.aclose()


async def test_typing_leaves_what_is_shown_where_it_was(
    project: Project, tmp_path: Path, write: Write, document: Make, view: View
) -> None:
    """What comes is put at the end; what was there is neither moved nor dropped."""
    names = [f"press_{number}" for number in range(12)]
    modules = {f"{name}.py": f"def {name}(paper):\n    return paper\n" for name in names}
    start = "".join(f"from {name} import {name}\n" for name in names[:6]) + "\n\ndef main(paper):\n"
    typed = "".join(f"    paper = {name}(paper)  # {name}\n" for name in names[::-1])[:200]
    write(tmp_path, {**modules, "main.py": start})
    path = tmp_path / "main.py"
    project.open(document(path, start), path)
    await settle(project)
    moves = 0
    last: tuple[str, ...] = ()
    for length in range(len(typed) + 1):
        text = start + typed[:length]
        now = document(path, text, length + 2)
        line = text.count("\n")
        project.change(now, [LineEdit(line, line, line)])
        found = project.snippets(view(now, len(text)), 120)
        texts = tuple(snippet.text for snippet in found)
        moves += texts[: len(last)] != last
        last = texts
    assert len(last) > 6
    assert moves <= 1


async def test_a_project_that_is_told_and_left_at_once_ends(
    tmp_path: Path, write: Write, document: Make
) -> None:
    write(tmp_path, {"main.py": MAIN})
    project = Project([tmp_path])
    project.start()
    project.open(document(tmp_path / "main.py", MAIN), tmp_path / "main.py")
    await settle(project)
    project.close((tmp_path / "main.py").as_uri())
    async with asyncio.timeout(20):
        await project.aclose()
