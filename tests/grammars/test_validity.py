"""Parse errors: code in, what tree-sitter finds wrong with it out."""

import pytest

from mezzotint_grammars.validity import Validity, errors_around, errors_in, gap_between

FUNCTION = "def area(width, height):\n    return width * height\n\n\n"
MANY = FUNCTION * 2000


@pytest.mark.parametrize(
    "text",
    ["", "\n", "x = 1", FUNCTION, "if x:\n    y = [1,\n         2]\n", "s = 'café ☕'\n"],
)
def test_correct_code_has_no_errors(text: str):
    assert errors_in(text, "python") == 0


@pytest.mark.parametrize("text", ["f(", "x = = 1", "def f(:\n    pass\n", "return )", "'"])
def test_broken_code_has_errors(text: str):
    assert errors_in(text, "python") > 0


def test_an_unknown_language_has_no_errors():
    assert errors_in("f((((", "no-such-language") == 0


def test_a_lone_surrogate_does_not_stop_the_parse():
    assert errors_in("x = '\udc80'", "python") == 0


def test_the_middle_decides_in_a_large_file():
    prefix, suffix = MANY + "total = area(", ")\n" + MANY

    assert errors_around(prefix, "2, 3", suffix, "python") == 0
    assert errors_around(prefix, "2, 3)", suffix, "python") > 0


def test_a_window_into_one_large_class_gives_middles_the_same_blame():
    method = "    def area(self):\n        return self.width * self.height\n\n"
    prefix, suffix = "class Wide:\n" + method * 1000, "\n" + method * 1000

    good = errors_around(prefix, "    size = 1", suffix, "python")
    bad = errors_around(prefix, "    size = (1", suffix, "python")

    assert good < bad


def test_what_is_wrong_far_away_does_not_count():
    prefix, suffix = "def (:\n" + MANY + "total = ", "\n" + MANY

    assert errors_around(prefix, "1", suffix, "python") == 0


def check(marked: str, fill: str, expected: Validity = Validity(), language: str = "python"):  # noqa: B008 - frozen
    """What is wrong with a fill at the ‸."""
    prefix, suffix = marked.split("‸")
    assert gap_between(prefix, suffix, language).validity(fill) == expected


METHOD = "class Box:\n    def area(self, scale):\n        ‸\n\n    def width(self):\n        pass\n"


@pytest.mark.parametrize(
    "fill",
    [
        "pass",
        "return scale",
        "other = scale\n        return other * self.height",
        "for one in range(scale):\n            print(one)",
        "def inner(it):\n            return it\n        return inner(scale)",
        "import os\n        return os.sep",
    ],
)
def test_a_fill_that_fits_has_nothing_wrong(fill: str):
    check(METHOD, fill)


def test_of_a_fill_that_does_not_parse_nothing_else_is_said():
    check(METHOD, "return unknown +", Validity(new_errors=1))


def test_errors_that_were_there_are_not_the_fills():
    check("def (:\n    pass\n\nx = ‸\n", "1")


@pytest.mark.parametrize(
    ("fill", "unknown"),
    [
        ("return heigth", ["heigth"]),
        ("scale = 1 + depth", ["depth"]),
        ("self.heigth = scale", []),
        ("f(heigth=1)", ["f"]),
        ("return 'heigth'  # heigth", []),
        ("return Box", []),
        ("return ValueError", []),
    ],
)
def test_a_name_from_nowhere_is_unknown(fill: str, unknown: list[str]):
    check(METHOD, fill, Validity(unknown=frozenset(unknown)))


def test_a_name_that_stands_far_away_in_the_file_is_known():
    check("import os\n" + MANY + "x = ‸\n" + MANY + "y = far\n", "os.sep + far")


def test_where_everything_is_imported_no_name_is_unknown():
    check("from os import *\n\nx = ‸\n", "sep")


def test_where_names_come_from_other_files_without_an_import_none_is_unknown():
    check("package a\n\nfunc f() int {\n\treturn ‸\n}\n", "g()", language="go")


@pytest.mark.parametrize(
    ("marked", "fill", "twice"),
    [
        ("def f():\n    pass\n\n\n‸\n", "def f():\n    return 1", ["f"]),
        ("‸\n\ndef f():\n    pass\n", "def f(x):\n    return 1", ["f"]),
        ("‸\n\nclass F:\n    pass\n", "class F:\n    x = 1", ["F"]),
        ("‸\n", "def f():\n    return 1\n\n\ndef f():\n    return 1", ["f"]),
        ("def f():\n    pass\n\n\n‸\n", "def g():\n    return 1", []),
        ("class A:\n    def f(self): ...\n\n\nclass B:\n    ‸\n", "def f(self): ...", []),
        ("x = 1\n‸\n", "x = 2", []),
        (
            "class A:\n    @property\n    def f(self): ...\n\n    ‸\n",
            "@f.setter\n    def f(self, x): ...",
            [],
        ),
    ],
)
def test_what_is_defined_beside_another_of_its_name_is_there_twice(
    marked: str, fill: str, twice: list[str]
):
    check(marked, fill, Validity(twice=frozenset(twice)))


def test_with_other_arguments_it_is_another_one_where_a_language_has_that():
    box = "class Box {\n    int f(int a) { return 1; }\n    ‸\n}\n"

    check(box, "int f(long a) { return 1; }", language="java")
    check(box, "int f(int a) { return 1; }", Validity(twice=frozenset("f")), "java")


