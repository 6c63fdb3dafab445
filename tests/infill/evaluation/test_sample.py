"""Which files give holes, and how many."""

from collections import Counter
from pathlib import Path

import pytest

from mezzotint_infill.evaluation.cuts import CutKind
from mezzotint_infill.evaluation.sample import sample_cuts

LONG = "".join(
    f"def name_{number}(a, b):\n    return a + b * {number}\n\n\n" for number in range(50)
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "inner").mkdir()
    for name, text in {"a.py": LONG, "inner/b.py": "x = y\n", "c.py": "z = call(x)\n"}.items():
        (tmp_path / name).write_text(text)
    return tmp_path


def test_no_file_gives_a_second_hole_before_each_has_given_one(folder: Path) -> None:
    cuts = sample_cuts([folder], seed=0, per_kind=4, kinds=[CutKind.LINE])
    names = [cut.path.removeprefix(f"{folder.name}/") for cut in cuts]
    assert set(names[:3]) == {"a.py", "inner/b.py", "c.py"}
    assert names[3:] == ["a.py"], "the other two have one line only"


def test_a_file_gives_no_hole_twice(folder: Path) -> None:
    cuts = sample_cuts([folder], seed=0, per_kind=100, per_file=50, kinds=[CutKind.LINE])
    assert len(set(cuts)) == len(cuts)
    assert Counter(cut.path for cut in cuts)[f"{folder.name}/c.py"] == 1


def test_every_kind_is_there_as_often_as_asked(folder: Path) -> None:
    cuts = sample_cuts([folder], seed=0, per_kind=1)
    assert [cut.kind for cut in cuts] == list(CutKind)


def test_the_same_seed_gives_the_same_holes_and_another_gives_others(folder: Path) -> None:
    once = sample_cuts([folder], seed=1, per_kind=5)
    assert sample_cuts([folder], seed=1, per_kind=5) == once
    assert sample_cuts([folder], seed=2, per_kind=5) != once


def test_several_folders_are_one_sample(folder: Path) -> None:
    (folder / "other").mkdir()
    (folder / "other" / "b.py").write_text("u = v\n")
    cuts = sample_cuts([folder / "inner", folder / "other"], seed=0, per_kind=9)
    assert {cut.path for cut in cuts} == {"inner/b.py", "other/b.py"}


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"x = '\xff'\n", id="not UTF-8"),
        pytest.param(b"def broken(:\n    x = y\n", id="does not parse"),
        pytest.param(b"x = y\n" * 50_000, id="very large"),
    ],
)
def test_files_that_cannot_be_judged_are_left_out(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "odd.py").write_bytes(data)
    assert sample_cuts([tmp_path], seed=0, per_kind=5) == []
