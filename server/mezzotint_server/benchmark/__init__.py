"""How long people wait: for a whole ``mezzotint fill``, and for a suggestion in an editor.

Runs the program as people do, as processes of its own; knows nothing of what happens in them.
"""
