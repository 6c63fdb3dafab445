"""What is read and what never is: by name, by place, by what is inside."""

import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path, PurePosixPath

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mezzotint_server.project.ignored import KnownRules, rules_in
from mezzotint_server.project.private import looks_private
from mezzotint_server.project.readable import MAX_BYTES, Refusal, read_text, refusal_of

Write = Callable[[Path, dict[str, str]], None]

GIT = shutil.which("git") or ""
NEEDS_GIT = pytest.mark.skipif(not GIT, reason="There is no git to ask.")
NEEDS_POSIX = pytest.mark.skipif(os.name == "nt", reason="Windows has no such files.")


@pytest.mark.parametrize(
    "name",
    [
        ".env", ".env.local", ".envrc", "production.env", "server.pem", "server.KEY", "id_rsa",
        "id_ed25519.old", ".netrc", "_netrc", ".npmrc", ".pypirc", ".git-credentials",
        "credentials", "credentials.json", "Credentials.py", "secrets.py", "local_secrets.py",
        "aws-credentials.ini", "client_secret_12.json", "service-account.json", "api_keys.toml",
        "prod.tfvars", "terraform.tfstate.backup", "passwords.kdbx", ".ssh/config", ".aws/x.py",
        "private_key.ts",
    ],
)  # fmt: skip
def test_a_name_that_promises_secrets(name: str) -> None:
    assert looks_private(PurePosixPath("/work") / name)


@pytest.mark.parametrize(
    "name",
    [
        "environment.py", "env.py", "keyboard.js", "monkey.py", "password_validation.py", "token.py",
        "tokenizer.json", "secretary.py", "key.go", "reset_password.ts", "keys.rs", "ssh/client.py",
    ],
)  # fmt: skip
def test_a_name_that_is_about_secrets_and_has_none(name: str) -> None:
    assert not looks_private(PurePosixPath("/work") / name)


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"x = 1\n", "x = 1\n"),
        (b"\xef\xbb\xbfx\r\ny\rz", "x\ny\nz"),
        ("é🦀\x0c\u2028\t".encode(), "é🦀\x0c\u2028\t"),
        (b"# coding: latin-1\n\xe9", "# coding: latin-1\né"),
        (b"x" * MAX_BYTES, "x" * MAX_BYTES),
        (b"x" * (MAX_BYTES + 1), Refusal.TOO_LARGE),
        (b"\x7fELF\0\0", Refusal.NOT_TEXT),
        (b"caf\xe9", Refusal.NOT_TEXT),
        ("x".encode("utf-16"), Refusal.NOT_TEXT),
        (b"K = '''-----BEGIN RSA PRIVATE KEY-----\n", Refusal.PRIVATE),
    ],
)
def test_what_comes_out_of_a_file(tmp_path: Path, data: bytes, text: str | Refusal) -> None:
    (tmp_path / "a.py").write_bytes(data)
    assert read_text(tmp_path / "a.py") == text


@NEEDS_POSIX
@pytest.mark.parametrize("make", [os.mkdir, os.mkfifo])
def test_only_a_regular_file_is_read(tmp_path: Path, make) -> None:  # pyright: ignore[reportMissingParameterType, reportUnknownParameterType] - overloaded
    make(tmp_path / "a.py")
    assert read_text(tmp_path / "a.py") is Refusal.NOT_A_FILE


@NEEDS_POSIX
def test_a_link_is_judged_by_where_it_leads(tmp_path: Path, write: Write) -> None:
    write(tmp_path, {".env": "TOKEN=1", "a.py": ""})
    (tmp_path / "settings.py").symlink_to(".env")
    (tmp_path / "b.py").symlink_to("a.py")
    assert refusal_of(tmp_path / "settings.py", (tmp_path,)) is Refusal.PRIVATE
    assert refusal_of(tmp_path / "b.py", (tmp_path,)) is None


def check_ignored(root: Path, roots: tuple[Path, ...], path: str, *, ignored: bool) -> None:
    expected = Refusal.IGNORED if ignored else None
    assert refusal_of(root / path, roots) is expected, path


