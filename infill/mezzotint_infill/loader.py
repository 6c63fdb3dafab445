"""Reads a model under the plan that fits, and under a smaller one when the memory runs out after all.

Constructing a loader is cheap; torch comes with the first use.
"""

import gc
from typing import TYPE_CHECKING

from mezzotint_infill.errors import OutOfMemoryError
from mezzotint_infill.memory.exhausted import ran_out
from mezzotint_infill.memory.plan import MemoryPlan
from mezzotint_infill.plans import next_smaller

if TYPE_CHECKING:
    from mezzotint_infill.model import Model


NOT_INTERACTIVE = (
    "Layers come from the host's memory for every step: suggestions take seconds, too long to wait"
    " for while typing."
)


class Loader:
    """Of one model on one device; ``plan`` is the name of a memory plan, or ``auto``."""

    def __init__(self, name: str, device: str | None, plan: str) -> None:
        self._name, self._device, self._asked = name, device, plan
        self._smaller: MemoryPlan | None = None
        """What is left to choose when the memory has run out."""
        self.plan: MemoryPlan | None = None
        """What the model was read under last; ``None`` stands for exact weights."""
        self._ran_out = ""

    @property
    def complaint(self) -> str:
        """For the user: if it is not the plan that they would have got, or one to wait for."""
        is_slow = self.plan is not None and self.plan.is_streamed
        return " ".join(filter(None, (self._ran_out, NOT_INTERACTIVE if is_slow else "")))

    def read(self) -> "Model":
        """The model, in whatever plan there is memory for.

        Raises :class:`~mezzotint_infill.errors.ModelError`.
        """
        while True:
            try:
                return self._read()
            except RuntimeError as error:
                if not ran_out(error):
                    raise
                self.take_less_memory()

    def take_less_memory(self) -> None:
        """Choose the next smaller plan from now on. Raises :class:`OutOfMemoryError`."""
        name = f"the plan {self.plan.name}" if self.plan else "exact weights"
        self._smaller = next_smaller(self.plan)
        if self._smaller is None:
            raise OutOfMemoryError(
                f"The memory does not suffice for {self._name} under {name}, the smallest:"
                " free some of it, or choose a smaller model."
            )
        self._ran_out = (
            f"The memory did not suffice for {self._name} with {name}: it runs under the plan"
            f" {self._smaller.name} now."
        )

    def _read(self) -> "Model":
        from mezzotint_infill.memory.here import plan_here
        from mezzotint_infill.model import find_device, load_model, use_one_thread_if_small

        if self._smaller is not None:
            _free_memory()
        device = str(find_device(self._device))
        self.plan = self._smaller or plan_here(self._asked, self._name, device)
        model = load_model(self._name, self._device, plan=self.plan)
        use_one_thread_if_small(model)
        return model


def _free_memory() -> None:
    """Give back what a network that is gone has left: torch keeps it for the next one."""
    import torch

    gc.unfreeze()  # An engine has all left alone that was there once it was up.
    gc.collect()
    if torch.cuda.is_available():
        torch.cuda.empty_cache()
