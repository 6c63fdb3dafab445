"""Training rows: windows of source files with holes cut where editors make them.

A canvas holds the last piece of the prefix, the hole, and the suffix up to the canvas' end; words
that are cut in two belong to the hole. After the file's end comes ``<eos>``. The prompt module cuts
the same way.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from tokenizers import Tokenizer

from mezzotint_infill.seams import Seams, split_after, split_before
from mezzotint_infill.vocabulary import read_vocabulary

PAD_ID, EOS_ID, BOS_ID = 0, 1, 2
LONGEST_HOLE = 32
"""Tokens."""
SHORTEST_PREFIX = 12
SUFFIX_CHARACTERS = 420
"""More than a canvas of 48 tokens can show."""
TRIES = 20


@dataclass(frozen=True, slots=True)
class EncodedFile:
    """A source file and where its tokens lie in it."""

    text: str
    tokens: npt.NDArray[np.uint16]
    starts: npt.NDArray[np.int32]
    """Character at which each token starts."""
    heads: npt.NDArray[np.bool_]
    """Whether the token is the first one of its piece."""


def encode_files(tokenizer: Tokenizer, texts: Sequence[str]) -> list[EncodedFile]:
    """All files that are long enough to cut a hole into."""
    files: list[EncodedFile] = []
    for text, encoding in zip(texts, tokenizer.encode_batch(list(texts)), strict=True):
        words = np.array(encoding.word_ids, dtype=np.int64)
        heads = np.ones(len(words), dtype=np.bool_)
        heads[1:] = words[1:] != words[:-1]
        starts = np.array([start for start, _ in encoding.offsets], dtype=np.int32)
        if len(words) > 4 * SHORTEST_PREFIX:
            files.append(EncodedFile(text, np.array(encoding.ids, dtype=np.uint16), starts, heads))
    return files


@dataclass(frozen=True, slots=True)
class Cut:
    """A hole in a file: characters ``start`` to ``end``."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Canvas:
    """One canvas without noise."""

    tokens: list[int]
    free: tuple[tuple[int, int], ...]
    """Each gap's first free position, and the one after its last."""
    visible: int
    """Tokens of the window's prefix that it reads."""


@dataclass(frozen=True, slots=True)
class Batch:
    """Rows without noise: ``B`` prefixes of ``P`` tokens, ``K`` canvases of ``C`` each."""

    prefix: npt.NDArray[np.int64]  # (B, P)
    canvas: npt.NDArray[np.int64]  # (B, K, C)
    free: npt.NDArray[np.bool_]  # (B, K, C)
    visible: npt.NDArray[np.int64]  # (B, K)

    @property
    def tokens(self) -> int:
        return self.prefix.size + self.canvas.size


