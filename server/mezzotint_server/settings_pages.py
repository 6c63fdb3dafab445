"""What the settings look like to others: a page for people, a JSON schema, VS Code's settings.

All of it is made from ``settings.py``: ``python -m mezzotint_server.settings_pages`` writes it, and
a test holds the files against what is made.
"""

import json
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

from mezzotint_server.setting import JsonSchema, Reach, Setting
from mezzotint_server.settings import BY_NAME, PER_LANGUAGE, SETTINGS, default_of

_PER_LANGUAGE_MEANING = (
    "Settings that differ in a language, by its LSP identifier: every one of those above that can"
    " differ between languages."
)

_HEAD = """\
# Settings

Made from `server/mezzotint_server/settings.py` by `make pages`; change it there.

Every setting is optional.
One with a bad value keeps its default and is named in a message, once.
A change holds from the next request on; another `model` or `device` means another engine, which is started at once.

| who says it | how |
| --- | --- |
| the command line | `mezzotint serve --model … --device … --plan … --idle-minutes …` |
| `initializationOptions` | an object of settings; it wins over the command line |
| the editor's configuration, pushed or asked for | the section `mezzotint`; it wins over both |
| a folder of the workspace | the same section for that folder, if the editor can be asked; it wins over what is said for all |
| `perLanguage` | wins over what is said for all languages, wherever it stands |

## Neovim

```lua
vim.lsp.config('mezzotint', {
  settings = {
    mezzotint = {
      candidates = 5,
      perLanguage = { markdown = { enabled = false }, python = { automatic = false } },
    },
  },
})
```

## VS Code

```json
{
  "mezzotint.candidates": 5,
  "mezzotint.perLanguage": { "markdown": { "enabled": false }, "python": { "automatic": false } }
}
```

## Commands

| command | what it does |
| --- | --- |
| `mezzotint.enable` | suggestions again, wherever no language is turned off |
| `mezzotint.disable` | no suggestions until `mezzotint.enable` |
| `mezzotint.snooze` | no suggestions for as many minutes as its argument says, 5 without one |

They hold for one editor, until it ends.

## All settings
"""


def settings_page() -> str:
    """The page for people, in Markdown."""
    return "\n".join([_HEAD, *_sections()])


def json_schema() -> str:
    """A JSON schema of the object that holds the settings."""
    return _json(
        {
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "title": "Settings of mezzotint",
            "type": "object",
            "additionalProperties": False,
            "properties": _properties(),
        }
    )


def vscode_settings() -> str:
    """What VS Code's ``contributes.configuration`` wants."""
    properties: dict[str, JsonSchema] = {}
    for name, schema in _properties().items():
        setting = BY_NAME.get(name)
        is_of_editor = setting is not None and setting.reach is Reach.EDITOR
        scope = "window" if is_of_editor else "resource"
        properties[f"mezzotint.{name}"] = {**schema, "scope": scope}
    return _json({"title": "mezzotint", "properties": properties})


PAGES: Mapping[str, Any] = MappingProxyType(
    {
        "docs/settings.md": settings_page,
        "docs/settings.schema.json": json_schema,
        "editors/vscode/configuration.json": vscode_settings,
    }
)
"""Where each of them lies in the repository, and what makes it."""


def write_pages(root: Path) -> None:
    """Write them all anew."""
    for name, make in PAGES.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(make(), encoding="utf-8")


def _sections() -> Iterator[str]:
    for setting in SETTINGS:
        default = json.dumps(default_of(setting), ensure_ascii=False)
        yield f"### `{setting.name}`\n"
        yield _one_sentence_a_line(setting.meaning)
        yield f"It is {setting.kind.wanted}.\nIt can differ between {_WHERE[setting.reach]}.\n"
        yield f"Default: `{default}`\n"
    yield f"### `{PER_LANGUAGE}`\n"
    yield _one_sentence_a_line(_PER_LANGUAGE_MEANING)
    yield "It is an object of language identifiers and settings.\n"
    yield "Default: `{}`\n"


def _one_sentence_a_line(text: str) -> str:
    return text.replace(". ", ".\n") + "\n"


_WHERE = MappingProxyType({Reach.EDITOR: "editors", Reach.PLACE: "folders and languages"})


def _properties() -> dict[str, JsonSchema]:
    whole = {setting.name: _described(setting) for setting in SETTINGS}
    within = {it.name: it.kind.schema for it in SETTINGS if it.reach is Reach.PLACE}
    of_language = {"type": "object", "additionalProperties": False, "properties": within}
    whole[PER_LANGUAGE] = {
        "type": "object",
        "additionalProperties": of_language,
        "default": {},
        "description": _PER_LANGUAGE_MEANING,
    }
    return whole


def _described(setting: Setting) -> JsonSchema:
    return {
        **setting.kind.schema,
        "default": default_of(setting),
        "description": setting.meaning,
    }


def _json(value: JsonSchema) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2) + "\n"


if __name__ == "__main__":
    write_pages(Path(sys.argv[1]) if len(sys.argv) > 1 else Path.cwd())
