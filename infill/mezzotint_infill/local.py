"""Fills holes in this process: the command line's, the evaluation's and the engine's infiller.

Constructing one is cheap; torch and the weights come with the first use.
"""

import asyncio
import logging
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from time import monotonic
from typing import TYPE_CHECKING

from mezzotint_infill.cancellation import Cancellation
from mezzotint_infill.errors import BadHoleError, FillCancelledError, ModelError
from mezzotint_infill.garbage import making_what_stays
from mezzotint_infill.hole import Draft, Fill, Hole
from mezzotint_infill.infiller import DraftListener, EngineState, EngineStatus
from mezzotint_infill.loader import Loader
from mezzotint_infill.memory.exhausted import ran_out
from mezzotint_infill.options import InfillOptions
from mezzotint_infill.plans import AUTO, require_known

if TYPE_CHECKING:
    from mezzotint_infill.filler import Filler

DEFAULT_OPTIONS = InfillOptions()

_logger = logging.getLogger(__name__)


class LocalInfiller:
    """An :class:`~mezzotint_infill.infiller.Infiller` around a model in this process.

    ``model`` is ``embedded`` (the one that ships), a folder, or a name in the Hub's local cache;
    ``plan`` is the name of a memory plan, or ``auto``. When the memory runs out, the model comes
    back on the next smaller plan, and its state says so. Raises
    :class:`~mezzotint_infill.errors.BadOptionsError` for a plan that is none.
    """

    def __init__(
        self, model: str = "embedded", device: str | None = None, plan: str = AUTO
    ) -> None:
        require_known(plan)
        self._name = model
        self._loader = Loader(model, device, plan)
        self._loading, self._filling = threading.Lock(), threading.Lock()
        self._filler: Filler | None = None
        self._state = EngineState(EngineStatus.STARTING, model, device or "")
        self._ahead = Cancellation()
        """Of what was last read ahead."""
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
        self._ahead.cancel()
        _require_text(hole)
        load_ms, fill = 0.0, None
        while fill is None:
            started = monotonic()
            self._loaded()
            load_ms += (monotonic() - started) * 1000
            fill = self._try(hole, options, cancellation or Cancellation(), on_draft)
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
        self._ahead.cancel()
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

    async def read_ahead(self, hole: Hole) -> None:
        """After what is under way; it may be cancelled as a fill may."""
        self._ahead.cancel()
        cancellation = self._ahead = Cancellation()
        loop = asyncio.get_running_loop()
        try:
            await loop.run_in_executor(self._thread, self._read_ahead_now, hole, cancellation)
        except asyncio.CancelledError:
            cancellation.cancel()
            raise

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

    def _read_ahead_now(self, hole: Hole, cancellation: Cancellation) -> None:
        filler = self._filler
        if filler is None or cancellation.is_cancelled:
            return
        try:
            _require_text(hole)
            with self._filling:
                filler.read_ahead(hole, cancellation)
        except Exception as error:  # noqa: BLE001 - the fill itself will say what is wrong
            _logger.info("Nothing was read ahead: %s.", type(error).__name__)

    def _try(
        self,
        hole: Hole,
        options: InfillOptions,
        cancellation: Cancellation,
        on_draft: DraftListener | None,
    ) -> Fill | None:
        """``None`` if the memory ran out: what is loaded next takes less of it."""
        filler = self._loaded()
        try:
            with self._filling:
                return filler.fill(hole, options, cancellation, on_draft)
        except RuntimeError as error:
            if not ran_out(error):
                raise
            with self._loading:
                # Somebody else may have run out of it first.
                if self._filler is filler:
                    self._forget()
        return None

    def _forget(self) -> None:
        """Load it anew next time, for less memory."""
        self._filler = None
        try:
            self._loader.take_less_memory()
        except ModelError as error:
            self._has_failed(error)
            raise

    def _loaded(self) -> "Filler":
        with self._loading:
            if self._filler is None:
                self._filler = self._read()
            return self._filler

    def _read(self) -> "Filler":
        message = f"Loading {self._name}."
        self._state = replace(self._state, status=EngineStatus.LOADING, message=message)
        try:
            with making_what_stays():
                from mezzotint_infill.filler import Filler

                filler = Filler(self._loader.read())
        except ModelError as error:
            self._has_failed(error)
            raise
        except Exception as error:
            why = str(error) or type(error).__name__
            raise self._has_failed(
                ModelError(f"The model {self._name} cannot be loaded: {why}")
            ) from error
        self._state = EngineState(
            EngineStatus.READY,
            self._name,
            str(filler.model.device),
            self._loader.complaint,
            plan=self._loader.plan.name if self._loader.plan else "",
        )
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
