"""What git ignores, and what a ``.mezzotintignore`` does: both are left alone.

The patterns are git's, matched by ``pathspec``. A file that git tracks although a pattern matches
it counts as ignored here: whoever ignores it does not expect it to be read. Asks the disk anew
every time; what a pattern file says is remembered for as long as that file stays as it is.
"""

import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

from pathspec import GitIgnoreSpec
from pathspec.patterns.gitignore.spec import GitIgnoreSpecPattern

OWN_FILE = ".mezzotintignore"
GIT_FILE = ".gitignore"
PATTERN_FILES = (GIT_FILE, OWN_FILE)
RULING_NAMES = frozenset({".git", *PATTERN_FILES})
"""In a folder that has none of these, what holds above holds as well."""

_GIT_S = 5.0
"""How long git may take to say where the user's own patterns are."""


@dataclass(frozen=True, slots=True)
class _Layer:
    """The patterns of one file, and the folder they are relative to."""

    folder: str
    patterns: GitIgnoreSpec

    def verdict(self, path: str) -> bool | None:
        """``None`` if no pattern says anything; a folder's path ends with a slash."""
        return self.patterns.check_file(path[len(self.folder) :].lstrip("/")).include


@dataclass(frozen=True, slots=True)
class FolderRules:
    """What is ignored directly in one folder, which itself is not."""

    folder: Path
    git: tuple[_Layer, ...]
    """From the weakest to the strongest: the user's, the repository's, then folder by folder."""
    own: tuple[_Layer, ...]

    def ignore(self, name: str, *, is_folder: bool) -> bool:
        """Whether the entry ``name`` is ignored; so is then all that is in it."""
        if not self.git and not self.own:
            return name == ".git"
        path = f"{self.folder.as_posix().rstrip('/')}/{name}{'/' if is_folder else ''}"
        return name == ".git" or _is_ignored(path, self.git) or _is_ignored(path, self.own)

    def within(self, name: str) -> "FolderRules":
        """The rules in the folder ``name``, which must not be ignored."""
        return _with_layers_of(self.folder / name, self)

    def within_plain(self, name: str) -> "FolderRules":
        """The same, if that folder has none of ``RULING_NAMES``."""
        return FolderRules(self.folder / name, self.git, self.own)


def rules_in(folder: Path, roots: tuple[Path, ...]) -> FolderRules | None:
    """The rules in ``folder``, or ``None`` if it is ignored itself.

    They are gathered from the top down. The top is the repository that the folder is in or the
    one of ``roots`` that it is in, whichever is higher; without either, the folder itself.
    """
    top = _top(folder, roots)
    rules = _with_layers_of(top, FolderRules(top, _user_layers(top), ()))
    for name in folder.relative_to(top).parts:
        if rules.ignore(name, is_folder=True):
            return None
        rules = rules.within(name)
    return rules


class KnownRules:
    """As :func:`rules_in` for many folders at a time: what holds for several is gathered once."""

    def __init__(self, roots: tuple[Path, ...]) -> None:
        self._roots = roots
        self._known: dict[Path, FolderRules | None] = {}

    def of(self, folder: Path) -> FolderRules | None:
        """The rules in ``folder``, or ``None`` if it is ignored itself."""
        if folder not in self._known:
            self._known[folder] = self._gathered(folder)
        return self._known[folder]

    def _gathered(self, folder: Path) -> FolderRules | None:
        above = folder.parents
        if not any(root in above for root in self._roots) or (folder / ".git").exists():
            return rules_in(folder, self._roots)  # Another top may hold than for what is above.
        rules = self.of(folder.parent)
        if rules is None or rules.ignore(folder.name, is_folder=True):
            return None
        return rules.within(folder.name)


def _with_layers_of(folder: Path, rules: FolderRules) -> FolderRules:
    git = (*rules.git, *_layers(folder, _exclude_file(folder)), *_layers(folder, GIT_FILE))
    return FolderRules(folder, git, (*rules.own, *_layers(folder, OWN_FILE)))


def _is_ignored(path: str, layers: tuple[_Layer, ...]) -> bool:
    verdicts = (layer.verdict(path) for layer in reversed(layers))
    return next((verdict for verdict in verdicts if verdict is not None), False)


def _top(folder: Path, roots: tuple[Path, ...]) -> Path:
    lineage = (folder, *folder.parents)
    tops = [root for root in roots if root in lineage]
    tops += [repository for repository in lineage if (repository / ".git").exists()][:1]
    return min(tops, key=lambda top: len(top.parts), default=folder)


def _layers(folder: Path, file: str | Path | None) -> tuple[_Layer, ...]:
    """One layer or none."""
    if file is None:
        return ()
    path = folder / file
    try:
        stamp = path.stat()
    except (FileNotFoundError, NotADirectoryError):
        return ()
    except OSError:
        return (_Layer(folder.as_posix(), _everything()),)
    return (_Layer(folder.as_posix(), _patterns_in(path, stamp.st_mtime_ns, stamp.st_size)),)


@lru_cache(maxsize=4096)
def _patterns_in(path: Path, _changed: int, _size: int) -> GitIgnoreSpec:
    """A file whose patterns cannot be known hides everything."""
    try:
        text = path.read_bytes().decode("utf-8-sig", errors="surrogateescape")
    except OSError:
        return _everything()
    patterns = (_pattern(line.removesuffix("\r")) for line in text.split("\n"))
    return GitIgnoreSpec([pattern for pattern in patterns if pattern is not None])


def _pattern(line: str) -> GitIgnoreSpecPattern | None:
    """``None`` for a line that is not a pattern; git passes over those, too."""
    try:
        return GitIgnoreSpecPattern(line) if line else None
    except (ValueError, re.error):
        return None


@cache
def _everything() -> GitIgnoreSpec:
    return GitIgnoreSpec([GitIgnoreSpecPattern("*")])


def _exclude_file(folder: Path) -> Path | None:
    """The repository's own patterns that are not committed, if ``folder`` is a repository."""
    git = folder / ".git"
    if not git.exists():
        return None
    if git.is_file():  # A worktree or a submodule: the file says where the folder is.
        git = _pointed_at(git, "gitdir:") or git
        common = git / "commondir"
        git = (_pointed_at(common, "") or git) if common.is_file() else git
    return git / "info" / "exclude" if git.is_dir() else None


def _pointed_at(file: Path, mark: str) -> Path | None:
    try:
        target = file.read_text("utf-8", errors="surrogateescape").strip()
    except OSError:
        return None
    return file.parent / target.removeprefix(mark).strip() if target.startswith(mark) else None


def _user_layers(top: Path) -> tuple[_Layer, ...]:
    file = _user_file(top)
    return () if file is None else _layers(top, file)


@lru_cache(maxsize=64)
def _user_file(top: Path) -> Path | None:
    """What ``core.excludesFile`` names, or git's default for it."""
    if named := _asked_of_git(top, "config", "--type=path", "--get", "core.excludesFile"):
        return top / named
    home = os.environ.get("XDG_CONFIG_HOME")
    try:
        return (Path(home) if home else Path.home() / ".config") / "git" / "ignore"
    except RuntimeError:  # There is no home.
        return None


def _asked_of_git(folder: Path, *question: str) -> str:
    """What git answers; nothing if there is no git."""
    git = shutil.which("git")
    if git is None:
        return ""
    try:
        asked = subprocess.run(
            [git, "-C", str(folder), *question],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=_GIT_S,
            check=False,
        )
    except (OSError, subprocess.SubprocessError):
        return ""
    return os.fsdecode(asked.stdout).strip()
