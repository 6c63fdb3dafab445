"""The examples that ship have a hole where their README says, and work once it is filled."""

from pathlib import Path

import pytest

from mezzotint_server.cli.hole_in_file import find_hole

EXAMPLES = Path(__file__).parents[3] / "examples"
TRIES = [
    [cell.strip(" `") for cell in line.split("|")[1:3]]
    for line in (EXAMPLES / "README.md").read_text(encoding="utf-8").splitlines()
    if line.startswith("| `")
]
PROOFS = {
    "stack.py": "[s := Stack(), s.push(1), s.pop()][-1] == 1",
    "find.py": "find([Path('a')], 'a') == Path('a')",
    "arguments.py": "bool(sys.argv) and read(values) == '{\"a\": 1}'",
    "rectangle.py": "Rectangle(1, 2, 3, 4).area() == 12",
    "words.py": "count_words('to be or not to be') == {'to': 2, 'be': 2, 'or': 1, 'not': 1}",
    "settings.py": "[s := Settings(values), s.load(), s.get('a')][-1] == 1",
}


@pytest.mark.parametrize(("command", "fill"), TRIES)
def test_what_belongs_in_the_hole_makes_the_file_work(
    command: str, fill: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(EXAMPLES.parent)
    place = find_hole(command.rsplit(maxsplit=1)[-1], None)
    values = tmp_path / "values.json"
    values.write_text('{"a": 1}')
    known: dict[str, object] = {"__name__": "example", "values": values, "Path": Path}
    exec(place.hole.prefix + fill + place.hole.suffix, known)  # noqa: S102 - it is ours
    assert eval(PROOFS[Path(place.file.name).name], known)  # noqa: S307 - it is ours


def test_every_example_is_in_the_readme() -> None:
    named = {command.split()[-1].split(":")[0] for command, _ in TRIES}
    assert named == {f"examples/{path.name}" for path in EXAMPLES.glob("*.py")}