@pytest.mark.parametrize(
    ("marked", "language", "fill", "expected"),
    [
        (METHOD, "python", "return 1\n\n    def depth(self):\n        return 2", "return 1"),
        (METHOD, "python", "return 1\n\nprint(1)\n", "return 1"),
        (METHOD, "python", "# how\n        return 1\nx", "# how\n        return 1"),
        ("def f():‸\n\nx = 1\n", "python", "\n    return 1\n\nz", "\n    return 1"),
        ("if x:\n    ‸\n\nz()\n", "python", "f()\nelse:\n    g()", "f()"),
        ("def f():\n    ‸", "python", "return '''\n1\n'''\nx", "return '''\n1\n'''"),
        ("fn f() {\n    ‸\n}\n", "rust", "g();\n}\n\nfn h() {", "g();"),
        ("def f\n  ‸\nend\n", "ruby", "g\nend\n\ndef h", "g"),
        ("{\n  a;\n  ‸\n}\n", "none", "b;\n}\n{ c", "b;"),
    ],
)
def test_what_comes_after_the_block_that_a_fill_begins_in_is_cut_off(
    marked: str, language: str, fill: str, expected: str
):
    assert gap_between(*marked.split("‸"), language).until_block_ends(fill) == expected


@pytest.mark.parametrize(
    ("marked", "language", "fill"),
    [
        (METHOD, "python", "return 1"),
        (METHOD, "python", "if scale:\n            return 1\n        return 2"),
        (METHOD, "python", " \n"),
        ("x = 1\n‸\n", "python", "def f():\n    pass\n\n\ny = 2"),
        ("fn f() {\n    ‸\n}\n", "rust", "if x { g(); }\n    h();"),
        ("{\n  a;\n  ‸\n}\n", "none", "b { c }"),
    ],
)
def test_a_fill_that_stays_in_its_block_is_left_alone(marked: str, language: str, fill: str):
    assert gap_between(*marked.split("‸"), language).until_block_ends(fill) == fill


def test_a_fill_that_goes_on_after_its_block_leaves_it():
    check(METHOD, "return 1\n\nprint(1)\n", Validity(leaves_block=True))


def test_what_python_imports_from_its_future_is_an_import_like_others():
    check(
        "from __future__ import annotations\n\nx = ‸\n",
        "unknown",
        Validity(unknown=frozenset(["unknown"])),
    )


@pytest.mark.parametrize(
    ("marked", "language", "fill", "expected"),
    [
        ("x = f(‸\ny = 1\n", "python", "a, g(b", "a, g(b))"),
        ("if ‸\n    pass\n", "python", "f(a[0:", "f(a[0]):"),
        ("class A:\n    def f(self):\n        ‸\n", "python", "return {'a", "return {'a'}"),
        ("x = ‸\n", "python", "one(two)) + 1", "one(two)"),
        ("x = (‸)\n", "python", "one b", "one"),
        ("x = f(‸)\n", "python", "first) + a", "first"),
        ("x = ‸\n    1, 2\n])\n", "python", "f(", "f(["),
        ("x = ‸\n", "python", "one(two) three", "one(two)"),
        ("def f(x):\n    a = g(x‸x > 1\n", "python", "y, z)\n    return =", "y, z)\n    return "),
        ("fn f() {\n    ‸\n}\n", "rust", "g(h(1);", "g(h(1));"),
        ("int f() {\n  ‸\n}\n", "c", "while (a) { b();", "while (a) { b();}"),
    ],
)
def test_a_fill_that_breaks_the_code_ends_earlier_or_closes_what_it_opens(
    marked: str, language: str, fill: str, expected: str
):
    assert gap_between(*marked.split("‸"), language).mended(fill) == expected


@pytest.mark.parametrize(
    ("marked", "fill", "expected"),
    [
        ("try:\n    x = f()\n‸\ny = 1\n", "except E:", "except E:\n    pass"),
        (
            "def e():\n  pass\n\ndef f():\n  ‸\n",
            "if y:\n    a()\n  else:",
            "if y:\n    a()\n  else:\n    pass",
        ),
        ("class A:\n\tdef f(self): ...\n\t‸\n", "def g(self):", "def g(self):\n\t\tpass"),
        ("x = ‸\n    y()\n", "1\nif x:", "1\nif x:"),
    ],
)
def test_a_header_without_anything_below_it_gets_a_body_that_does_nothing(
    marked: str, fill: str, expected: str
):
    gap = gap_between(*marked.split("‸"), "python")
    assert gap.mended(fill, may_add_line=True) == expected
    assert not gap.mended(fill).endswith("pass")


@pytest.mark.parametrize(
    ("marked", "language", "fill"),
    [
        ("x = ‸\n", "python", "f(a)"),
        ("x = ‸\n", "python", "= a + b * c"),
        ("x = ‸\n", "python", "a b c d e"),
        ("x = ‸\n", "python", " "),
        ("x = ‸\n", "plaintext", "f((a"),
        ("def (:\n\n\nx = ‸\n", "python", "f(a)"),
    ],
)
def test_what_is_well_or_cannot_be_helped_by_half_of_it_stays_as_it_is(
    marked: str, language: str, fill: str
):
    assert gap_between(*marked.split("‸"), language).mended(fill) == fill


@pytest.mark.parametrize(
    "marked",
    [
        "x = [f(a,‸\n\n\ndef g(): ...\n",
        "x = ‸)\n",
        "x = g('a‸\n",
        "class A:\n    def‸\n        pass\n",
        "from a.b‸\n",
        "‸\n    def f(self): ...\n",
        "    @‸:\n        pass\n",
        "def f():\n    a = g(b‸c > d\n",
        "class A:\n    def f(self):\n        if a[‸\n            pass\n",
    ],
)
def test_some_simple_text_does_in_most_gaps(marked: str):
    assert gap_between(*marked.split("‸"), "python").least_errors == 0
