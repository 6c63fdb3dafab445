"""What a chat checkpoint is told, as text."""

from mezzotint_infill.hole import Gap, Hole, Rewrite
from mezzotint_infill.tasks import task_in, task_of


def about(hole: Hole) -> str:
    task = task_of(hole)
    return task.sentence + task.around(hole.prefix, hole.suffix)


def test_one_gap_is_shown_as_one_mark():
    told = about(Hole("a = ", "\n", "ruby"))
    assert told == task_in("ruby").sentence + "a = <HOLE>\n"
    assert told.endswith("\n\na = <HOLE>\n")
    assert "in the ruby file" in told


def test_every_gap_is_shown_where_it_is():
    told = about(Hole("a = ", "\n", further=(Gap("\nb = "), Gap("\nc = "))))
    assert told.endswith("\n\na = <HOLE>\nb = <HOLE>\nc = <HOLE>\n")
    assert "every <HOLE>" in told


def test_a_region_is_shown_between_marks_and_an_instruction_is_told():
    rewrite = Rewrite("x + 1", 0.5, instruction=" use {braces} ")
    told = about(Hole("a = ", "\n", rewrite=rewrite))
    assert told.endswith("What to do: use {braces}\n\na = <START>x + 1<END>\n")
    assert "What to do" not in about(Hole("", "", rewrite=Rewrite("x", 0.5)))