@pytest.mark.parametrize(
    ("path", "ignored"),
    [
        ("a.py", False),
        ("out.py", True),
        ("build/x/a.py", True),
        ("sub/build/a.py", True),
        ("sub/out.py", False),
        ("sub/deep/out.py", False),
        ("sub/own.py", True),
        ("own.py", False),
        ("kept.gen.py", False),
        ("other.gen.py", True),
        ("excluded.py", True),
        ("of_the_user.py", True),
        ("mine/a.py", True),
        ("forced/a.py", True),
        (".git/hooks/a.py", True),
        ("inner/excluded.py", True),
        ("inner/of_inner.py", True),
        ("inner/a.py", False),
        ("tree/of_tree.py", True),
        ("late.py", False),
    ],
)
def test_patterns_of_every_origin(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, write: Write, path: str, *, ignored: bool
) -> None:
    home, top = tmp_path / "home", tmp_path / "top"
    write(home, {"git/ignore": "of_the_user.py\n"})
    monkeypatch.setenv("XDG_CONFIG_HOME", str(home))
    write(
        top,
        {
            ".git/info/exclude": "excluded.py\n[z-a]\n",
            ".gitignore": "\ufeffbuild/\r\nout.py\r\n*.gen.py\n!kept.gen.py\nforced/\n!late.py\n",
            ".mezzotintignore": "mine\n!forced/\nlate.py\n!late.py\n",
            "sub/.gitignore": "!out.py\n/own.py\n",
            "inner/.git/info/exclude": "of_inner.py\n",
            "tree/.git": "gitdir: ../main.git/worktrees/tree\n",
            "main.git/worktrees/tree/commondir": "../..\n",
            "main.git/info/exclude": "of_tree.py\n",
        },
    )
    check_ignored(top, (top,), path, ignored=ignored)


def test_a_workspace_inside_a_repository_has_the_repositorys_patterns(
    tmp_path: Path, write: Write
) -> None:
    write(tmp_path, {".git/HEAD": "", ".gitignore": "*.gen.py\nwork/private_notes/\n"})
    roots = (tmp_path / "work",)
    check_ignored(tmp_path, roots, "work/a.gen.py", ignored=True)
    check_ignored(tmp_path, roots, "work/private_notes/a.py", ignored=True)
    check_ignored(tmp_path, roots, "work/a.py", ignored=False)


def test_patterns_above_a_folder_without_a_repository_do_not_count(
    tmp_path: Path, write: Write
) -> None:
    write(tmp_path, {".gitignore": "*\n", "work/.gitignore": "b.py\n"})
    check_ignored(tmp_path, (tmp_path / "work",), "work/a.py", ignored=False)
    check_ignored(tmp_path, (), "work/b.py", ignored=True)


def test_a_changed_pattern_file_counts_at_once(tmp_path: Path, write: Write) -> None:
    write(tmp_path, {".gitignore": "b.py\n"})
    check_ignored(tmp_path, (tmp_path,), "a.py", ignored=False)
    write(tmp_path, {".gitignore": "a.py\nb.py\n"})
    check_ignored(tmp_path, (tmp_path,), "a.py", ignored=True)


def test_a_pattern_file_that_cannot_be_read_hides_its_folder(tmp_path: Path) -> None:
    (tmp_path / ".mezzotintignore").mkdir()
    check_ignored(tmp_path, (tmp_path,), "a.py", ignored=True)


PIECES = st.sampled_from(["a", "b", "*", "**", "?", "/", "/", "!", ".py", "[ab]", " ", "\\"])
LINES = st.lists(PIECES, min_size=1, max_size=5).map("".join)
FILES = ("a", "b.py", "a b", "sub/a", "sub/b.py", "sub/a.py/a", "b/b", "b/a/b.py")


@NEEDS_GIT
@settings(max_examples=30)  # each of them is a repository
@given(st.lists(LINES, max_size=4), st.lists(LINES, max_size=3))
def test_git_agrees(
    tmp_path_factory: pytest.TempPathFactory, write: Write, top: list[str], below: list[str]
) -> None:
    root = tmp_path_factory.mktemp("repository")
    write(root, dict.fromkeys(FILES, ""))
    write(root, {".gitignore": "\n".join(top), "sub/.gitignore": "\n".join(below)})
    subprocess.run([GIT, "init", "-q", root], check=True)
    asked = subprocess.run(
        [GIT, "-C", root, "ls-files", "-o", "--exclude-standard", "-z"],
        check=True,
        capture_output=True,
        text=True,
    )
    shown = {name for name in FILES if refusal_of(root / name, (root,)) is None}
    assert shown == set(asked.stdout.split("\0")) & set(FILES)
    shutil.rmtree(root)


def test_a_folder_that_is_ignored_has_no_rules(tmp_path: Path, write: Write) -> None:
    write(tmp_path, {".gitignore": "build/\n"})
    assert rules_in(tmp_path / "build" / "x", (tmp_path,)) is None


def test_rules_known_together_are_those_of_each_folder(tmp_path: Path, write: Write) -> None:
    write(
        tmp_path,
        {
            ".git/HEAD": "",
            ".gitignore": "build/\n",
            "sub/.gitignore": "*.gen.py\n",
            "sub/deep/a.py": "",
            "sub/build/x/a.py": "",
            "sub/nested/.git/HEAD": "",
            "sub/nested/x/a.py": "",
        },
    )
    folders = ["sub/nested/x", "sub/nested", "sub/build/x", "sub/build", "sub/deep", "sub", "."]
    for roots in [(tmp_path,), (tmp_path / "sub",)]:
        known = KnownRules(roots)
        for folder in [tmp_path / name for name in folders]:
            assert known.of(folder) == rules_in(folder, roots)
