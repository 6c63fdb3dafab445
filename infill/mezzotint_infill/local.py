"""Fills holes in this process: the command line's, the evaluation's and the engine's infiller.

Constructing one is cheap; torch and the weights come with the first use.
"""

import asyncio
import gc
import logging
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from time import monotonic
from typing import TYPE_CHECKING

from mezzotint_infill.cancellation import Cancellation
from mezzotint_infill.errors import (
    BadHoleError,
    FillCancelledError,
    ModelError,
    OutOfMemoryError,
)
from mezzotint_infill.hole import Draft, Fill, Hole
from mezzotint_infill.infiller import DraftListener, EngineState, EngineStatus
from mezzotint_infill.memory.plan import MemoryPlan
from mezzotint_infill.options import InfillOptions
from mezzotint_infill.plans import AUTO, next_smaller, require_known

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
        self._name, self._device = model, device
        self._asked_plan = plan
        self._plan: MemoryPlan | None = None
        self._smaller: MemoryPlan | None = None
        """What is left to choose when the memory has run out."""
        self._complaint = ""
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
        from torch import OutOfMemoryError

        try:
            with self._filling:
                return filler.fill(hole, options, cancellation, on_draft)
        except OutOfMemoryError:
            with self._loading:
                # Somebody else may have run out of it first.
                if self._filler is filler:
                    self._filler = None
                    self._take_less_memory()
        return None

    def _loaded(self) -> "Filler":
        with self._loading:
            while self._filler is None:
                self._filler = self._read()
            return self._filler

    def _read(self) -> "Filler | None":
        """``None`` if the memory ran out on the way."""
        message = f"Loading {self._name}."
        self._state = replace(self._state, status=EngineStatus.LOADING, message=message)
        try:
            return self._read_now()
        except ModelError as error:
            self._has_failed(error)
            raise
        except Exception as error:
            why = str(error) or type(error).__name__
            raise self._has_failed(
                ModelError(f"The model {self._name} cannot be loaded: {why}")
            ) from error

    def _read_now(self) -> "Filler | None":
        from torch import OutOfMemoryError as NoMemoryError

        from mezzotint_infill.filler import Filler
        from mezzotint_infill.memory.here import plan_here
        from mezzotint_infill.model import find_device, load_model, use_one_thread_if_small

        _free_memory()
        device = str(find_device(self._device))
        self._plan = self._smaller or plan_here(self._asked_plan, self._name, device)
        try:
            filler = Filler(load_model(self._name, self._device, plan=self._plan))
        except NoMemoryError:
            self._take_less_memory()
            return None
        use_one_thread_if_small(filler.model)
        self._state = EngineState(
            EngineStatus.READY,
            self._name,
            str(filler.model.device),
            self._complaint,
            plan=self._plan.name if self._plan else "",
        )
        return filler

    def _take_less_memory(self) -> None:
        """Choose the next smaller plan from now on. Raises :class:`OutOfMemoryError`."""
        name = f"the plan {self._plan.name}" if self._plan else "exact weights"
        self._smaller = next_smaller(self._plan)
        if self._smaller is None:
            raise self._has_failed(
                OutOfMemoryError(
                    f"The memory does not suffice for {self._name} under {name}, the smallest:"
                    " free some of it, or choose a smaller model."
                )
            )
        self._complaint = (
            f"The memory did not suffice for {self._name} with {name}: it runs under the plan"
            f" {self._smaller.name} now."
        )

    def _has_failed(self, error: ModelError) -> ModelError:
        self._state = replace(self._state, status=EngineStatus.FAILED, message=str(error))
        return error


def _free_memory() -> None:
    """Give back what a network that is gone has left: torch keeps it for the next one."""
    import torch

    gc.collect()
    if torch.cuda.is_available():
        torch.cuda.empty_cache()


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
