"""Which file of the workspace an import means."""

import os

import pytest

from mezzotint_server.project.index import WorkspaceIndex
from mezzotint_server.project.layout import Layout, by_folder
from mezzotint_server.project.modules import files_of_module
from mezzotint_server.project.place import Place

pytestmark = pytest.mark.skipif(os.name == "nt", reason="The table's paths are POSIX ones.")

FILES = [
    "app/__init__.py", "app/main.py", "app/shapes.py", "app/draw/__init__.py", "app/draw/pen.py",
    "app/json.py", "lib/tool.py", "web/index.ts", "web/shapes.ts", "web/ui/index.tsx",
    "web/ui/button.tsx", "web/old.js", "src/lib.rs", "src/engine.rs", "src/engine/step.rs",
    "src/net/mod.rs", "java/src/org/plate/Press.java", "java/src/org/plate/Ink.java",
    "go/ink/a.go", "go/ink/b.go", "go/main.go", "c/plate.h", "c/sub/plate.h", "c/main.c",
    "php/src/Print/Press.php", "ruby/lib/plate/ink.rb", "lua/plate/ink.lua", "sh/common.sh",
]  # fmt: skip


@pytest.mark.parametrize(
    ("language", "importer", "module", "expected"),
    [
        ("python", "app/main.py", "app.shapes", "app/shapes.py"),
        ("python", "app/main.py", ".shapes", "app/shapes.py"),
        ("python", "app/main.py", ".", "app/__init__.py"),
        ("python", "app/main.py", "app.draw", "app/draw/__init__.py"),
        ("python", "app/draw/pen.py", "..shapes", "app/shapes.py"),
        ("python", "app/draw/pen.py", "...lib.tool", "lib/tool.py"),
        ("python", "app/main.py", "lib.tool", "lib/tool.py"),
        ("python", "lib/tool.py", "tool", ""),
        ("python", "app/main.py", "json", ""),
        ("python", "app/main.py", "shapes", ""),
        ("python", "app/main.py", ".......x", ""),
        ("python", "app/main.py", "numpy", ""),
        ("typescript", "web/index.ts", "./shapes", "web/shapes.ts"),
        ("typescript", "web/index.ts", "./shapes.js", "web/shapes.ts"),
        ("typescript", "web/index.ts", "./ui", "web/ui/index.tsx"),
        ("typescriptreact", "web/ui/button.tsx", "..", "web/index.ts"),
        ("typescript", "web/index.ts", "@/ui/button", "web/ui/button.tsx"),
        ("typescript", "web/index.ts", "button", ""),
        ("javascript", "web/index.ts", "./old", "web/old.js"),
        ("rust", "src/lib.rs", "crate::engine::step", "src/engine/step.rs"),
        ("rust", "src/lib.rs", "crate::net", "src/net/mod.rs"),
        ("rust", "src/lib.rs", "crate::engine::Engine", "src/engine.rs"),
        ("java", "java/src/org/plate/Ink.java", "org.plate.Press", "java/src/org/plate/Press.java"),
        ("go", "go/main.go", "example.org/plate/ink", "go/ink/a.go go/ink/b.go"),
        ("go", "go/main.go", "encoding/ink", ""),
        ("go", "go/main.go", "go/ink", "go/ink/a.go go/ink/b.go"),
        ("c", "c/main.c", "plate.h", "c/plate.h"),
        ("c", "c/main.c", "sub/plate.h", "c/sub/plate.h"),
        ("cpp", "c/sub/x.cpp", "plate.h", "c/sub/plate.h"),
        ("php", "php/index.php", "Print\\Press", "php/src/Print/Press.php"),
        ("php", "php/index.php", "App\\Print\\Press", "php/src/Print/Press.php"),
        ("ruby", "ruby/main.rb", "plate/ink", "ruby/lib/plate/ink.rb"),
        ("lua", "lua/main.lua", "plate.ink", "lua/plate/ink.lua"),
        ("shellscript", "sh/run.sh", "./common.sh", "sh/common.sh"),
    ],
)  # fmt: skip
def test_modules(language: str, importer: str, module: str, expected: str) -> None:
    index = WorkspaceIndex()
    for file in FILES:
        index.put(f"/work/{file}", (1, 1), b"")
    layout = Layout(folders=by_folder(index.paths()))
    found = files_of_module(module, Place(f"/work/{importer}", language, index, layout))
    assert [path.removeprefix("/work/") for path in found] == expected.split()
