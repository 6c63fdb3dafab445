"""``python -m mezzotint_infill.engine``: the engine as ``launch.py`` starts it, with no terminal.

People start theirs with ``mezzotint engine``.
"""

import argparse
import faulthandler
import logging
import os
import sys
from pathlib import Path

from mezzotint_infill.engine.launch import RUNNING_EXIT
from mezzotint_infill.engine.process import serve_engine
from mezzotint_infill.errors import EngineRunningError, InfillError
from mezzotint_infill.plans import AUTO

FAILED_EXIT = 2


def main() -> int:
    """Serve until there is nothing to do; the last line on standard error says what went wrong."""
    parser = argparse.ArgumentParser(prog="python -m mezzotint_infill.engine")
    parser.add_argument("--model", default="embedded")
    parser.add_argument("--device")
    parser.add_argument("--plan", default=AUTO)
    parser.add_argument("--idle-s", type=float, default=1800.0)
    parser.add_argument("--socket", type=Path)
    asked = parser.parse_args()
    faulthandler.enable()
    try:
        serve_engine(
            asked.model,
            asked.device,
            asked.idle_s,
            asked.socket,
            plan=asked.plan,
            stderr_level=logging.WARNING,
        )
    except EngineRunningError as error:
        sys.stderr.write(f"{error}\n")
        return RUNNING_EXIT
    except InfillError as error:
        sys.stderr.write(f"{error}\n")
        return FAILED_EXIT
    return 0


if __name__ == "__main__":
    status = main()
    logging.shutdown()
    sys.stderr.flush()
    # Not sys.exit(), which waits for threads: one may be reading weights or be stuck in a driver,
    # and an engine that has left must not keep its memory from the next.
    os._exit(status)
