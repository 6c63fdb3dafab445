"""What is shown around a hole, file by file: marked-up projects in, snippets out."""

from collections.abc import Callable

import pytest

from mezzotint_server.project.candidates import MAX_NAMED, MAX_UNNAMED
from mezzotint_server.project.project import Project
from mezzotint_server.project.snippet import Reason, Snippet, Viewpoint, estimated_tokens, for_hole

Still = Callable[..., tuple[Project, Viewpoint]]

SHAPES = """\
\"\"\"Shapes.\"\"\"
from dataclasses import dataclass

@dataclass
class Circle:
    \"\"\"Round.\"\"\"
    radius: float

    def area(self) -> float:
        \"\"\"How large it is.\"\"\"
        return 3.0 * self.radius ** 2

def unit() -> Circle:
    return Circle(1.0)

def unused() -> None:
    pass
"""

CIRCLE = """\
# Round.
class Circle:
    radius: float
    # How large it is.
    def area(self) -> float: ...\
"""


def check(
    still_project: Still,
    files: dict[str, str],
    expected: list[tuple[str, Reason, str]],
    *,
    around: int = 10_000,
    opened: tuple[str, ...] = (),
    budget: int = 1_000,
) -> None:
    project, view = still_project(files, around, opened)
    found = project.snippets(view, budget)
    assert [(each.path, each.reason, each.text) for each in found] == expected
    assert all(each.tokens == estimated_tokens(each.text) for each in found)
    assert sum(each.tokens for each in found) <= budget


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("from app.shapes import Circle", [CIRCLE]),
        ("from .shapes import Circle as Round", [CIRCLE]),
        ("from app import Circle", [CIRCLE]),
        ("from app import *", []),
        ("from app import shapes", ["def unit() -> Circle: ..."]),
        ("import app.shapes", ["def unit() -> Circle: ..."]),
        ("from app.shapes import nothing", ["def unit() -> Circle: ..."]),
        ("from other import Circle", []),
    ],
)
def test_imports_are_followed_to_what_they_name(
    still_project: Still, line: str, expected: list[str]
) -> None:
    files = {
        "app/__init__.py": "from app.shapes import Circle\n",
        "app/shapes.py": SHAPES,
        "app/main.py": f"{line}\n\ndef main():\n    shapes.unit()\n    ‸\n",
    }
    shown = [("app/shapes.py", Reason.IMPORTED, text) for text in expected]
    project, view = still_project(files)
    found = project.snippets(view, 1_000)
    assert [
        (each.path, each.reason, each.text) for each in found if each.reason is Reason.IMPORTED
    ] == shown


def test_the_same_files_signatures_outside_the_window(still_project: Still) -> None:
    files = {
        "a.py": "LIMIT = 3\n\ndef first(x):\n    return x\n\nclass Plate:\n    def above(self):\n"
        "        pass\n" + "\n" * 5 + "    def here(self):\n        ‸\n" + "\n" * 5 + "    def below(self):\n"
        "        pass\n\ndef last():\n    pass\n",
    }  # fmt: skip
    expected = [
        ("a.py", Reason.SAME_FILE, "LIMIT = 3"),
        ("a.py", Reason.SAME_FILE, "def first(x): ..."),
        (
            "a.py",
            Reason.SAME_FILE,
            "class Plate:\n    def above(self): ...\n    def below(self): ...",
        ),
        ("a.py", Reason.SAME_FILE, "def last(): ..."),
    ]
    check(still_project, files, expected, around=4)
    check(still_project, files, [], around=100)


def test_of_many_definitions_those_that_are_named_here_are_shown(still_project: Still) -> None:
    names = [f"plate_{number}" for number in range(2 * MAX_UNNAMED)]
    defined = "".join(f"def {name}(): pass\n" for name in names)
    files = {
        "plates.py": defined,
        "a.py": f"from plates import {', '.join(names)}\n{'#' * 4_000}\n{names[-1]}\n‸\n",
        "b.py": f"{defined}\n{names[-1]}\n‸\n",
    }
    for main, reason in (("a.py", Reason.IMPORTED), ("b.py", Reason.SAME_FILE)):
        chosen = {name: text for name, text in files.items() if name in (main, "plates.py")}
        project, view = still_project(chosen, 2)
        found = project.snippets(view, 10_000)
        shown = [each.text for each in found if each.reason is reason]
        assert f"def {names[0]}(): ..." in shown
        assert f"def {names[-1]}(): ..." in shown
        assert len(shown) == MAX_UNNAMED + 1


