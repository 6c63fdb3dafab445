"""What a chat checkpoint is told to do with a hole: the sentence, and the file with its marks.

Pure text; what of the file is shown, the prompt decides.
"""

from dataclasses import dataclass

from mezzotint_infill.hole import Hole

HOLE_MARK = "<HOLE>"
START_MARK, END_MARK = "<START>", "<END>"
FILL = (
    f"Complete the code at {HOLE_MARK}. It is one gap in the {{language}} file below; what stands "
    "after the gap stays as it is. Reply with the file from its first line on, the gap filled in, "
    "as one block of code and with nothing else.\n\n"
)
FILL_ALL = (
    f"Complete the code at every {HOLE_MARK}. These are gaps in the {{language}} file below; what "
    "stands around the gaps stays as it is. Reply with the file from its first line on, all gaps "
    "filled in, as one block of code and with nothing else.\n\n"
)
REWRITE = (
    f"Rewrite the code between {START_MARK} and {END_MARK}. It is part of the {{language}} file "
    "below; what stands around it stays as it is. Reply with the file from its first line on, "
    f"without {START_MARK} and {END_MARK}, as one block of code and with nothing else.\n\n"
)
INSTRUCTION = "What to do: {instruction}\n\n"


@dataclass(frozen=True, slots=True)
class Task:
    """What is asked for, and what is shown between the prefix and the suffix."""

    sentence: str
    middle: str = HOLE_MARK

    def around(self, prefix: str, suffix: str) -> str:
        """The code, with what is marked in it."""
        return f"{prefix}{self.middle}{suffix}"


def task_in(language: str) -> Task:
    """To fill one gap."""
    return Task(FILL.format(language=language))


def task_of(hole: Hole) -> Task:
    """To fill a hole's gaps, or to rewrite what stands in it."""
    if hole.rewrite:
        told = hole.rewrite.instruction.strip()
        sentence = REWRITE.format(language=hole.language)
        if told:
            sentence += INSTRUCTION.format(instruction=told)
        return Task(sentence, f"{START_MARK}{hole.rewrite.text}{END_MARK}")
    if hole.further:
        shown = "".join(gap.between + HOLE_MARK for gap in hole.further)
        return Task(FILL_ALL.format(language=hole.language), HOLE_MARK + shown)
    return task_in(hole.language)
