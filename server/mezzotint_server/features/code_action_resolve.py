"""``codeAction/resolve``: the command of an action that somebody has chosen.

Some editors resolve every action that they show: no work is done here either.
"""

from typing import Any

from lsprotocol import types

from mezzotint_server.session import MezzotintServer


def resolve_code_action(_: MezzotintServer, action: types.CodeAction) -> types.CodeAction:
    """One that is not ours stays as it is."""
    data: Any = action.data
    match data:
        case {"command": str(command), "argument": argument}:
            action.command = types.Command(action.title, command, arguments=[argument])
        case _:
            pass
    return action
