"""``mezzotint.accept`` and ``mezzotint.reject``: what an editor says of a suggestion that it showed.

What can be told from the document's changes alone needs neither: see ``following.py``.
"""

import time

from mezzotint_server.session import MezzotintServer
from mezzotint_server.suggestions.following import settle

ACCEPT = "mezzotint.accept"
"""Comes with every suggestion; editors send it once they have put the text in."""
REJECT = "mezzotint.reject"


def accept(server: MezzotintServer, *arguments: object) -> None:
    """Count a suggestion that was accepted. Its name is the first argument."""
    match arguments:
        case (str(name), *_):
            ending = server.shown.accept(name, time.monotonic())
        case _:
            return
    if ending is not None:
        settle(server, ending)


def reject(server: MezzotintServer, *arguments: object) -> None:
    """Do not show a suggestion there again: the one that is named, or the one shown last."""
    match arguments:
        case (str(name), *_):
            ending = server.shown.reject(name, time.monotonic())
        case _:
            ending = server.shown.reject(None, time.monotonic())
    if ending is not None:
        settle(server, ending)
