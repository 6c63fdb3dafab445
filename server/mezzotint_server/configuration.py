"""Who has said what about the settings, and what holds at which place.

From the weakest word to the strongest: the command line, what the editor said at the start, what
it says for everything that is open, what it says for a folder, the command that turns it on.
Nothing here knows how any of that came: see ``features/configuration.py``.
"""

from collections.abc import Mapping
from dataclasses import replace

from mezzotint_server.layers import Layer, read_layer, settle
from mezzotint_server.setting import Reach
from mezzotint_server.settings import SETTINGS, Settings

_OF_THE_EDITOR = tuple(it.field for it in SETTINGS if it.reach is Reach.EDITOR)


class Configuration:
    """What one editor has configured, at this moment."""

    def __init__(self, base: Settings) -> None:
        self._base = base
        self._from_start = Layer()
        self._everywhere = Layer()
        self._folders: Mapping[str, Layer] = {}
        self._by_command = Layer()
        self._named: set[str] = set()
        self._known: dict[tuple[str | None, str | None], Settings] = {}

    @property
    def settings(self) -> Settings:
        """What holds for the editor as a whole."""
        return self._at(None, None)

    @property
    def wants_suggestions(self) -> bool:
        """Whether there is a place where there may be some."""
        layers = (self._from_start, self._everywhere, *self._folders.values())
        places = [it for layer in layers for it in (layer.values, *layer.by_language.values())]
        return self.settings.enabled or any(place.get("enabled") for place in places)

    def at(self, uri: str, language: str) -> Settings:
        """What holds for a document."""
        return self._at(self._folder_of(uri), language)

    def start(self, said: object) -> None:
        """Take what came with ``initialize``."""
        self._from_start = read_layer(said)
        self._known.clear()

    def say(self, said: object, folders: Mapping[str, object] | None = None) -> None:
        """Take what the editor says now, for everything and for folders by their URIs.

        It replaces all that it said before, but for what it said at the start. ``None`` for
        everything leaves what was said about that.
        """
        was_enabled = self._is_enabled_without_command()
        if said is not None:
            self._everywhere = read_layer(said)
        self._folders = {uri: read_layer(words) for uri, words in (folders or {}).items()}
        if self._is_enabled_without_command() != was_enabled:
            self._by_command = Layer()
        self._known.clear()

    def enable(self) -> None:
        """Take the word of a command, until the settings say something else than they do now.

        A language that is turned off stays so.
        """
        self._by_command = Layer({"enabled": True})
        self._known.clear()

    def new_problems(self) -> tuple[str, ...]:
        """A sentence about each bad setting, but for those that were named before."""
        layers = (self._from_start, self._everywhere, *self._folders.values())
        sentences = dict.fromkeys(it for layer in layers for it in layer.problems)
        new = tuple(it for it in sentences if it not in self._named)
        self._named.update(new)
        return new

    def _is_enabled_without_command(self) -> bool:
        return settle(self._base, (self._from_start, self._everywhere)).enabled

    def _at(self, folder: str | None, language: str | None) -> Settings:
        known = self._known.get((folder, language))
        if known is None:
            known = self._known[folder, language] = self._settle(folder, language)
        return known

    def _settle(self, folder: str | None, language: str | None) -> Settings:
        everywhere = (self._from_start, self._everywhere)
        whole = settle(self._base, (*everywhere, self._by_command))
        if folder is None and language is None:
            return whole
        own = () if folder is None else (self._folders[folder],)
        here = settle(self._base, (*everywhere, *own, self._by_command), language)
        # There is one engine, whatever a folder says.
        return replace(here, **{name: getattr(whole, name) for name in _OF_THE_EDITOR})

    def _folder_of(self, uri: str) -> str | None:
        """The innermost folder that the document is in."""
        around = [it for it in self._folders if uri.startswith(it.rstrip("/") + "/")]
        return max(around, key=len, default=None)