class WindowSampler:
    """Draws rows of one prefix and several canvases, the same ones for the same seed.

    ``plain`` is the share of canvases with nothing pinned after the prefix, ``ended`` of those
    whose file ends with the hole, ``further`` of those with more gaps in the suffix. A canvas with
    one short hole teaches little for what it costs: without ``plain`` and ``further`` ones, 8 M
    tokens left the loss at full noise at 5.9 nats.
    """

    def __init__(
        self,
        tokenizer: Tokenizer,
        files: Sequence[EncodedFile],
        *,
        prefix: int,
        canvas: int,
        canvases: int,
        plain: float = 0.1,
        ended: float = 0.04,
        further: float = 0.85,
        seed: int = 0,
    ) -> None:
        self._tokenizer, self._files = tokenizer, files
        size = tokenizer.get_vocab_size()
        self._can_begin = read_vocabulary(tokenizer, size, named={EOS_ID}).can_begin
        self._prefix, self._canvas, self._canvases = prefix, canvas, canvases
        self._plain, self._ended, self._further = plain, ended, further
        self._random = random.Random(seed)
        self._weights = np.cumsum([len(file.tokens) for file in files]).tolist()

    def batch(self, rows: int) -> Batch:
        prefix = np.full((rows, self._prefix), PAD_ID, dtype=np.int64)
        canvas = np.full((rows, self._canvases, self._canvas), EOS_ID, dtype=np.int64)
        free = np.zeros(canvas.shape, dtype=np.bool_)
        visible = np.ones(canvas.shape[:2], dtype=np.int64)
        for row in range(rows):
            window, canvases = self._row()
            prefix[row, : len(window)] = window
            for k, one in enumerate(canvases):
                canvas[row, k, : len(one.tokens)] = one.tokens
                for start, end in one.free:
                    free[row, k, start:end] = True
                visible[row, k] = one.visible
        return Batch(prefix, canvas, free, visible)

    def _row(self) -> tuple[list[int], list[Canvas]]:
        while True:
            (file,) = self._random.choices(self._files, cum_weights=self._weights)
            first = self._window_start(file)
            window = [BOS_ID, *file.tokens[first : first + self._prefix - 1].tolist()]
            canvases: list[Canvas] = []
            for _ in range(TRIES * self._canvases):
                made = self._one_canvas(file, first, len(window) - 1)
                if made is not None:
                    canvases.append(made)
                if len(canvases) == self._canvases:
                    return window, canvases

    def _window_start(self, file: EncodedFile) -> int:
        """The file's start, or a line's start somewhere in it."""
        spare = len(file.tokens) - self._prefix // 2
        if spare <= 0 or self._random.random() < 0.05:
            return 0
        guess = self._random.randrange(spare)
        line = file.text.rfind("\n", 0, int(file.starts[guess]) + 1) + 1
        return int(np.searchsorted(file.starts, line))

    def _one_canvas(self, file: EncodedFile, first: int, length: int) -> Canvas | None:
        earliest = int(file.starts[first + min(SHORTEST_PREFIX, length - 1)])
        place = self._random.randrange(earliest, int(file.starts[first + length - 1]) + 1)
        cut = cut_hole(file.text, place, self._random)
        if cut is None or cut.start < earliest:
            return None
        after = int(np.searchsorted(file.starts, cut.start))
        head = after - 1
        while not file.heads[head]:
            head -= 1
        if file.text[file.starts[head]] == "\n":
            head = after
        visible = head - first + 1
        if not 1 <= visible <= length + 1:
            return None
        piece = file.text[file.starts[head] : cut.start] if head < after else ""
        return self._fill_canvas(file.text, piece, cut, visible)

    def _fill_canvas(self, text: str, piece: str, cut: Cut, visible: int) -> Canvas | None:
        pinned, before = split_before(piece, self._encode, self._can_begin)
        after, rest = split_after(text[cut.end : cut.end + SUFFIX_CHARACTERS], self._encode)
        middle = self._encode(Seams(before, after).around(text[cut.start : cut.end]))
        suffix = self._encode(rest)
        room = self._canvas - len(pinned) - len(middle)
        if not middle or len(middle) > LONGEST_HOLE or room < 2:
            return None
        if self._random.random() < self._ended:
            suffix = []
        tokens = [*pinned, *middle, *suffix][: self._canvas]
        if self._random.random() < self._plain:
            return Canvas(tokens, ((len(pinned), len(tokens)),), visible)
        end = len(pinned) + len(middle)
        return Canvas(tokens, ((len(pinned), end), *self._gaps(end + 2, len(tokens))), visible)

    def _encode(self, text: str) -> list[int]:
        return self._tokenizer.encode(text).ids

    def _gaps(self, start: int, end: int) -> list[tuple[int, int]]:
        """Further gaps between two positions."""
        gaps: list[tuple[int, int]] = []
        if self._random.random() < self._further:
            while (start := start + self._random.randrange(1, 10)) < end - 2:
                stop = min(end, start + self._random.randrange(1, 9))
                gaps.append((start, stop))
                start = stop
        return gaps


def cut_hole(text: str, place: int, draw: random.Random) -> Cut | None:
    """A hole around a character, of a kind that editors make; nothing where there is no code."""
    start, end = text.rfind("\n", 0, place) + 1, text.find("\n", place)
    end = len(text) if end < 0 else end
    if not text[start:end].strip():
        return None
    kind = draw.random()
    if kind < 0.34:
        cut = Cut(_pause(text, start, end, draw), end)
    elif kind < 0.56:
        cut = _whole_lines(text, start, end, 1, draw)
    elif kind < 0.68:
        cut = _whole_lines(text, start, end, draw.randrange(2, 5), draw)
    elif kind < 0.84:
        inner = _pause(text, start, end, draw)
        cut = Cut(inner, _pause(text, inner, end, draw))
    elif kind < 0.93:
        cut = _rest_of_word(text, place, end, draw)
    else:
        cut = Cut(place, min(len(text), place + draw.randrange(2, 90)))
    return cut if text[cut.start : cut.end].strip() else None


def _pause(text: str, start: int, end: int, draw: random.Random) -> int:
    """Where a typist may stop in a line: often after a piece of code, sometimes anywhere."""
    indented = start + len(text[start:end]) - len(text[start:end].lstrip())
    stops = [i + 1 for i in range(indented, end) if text[i] in " ([{.,=:'\"@"]
    if stops and draw.random() < 0.7:
        return draw.choice(stops)
    return draw.randrange(min(indented, end), end + 1)


def _whole_lines(text: str, start: int, end: int, lines: int, draw: random.Random) -> Cut:
    indented = start + len(text[start:end]) - len(text[start:end].lstrip())
    for _ in range(lines - 1):
        further = text.find("\n", end + 1)
        end = len(text) if further < 0 else further
    first = indented if draw.random() < 0.6 else start
    return Cut(first, min(end + 1, len(text)) if draw.random() < 0.25 else end)


def _rest_of_word(text: str, place: int, end: int, draw: random.Random) -> Cut:
    stop = place
    while stop < end and (text[stop].isalnum() or text[stop] == "_"):
        stop += 1
    return Cut(place, stop if draw.random() < 0.5 else _pause(text, stop, end, draw))
