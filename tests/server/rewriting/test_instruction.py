"""An instruction in a comment at the top of what is marked."""

import pytest

from mezzotint_grammars.span import Span
from mezzotint_server.rewriting.instruction import told_at_top


@pytest.mark.parametrize(
    ("language", "region", "instruction", "code"),
    [
        ("python", "# use a loop\nx = 1\ny = 2", "use a loop", "x = 1\ny = 2"),
        ("python", "# use\n    # a loop\n    x = 1", "use a loop", "x = 1"),
        ("rust", "// no unwrap\nlet x = y.unwrap();", "no unwrap", "let x = y.unwrap();"),
        ("shellscript", "# quote\necho $x", "quote", "echo $x"),
        ("python", "x = 1\n# use a loop", None, ""),
        ("python", "# only this", None, ""),
        ("python", "#\nx = 1", None, ""),
        ("css", "/* a */\na { }", None, ""),
        ("no-such-language", "# a\nb", None, ""),
    ],
)
def test_lines_of_comment_tell_what_to_do(
    language: str, region: str, instruction: str | None, code: str
) -> None:
    text = f"def f():\n    {region}\nend\n"
    told = told_at_top(text, Span(13, 13 + len(region)), language)
    if instruction is None:
        assert told is None
        return
    assert told is not None
    assert told.instruction == instruction
    assert text[told.code.start : told.code.end] == code
    assert (told.comment.start, told.comment.end) == (13, told.code.start)
