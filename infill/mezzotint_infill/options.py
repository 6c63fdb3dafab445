"""How a hole is to be filled: every knob of the denoising, each with its default said once."""

from dataclasses import dataclass

from mezzotint_infill.errors import BadOptionsError

MAX_STEPS = 256
"""More steps than any fill has ever needed; a guard against a typing error, not a tuning knob."""

_SEEDS = 2**63
"""What torch's generators take."""


@dataclass(frozen=True, slots=True)
class InfillOptions:
    """Raises :class:`BadOptionsError` on a value that makes no sense.

    ``None`` stands for the value in the checkpoint's ``generation_config.json``.
    """

    length: int | None = None
    """Tokens in the hole; ``None`` lets the length policy try several."""
    candidates: int = 1
    """How many different fills to return at most."""
    lookups: int = 2
    """How many copies from places like the hole are judged beside what was denoised."""
    only_valid: bool = False
    """Whether fills with which the code parses worse are left out, be there no other."""
    steps: int | None = None
    """The most denoising steps."""
    entropy_bound: float | None = None
    """Accepted positions may share at most this much information, in nats a step."""
    t_max: float | None = None
    """Temperature of the first step."""
    t_min: float | None = None
    """Temperature that the last step approaches."""
    confidence_threshold: float | None = None
    """Mean entropy of the free positions, in nats, below which a stable canvas has settled."""
    seed: int = 0
    deadline_ms: float | None = None
    """Time for the whole fill; when it is up, the best draft so far is returned."""

    def __post_init__(self) -> None:
        self._require("length", self.length, at_least=1)
        self._require("candidates", self.candidates, at_least=1)
        self._require("lookups", self.lookups, at_least=0)
        self._require("steps", self.steps, at_least=1)
        if self.steps is not None and self.steps > MAX_STEPS:
            raise BadOptionsError(f"steps must be at most {MAX_STEPS}, not {self.steps}.")
        if not -_SEEDS <= self.seed < _SEEDS:
            raise BadOptionsError(f"seed must be a number of 64 bits, not {self.seed}.")
        if self.deadline_ms is not None and self.deadline_ms <= 0:
            raise BadOptionsError(f"The deadline must be above 0 ms, not {self.deadline_ms:g}.")
        for name in ("entropy_bound", "t_max", "t_min", "confidence_threshold"):
            value = getattr(self, name)
            if value is not None and value <= 0:
                raise BadOptionsError(f"{name} must be above 0, not {value:g}.")

    def _require(self, name: str, value: int | None, *, at_least: int) -> None:
        if value is not None and value < at_least:
            raise BadOptionsError(f"{name} must be at least {at_least}, not {value}.")
