"""What a manifest says, and that nothing comes of a broken one."""

import os

import pytest

from mezzotint_server.project.manifests import mounts_in

pytestmark = pytest.mark.skipif(os.name == "nt", reason="The table's paths are POSIX ones.")


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("go.mod", 'module "a.org/b" // Ours.', "a.org/b = /w; a.org/b/ /w/"),
        ("Cargo.toml", "[package]\nname = 'a-b'", "a_b = /w/src/lib.rs"),
        ("Cargo.toml", "[package]\nname = 'a'\n[lib]\nname = 'c'\npath = 'c.rs'", "c = /w/c.rs"),
        ("Cargo.toml", "[workspace]\nmembers = []", ""),
        ("tsconfig.app.json", '{"compilerOptions": {"baseUrl": "src"}}', " /w/src/"),
        (
            "jsconfig.json",
            '{/* "*/ "compilerOptions": {"paths": {"a/*": ["./b//*", "dist/*",], "a*b": ["c"]}}, // "\n}',
            "a/ /w/b/ /w/dist/ /w/src/",
        ),
        ("package.json", '{"imports": {"#a": {"node": "./x.js", "default": ["./y.js"]}}}',
         "#a = /w/x.js /w/y.js"),
        ("package.json", '{"name": "p", "main": "dist/m.js"}',
         "p = /w/dist/m.js /w/src/index /w/index /w/lib/index /w/src/m.js; p/ /w/ /w/src/"),
        ("package.json", '{"name": 3, "imports": [], "exports": {"./a": null}}', ""),
        ("package.json", "[1, 2", ""),
        ("tsconfig.json", '{"compilerOptions": {"paths": "a", "baseUrl": 1}}', ""),
        ("Cargo.toml", "[package", ""),
        ("Cargo.toml", "lib = 1", ""),
        ("go.mod", "require a.org/b v1", ""),
        ("composer.json", "{}", ""),
    ],
)  # fmt: skip
def test_what_a_manifest_says(name: str, text: str, expected: str) -> None:
    told = (
        " ".join([each.prefix, *(["="] if each.is_whole else []), *each.targets])
        for each in mounts_in(f"/w/{name}", text)
    )
    assert "; ".join(told) == expected
