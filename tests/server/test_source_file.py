"""Files come in as they are and go out with nothing changed but the hole."""

import codecs
import os
from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from mezzotint_server.source_file import SourceFile, SourceFileError

COOKIE = "# -*- coding: {} -*-"
BREAKS = ("\n", "\r\n", "\r")


def source(data: bytes, name: str = "a.py") -> SourceFile:
    return SourceFile.of_bytes(data, name)


@pytest.mark.parametrize(
    ("data", "name", "encoding", "text"),
    [
        (b"", "a.py", "utf-8", ""),
        ("é = 1\n".encode(), "a.py", "utf-8", "é = 1\n"),
        (codecs.BOM_UTF8 + "é\r\n".encode(), "a.py", "utf-8", "é\r\n"),
        (codecs.BOM_UTF8 + b"x\r\n", "a.txt", "utf-8", "x\r\n"),
        (b"# coding: latin-1\n\xe9\n", "a.py", "iso-8859-1", "# coding: latin-1\né\n"),
        (b"#!x\n# vim: fileencoding=cp1252\n\x80", "a.pyi", "cp1252", None),
        (b"# comment\rs = 'coding: nonsense'\r", "a.py", "utf-8", None),
        (b"# coding: latin-1\n", "a.txt", "utf-8", "# coding: latin-1\n"),
        ("x" * 5000 + "é\n" + "é" * 9000, "a.py", "utf-8", None),
    ],
)
def test_the_encoding_is_the_one_that_python_would_take(
    data: bytes | str, name: str, encoding: str, text: str | None
) -> None:
    data = data.encode() if isinstance(data, str) else data
    file = source(data, name)
    assert file.encoding == encoding
    assert text is None or file.text == text


@pytest.mark.parametrize(
    ("data", "name", "says"),
    [
        (b"MZ\0\0", "a.py", "a.py is not text: it holds NUL bytes."),
        ("x".encode("utf-16"), "a.py", "a.py is not text: it holds NUL bytes."),
        (b"caf\xe9", "a.txt", "a.txt is not utf-8 text: the byte at 3 cannot be decoded."),
        (b"1\n2\n3\n\xe9", "a.py", "a.py is not utf-8 text: the byte at 6 cannot be decoded."),
        (b"\xe9", "a.py", "a.py cannot be decoded: invalid or missing encoding declaration."),
        (b"# coding: nope\n", "a.py", "a.py cannot be decoded: unknown encoding: nope."),
        (b"# coding: rot13\n", "a.py", "a.py cannot be decoded as rot13."),
        (b"# coding: raw_unicode_escape\n'\\ud800'", "a.py", None),
        (codecs.BOM_UTF8 + b"# coding: latin-1\n", "a.py", None),
    ],
)
def test_what_is_not_text_is_refused_in_one_sentence(
    data: bytes, name: str, says: str | None
) -> None:
    with pytest.raises(SourceFileError) as refused:
        source(data, name)
    assert str(refused.value) == (says or str(refused.value))
    assert str(refused.value).startswith(f"{name} cannot be decoded" if says is None else name)


@pytest.mark.parametrize(
    ("text", "line", "column", "offset"),
    [
        ("", 1, None, 0),
        ("", 1, 1, 0),
        ("ab\ncd", 1, None, 2),
        ("ab\ncd", 2, 1, 3),
        ("ab\ncd", 2, 3, 5),
        ("ab\ncd\n", 3, 1, 6),
        ("ab\r\ncd\r\n", 1, None, 2),
        ("ab\r\ncd\r\n", 2, 2, 5),
        ("ab\rcd\r", 2, None, 5),
        ("a\x0cb\x85c\u2028d\ne", 2, 1, 8),
        ("\tx = 1\n", 1, 2, 1),
        ("é𝒳ö = \n", 1, 4, 3),
    ],
)
def test_lines_and_columns_are_counted_from_one_in_characters(
    text: str, line: int, column: int | None, offset: int
) -> None:
    assert source(text.encode()).offset(line, column) == offset


@pytest.mark.parametrize(
    ("text", "line", "column", "says"),
    [
        ("", 2, None, "a.py has 1 line, so there is no line 2."),
        ("a\nb\n", 4, 1, "a.py has 3 lines, so there is no line 4."),
        ("ab\r\n", 1, 4, "Line 1 of a.py has 2 characters, so its last column is 3"),
        ("\n", 1, 2, "Line 1 of a.py has 0 characters, so its last column is 1"),
        ("a", 0, None, "Lines and columns are counted from 1."),
        ("a", 1, 0, "Lines and columns are counted from 1."),
    ],
)
def test_a_place_past_the_end_is_told_where_the_end_is(
    text: str, line: int, column: int | None, says: str
) -> None:
    with pytest.raises(SourceFileError) as refused:
        source(text.encode()).offset(line, column)
    assert str(refused.value).startswith(says)


