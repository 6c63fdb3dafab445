"""Fills holes in this process: the command line's, the evaluation's and the engine's infiller.

Constructing one is cheap; torch and the weights come with the first use.
"""

import asyncio
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from time import monotonic
from typing import TYPE_CHECKING

from mezzotint_infill.cancellation import Cancellation
from mezzotint_infill.errors import BadHoleError, FillCancelledError, ModelError
from mezzotint_infill.hole import Draft, Fill, Hole
from mezzotint_infill.infiller import DraftListener, EngineState, EngineStatus
from mezzotint_infill.options import InfillOptions

if TYPE_CHECKING:
    from mezzotint_infill.filler import Filler

DEFAULT_OPTIONS = InfillOptions()


class LocalInfiller:
    """An :class:`~mezzotint_infill.infiller.Infiller` around a model in this process.

    ``model`` is ``embedded`` (the one that ships), a folder, or a name in the Hub's local cache.
    """

    def __init__(self, model: str = "embedded", device: str | None = None) -> None:
        self._name, self._device = model, device
        self._loading, self._filling = threading.Lock(), threading.Lock()
        self._filler: Filler | None = None
        self._state = EngineState(EngineStatus.STARTING, model, device or "")
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="infill")

    def load(self) -> None:
        """Read the weights, once. Raises :class:`~mezzotint_infill.errors.ModelError`."""
        self._loaded()

    def fill_now(
        self,
        hole: Hole,
        options: InfillOptions = DEFAULT_OPTIONS,
        *,
        on_draft: DraftListener | None = None,
        cancellation: Cancellation | None = None,
    ) -> Fill:
        """Fill a hole in this thread, after others'; ``on_draft`` is called in it too.

        Raises :class:`~mezzotint_infill.errors.InfillError`.
        """
        _require_text(hole)
        started = monotonic()
        filler = self._loaded()
        load_ms = (monotonic() - started) * 1000
        with self._filling:
            fill = filler.fill(hole, options, cancellation or Cancellation(), on_draft)
        total = replace(fill.ms, load=load_ms, total=fill.ms.total + load_ms)
        return replace(fill, ms=total)

    async def fill(
        self,
        hole: Hole,
        options: InfillOptions = DEFAULT_OPTIONS,
        *,
        on_draft: DraftListener | None = None,
    ) -> Fill:
        """One at a time, in a thread of its own; others wait in order."""
        loop = asyncio.get_running_loop()
        cancellation = Cancellation()

        def show(draft: Draft) -> None:
            if on_draft is not None and not cancellation.is_cancelled:
                on_draft(draft)

        def hop(draft: Draft) -> None:
            loop.call_soon_threadsafe(show, draft)

        def work() -> Fill:
            cancellation.check()
            listener = None if on_draft is None else hop
            return self.fill_now(hole, options, on_draft=listener, cancellation=cancellation)

        try:
            return await loop.run_in_executor(self._thread, work)
        except asyncio.CancelledError:
            cancellation.cancel()
            raise
        except FillCancelledError:
            raise asyncio.CancelledError from None

    async def state(self) -> EngineState:
        return self._state

    def token_count(self, hole: Hole, text: str) -> int:
        """How many free positions a text takes up in a hole."""
        return self._loaded().token_count(hole, text)

    def tokens(self, text: str) -> list[int]:
        """A text in this model's tokens."""
        return self._loaded().model.encode(text)

    def full_noise_loss(self, hole: Hole, text: str, seeds: Sequence[int]) -> float:
        """The loss on a text's tokens, in nats a token, when all of them are noise.

        The mean over starting canvases, one a seed.
        """
        filler = self._loaded()
        with self._filling:
            return filler.full_noise_loss(hole, text, seeds)

    def _loaded(self) -> "Filler":
        with self._loading:
            if self._filler is None:
                self._filler = self._read()
            return self._filler

    def _read(self) -> "Filler":
        message = f"Loading {self._name}."
        self._state = replace(self._state, status=EngineStatus.LOADING, message=message)
        try:
            from mezzotint_infill.filler import Filler
            from mezzotint_infill.model import load_model, use_one_thread_if_small

            filler = Filler(load_model(self._name, self._device))
            use_one_thread_if_small(filler.model)
        except ModelError as error:
            self._has_failed(error)
            raise
        except Exception as error:
            why = str(error) or type(error).__name__
            raise self._has_failed(
                ModelError(f"The model {self._name} cannot be loaded: {why}")
            ) from error
        self._state = EngineState(EngineStatus.READY, self._name, str(filler.model.device))
        return filler

    def _has_failed(self, error: ModelError) -> ModelError:
        self._state = replace(self._state, status=EngineStatus.FAILED, message=str(error))
        return error


def _require_text(hole: Hole) -> None:
    """Half of a surrogate pair is no text that could be tokenized."""
    told = hole.rewrite
    parts = [hole.prefix, hole.suffix, *(gap.between for gap in hole.further)]
    try:
        for part in (*parts, *((told.text, told.instruction) if told else ())):
            part.encode()
    except UnicodeEncodeError:
        raise BadHoleError(
            "The text around the hole holds half a surrogate pair, which is not a character."
        ) from None
