"""Everything that can go wrong in the engine, each with one sentence for the user.

    InfillError
    ├── BadRequestError        what came over the wire is not a request
    ├── BadHoleError           the hole cannot be filled as it was asked for
    ├── BadOptionsError        an option has a value that makes no sense
    ├── ModelError
    │   ├── UnknownModelError  no checkpoint of that name or at that path
    │   ├── DamagedModelError  a checkpoint that cannot be read
    │   ├── DoesNotFitError    no memory plan, or not the one asked for, fits on the card
    │   ├── PackedFileError    a packed file that is damaged, or of something else
    │   ├── NoSpaceError       no room on the disk for what has to be written
    │   └── OutOfMemoryError   the device's memory holds the model in no plan
    ├── EngineError
    │   ├── EngineUnavailableError   the engine process cannot be started or reached
    │   └── EngineRunningError       another engine already answers on the socket
    └── FillCancelledError     somebody asked to stop

``str(error)`` is that sentence. That no fill was good enough is not an error: the fill is empty.
"""


class InfillError(Exception):
    """The root: catch this to catch all of them."""

    code = "infill"
    """A stable word for the wire, the same whatever the sentence says."""


class BadRequestError(InfillError):
    code = "bad-request"


class BadHoleError(InfillError):
    code = "bad-hole"


class BadOptionsError(InfillError):
    code = "bad-options"


class ModelError(InfillError):
    code = "model"


class UnknownModelError(ModelError):
    code = "unknown-model"


class DamagedModelError(ModelError):
    code = "damaged-model"


class DoesNotFitError(ModelError):
    code = "does-not-fit"


class PackedFileError(ModelError):
    code = "packed-file"


class NoSpaceError(ModelError):
    code = "no-space"


class OutOfMemoryError(ModelError):
    code = "out-of-memory"


class EngineError(InfillError):
    code = "engine"


class EngineUnavailableError(EngineError):
    code = "engine-unavailable"


class EngineRunningError(EngineError):
    code = "engine-running"


class FillCancelledError(InfillError):
    code = "cancelled"