@pytest.mark.parametrize(
    ("text", "line_break"),
    [("", "\n"), ("a", "\n"), ("a\r\nb\r\nc\n", "\r\n"), ("a\rb\r", "\r"), ("a\nb\r\nc\n", "\n")],
)
def test_the_commonest_line_break_is_the_file_s_own(text: str, line_break: str) -> None:
    assert source(text.encode()).line_break == line_break


def text_for(codec: str) -> st.SearchStrategy[str]:
    letters = st.characters(
        codec=codec, exclude_characters="\0\r\n\ufeff", exclude_categories=["Cs"]
    )
    return st.lists(st.text(letters, max_size=8), max_size=5).flatmap(
        lambda lines: st.sampled_from(BREAKS).map(lambda line_break: line_break.join(lines))
    )


@st.composite
def cut_files(draw: st.DrawFn) -> tuple[bytes, str, str, str, str]:
    """What stands before a file's text, the text in three parts, and its encoding."""
    codec = draw(st.sampled_from(["utf-8", "latin-1", "cp1252", "utf-8 with BOM"]))
    is_marked = codec == "utf-8 with BOM"
    codec = codec.removesuffix(" with BOM")
    first_line = "" if codec == "utf-8" else COOKIE.format(codec) + "\n"
    left, middle, right = (draw(text_for(codec)) for _ in range(3))
    return codecs.BOM_UTF8 if is_marked else b"", first_line + left, middle, right, codec


@given(cut_files(), st.text(st.characters(max_codepoint=0x7F, exclude_characters="\0")))
def test_writing_changes_no_byte_outside_the_hole(
    tmp_path_factory: pytest.TempPathFactory,
    cut: tuple[bytes, str, str, str, str],
    fill: str,
) -> None:
    mark, left, middle, right, codec = cut
    path = tmp_path_factory.getbasetemp() / "written.py"
    path.write_bytes(mark + (left + middle + right).encode(codec))
    SourceFile.read(str(path)).write(len(left), len(left) + len(middle), fill)
    assert path.read_bytes() == mark + left.encode(codec) + fill.encode() + right.encode(codec)


@given(cut_files())
def test_every_offset_that_is_a_place_is_found_again(cut: tuple[bytes, str, str, str, str]) -> None:
    mark, left, middle, right, codec = cut
    assume(not (left.endswith("\r") and (middle + right).startswith("\n")))
    file = source(mark + (left + middle + right).encode(codec))
    line = left.replace("\r\n", "\n").replace("\r", "\n")
    assert file.offset(line.count("\n") + 1, len(line.rpartition("\n")[2]) + 1) == len(left)


def check_refused(path: Path, file: SourceFile, fill: str, says: str) -> None:
    before = path.read_bytes()
    with pytest.raises(SourceFileError) as refused:
        file.write(0, 0, fill)
    assert says in str(refused.value)
    assert path.read_bytes() == before
    assert [each.name for each in path.parent.iterdir()] == [path.name]


def test_a_fill_that_the_encoding_lacks_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.py"
    path.write_bytes(b"# coding: latin-1\n\xe9")
    check_refused(path, SourceFile.read(str(path)), "x → y", "which has no “→”")


def test_a_file_that_changed_meanwhile_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "a.py"
    path.write_bytes(b"x = 1\n")
    file = SourceFile.read(str(path))
    path.write_bytes(b"x = 2\n")
    check_refused(path, file, "y", "changed by someone else")


def test_an_encoding_whose_characters_hang_together_is_left_alone(tmp_path: Path) -> None:
    """In UTF-7, what a character is spelled as depends on its neighbours."""
    path = tmp_path / "a.py"
    path.write_bytes(b"# coding: utf-7\nx = '+AOkA6Q-'\n")
    file = SourceFile.read(str(path))
    assert "éé" in file.text
    before = path.read_bytes()
    middle = file.text.index("éé") + 1
    with pytest.raises(SourceFileError, match="without touching others"):
        file.write(middle, middle, "x")
    assert path.read_bytes() == before


@pytest.mark.skipif(os.name == "nt", reason="Windows has neither these modes nor free symlinks.")
def test_writing_keeps_the_mode_and_follows_links(tmp_path: Path) -> None:
    path, link = tmp_path / "a.py", tmp_path / "link.py"
    path.write_bytes(b"x = \n")
    path.chmod(0o751)
    link.symlink_to(path)
    SourceFile.read(str(link)).write(4, 4, "1")
    assert link.is_symlink()
    assert path.read_bytes() == b"x = 1\n"
    assert path.stat().st_mode & 0o777 == 0o751
    assert sorted(each.name for each in tmp_path.iterdir()) == ["a.py", "link.py"]


@pytest.mark.skipif(
    os.name == "nt" or os.geteuid() == 0, reason="Nothing is read-only to this user."
)
def test_a_read_only_file_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "a.py"
    path.write_bytes(b"x = \n")
    path.chmod(0o444)
    check_refused(path, SourceFile.read(str(path)), "1", "read-only")
