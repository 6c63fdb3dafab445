"""The passes over canvases behind one prompt: all that denoising knows of a model."""

from torch import Tensor

from mezzotint_infill.beliefs import Beliefs, Terms
from mezzotint_infill.canvas import FreePositions
from mezzotint_infill.passes import Passes
from mezzotint_infill.prefix_cache import PrefixCache


class Behind:
    """A :class:`~mezzotint_infill.under_way.Denoiser`."""

    def __init__(self, passes: Passes, prefix: PrefixCache) -> None:
        self.vocabulary = passes.vocabulary
        self.embed = passes.embed
        self._passes, self._prefix = passes, prefix

    def beliefs(self, canvas: Tensor, free: FreePositions, soft: Tensor, terms: Terms) -> Beliefs:
        """As :meth:`Passes.beliefs`."""
        return self._passes.beliefs(self._prefix, canvas, free, soft, terms)
