"""What is seen of a document: its text on both sides of the hole, and the lines that this is."""

import pytest

from mezzotint_grammars.span import Span
from mezzotint_server.project.snippet import Viewpoint


@pytest.mark.parametrize("line_break", ["\n", "\r\n", "\r"])
def test_the_lines_of_a_window_are_counted_from_the_holes(line_break: str) -> None:
    lines = [f"{name}{line_break}" for name in ("out", "seen", "he re", "seen", "out")]
    text = "".join(lines)
    place = text.index("he ") + len("he ")
    window = Span(len(lines[0]), len(text) - len(lines[-1]))
    view = Viewpoint.of("file:///a", text, Span(place, place), window, 2)

    assert view.before == lines[1] + "he "
    assert view.after == "re" + line_break + lines[3]
    assert (view.first_line, view.hole_line, view.last_line) == (1, 2, 4)
