"""The kind of a hole follows from the line around it."""

import pytest

from mezzotint_infill.hole import HoleKind
from mezzotint_server.holes import kind_of


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("‸", HoleKind.LINE),
        ("def f():\n    ‸\n    return 1\n", HoleKind.LINE),
        ("def f():\r\n    ‸\r\n    return 1\r\n", HoleKind.LINE),
        ("x = 1\n  ‸  \n", HoleKind.LINE),
        ("x = ‸", HoleKind.REST_OF_LINE),
        ("x = ‸\ny = 2\n", HoleKind.REST_OF_LINE),
        ("x = ‸\r\ny = 2\r\n", HoleKind.REST_OF_LINE),
        ("x = ‸\ry = 2\r", HoleKind.REST_OF_LINE),
        ("x = ‸   \ny = 2\n", HoleKind.REST_OF_LINE),
        ("f(‸)", HoleKind.PART_OF_LINE),
        ("y = 1\n‸x = 1\n", HoleKind.PART_OF_LINE),
        ("na‸me\n", HoleKind.PART_OF_LINE),
    ],
)
def test_the_line_around_the_hole_tells_its_kind(text: str, kind: HoleKind) -> None:
    prefix, _, suffix = text.partition("‸")
    assert kind_of(prefix, suffix) is kind
