"""The table of outlines against a plain dictionary."""

from hypothesis import given
from hypothesis import strategies as st

from mezzotint_server.project.index import WorkspaceIndex
from mezzotint_server.project.outline import outline_of
from mezzotint_server.project.wire import to_line

PATHS = ["/w/a.py", "/w/b.py", "/w/pkg/__init__.py", "/w/ink/x.go"]
NAMES = ["f", "g", "h"]
PUTS = st.tuples(st.sampled_from(PATHS), st.none() | st.sets(st.sampled_from(NAMES)))


def line_defining(names: set[str]) -> bytes:
    text = "".join(f"def {name}(): pass\n" for name in sorted(names))
    return to_line(outline_of(text, "python"))


@given(st.lists(PUTS, max_size=8))
def test_names_lead_to_the_files_that_define_them_now(puts: list[tuple[str, set[str] | None]]):
    index = WorkspaceIndex()
    plain: dict[str, set[str]] = {}
    for path, names in puts:
        if names is None:
            index.drop(path)
            plain.pop(path, None)
        else:
            index.put(path, (1, 1), line_defining(names))
            plain[path] = names
    assert set(index.paths()) == set(plain)
    for name in NAMES:
        assert set(index.defining(name)) == {path for path in plain if name in plain[path]}
    assert set(index.ending_in("pkg")) == {"/w/pkg/__init__.py"} & set(plain)
    assert set(index.ending_in("ink")) == {"/w/ink/x.go"} & set(plain)
    assert index.size == sum(len(line_defining(names)) for names in plain.values())


def test_what_is_too_much_is_left_out():
    line = line_defining({"f"})
    index = WorkspaceIndex(max_bytes=len(line))
    index.put("/w/a.py", (1, 1), line)
    index.put("/w/b.py", (1, 1), line)
    assert index.defining("f") == ("/w/a.py",)
    assert "/w/b.py" in index
    index.drop("/w/a.py")
    index.put("/w/b.py", (2, 1), line)
    assert index.defining("f") == ("/w/b.py",)


def test_a_change_of_one_file_is_none_of_the_others():
    index = WorkspaceIndex()
    known = index.changes_besides("/w/a.py")
    index.put("/w/a.py", (1, 1), line_defining({"f"}))
    index.drop("/w/a.py")
    assert index.changes_besides("/w/a.py") == known
    index.put("/w/b.py", (1, 1), line_defining({"f"}))
    assert index.changes_besides("/w/a.py") != known