def test_of_many_that_are_named_in_the_same_file_the_nearest_are_shown(
    still_project: Still,
) -> None:
    far = [f"plate_{number}" for number in range(MAX_NAMED)]
    defined = "".join(f"def {name}(): pass\n" for name in (*far, "etch"))
    named, away = "\n".join(far), "\n" * 30
    files = {"a.py": f"{defined}\n{named}\n{away}\netch()\n‸\n"}
    project, view = still_project(files, around=MAX_NAMED + 32)
    shown = [each.text for each in project.snippets(view, 10_000)]
    assert "def etch(): ..." in shown
    assert len(shown) == MAX_NAMED


def test_names_used_near_the_hole_are_found_where_they_are_defined(still_project: Still) -> None:
    files = {
        "shapes.py": SHAPES,
        "main.py": "def main(thing, unused):\n    # Circle is in a comment\n"
        "    unit()\n    thing.area()\n    ‸\n",
        "other.js": "function unit() {}\n",
    }
    expected = [
        (
            "shapes.py",
            Reason.USED,
            "# Round.\nclass Circle:\n    # How large it is.\n    def area(self) -> float: ...",
        ),
        ("shapes.py", Reason.USED, "def unit() -> Circle: ..."),
    ]
    check(still_project, files, expected)


def test_a_name_that_is_defined_everywhere_tells_nothing(still_project: Still) -> None:
    files = {f"{name}.py": "def helper(): pass\n" for name in "abcd"}
    check(still_project, {**files, "main.py": "helper()\n‸\n"}, [])


def test_similar_windows_of_open_files_and_of_no_others(still_project: Still) -> None:
    copper = "etch(copper)\npress(copper, paper)\ndry(paper)"
    files = {
        "main.py": f"{copper}\n‸\n",
        "open.py": "\n" * 40 + copper + "\n" * 40,
        "closed.py": copper,
    }
    expected = [("open.py", Reason.SIMILAR, copper)]
    project, view = still_project(files, opened=("open.py",))
    found = project.snippets(view, 1_000)
    assert [(each.path, each.reason, each.text.strip()) for each in found] == expected


def test_what_may_not_be_read_is_not_shown_even_if_it_is_open(still_project: Still) -> None:
    copper = "etch(copper)\npress(copper, paper)\ndry(paper)\n"
    names = (".env.py", "secrets.py", "ignored.py", "generated/open.py", "key.py")
    files = dict.fromkeys(names, copper)
    files["key.py"] += "K = '''-----BEGIN PRIVATE KEY-----'''\n"
    files |= {".gitignore": "ignored.py\n", ".mezzotintignore": "generated\n"}
    files["main.py"] = f"from ignored import etch\nfrom secrets import press\n{copper}‸\n"
    check(still_project, files, [], opened=names)


def test_a_file_with_other_line_breaks_and_a_mark_is_shown_with_line_feeds(
    still_project: Still,
) -> None:
    files = {
        "b.py": "\ufeffdef crlf(\r\n    x,\r\n):\r\n    pass\r\n",
        "a.py": "\ufefffrom b import crlf\r\n\r\n‸\r\n",
    }
    check(still_project, files, [("b.py", Reason.IMPORTED, "def crlf(x): ...")])


def test_snippets_of_one_file_are_one_for_the_engine() -> None:
    def snippet(path: str, text: str) -> Snippet:
        return Snippet(path, 0, 0, Reason.USED, text, 1)

    shown = for_hole([snippet("a", "1"), snippet("a", "2"), snippet("b", "3"), snippet("a", "4")])
    assert [(each.path, each.text) for each in shown] == [("a", "1\n\n2"), ("b", "3"), ("a", "4")]


@pytest.mark.parametrize("budget", [0, 5, 20, 60])
def test_the_budget_is_kept(still_project: Still, budget: int) -> None:
    files = {
        "shapes.py": SHAPES,
        "main.py": "from shapes import Circle, unit, unused\n‸\n" + "def own(): pass\n" * 30,
    }
    project, view = still_project(files, around=1)
    assert sum(each.tokens for each in project.snippets(view, budget)) <= budget
