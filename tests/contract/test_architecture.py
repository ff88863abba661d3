"""The shape of the house: sizes, docstrings, who may read the truth, what the wheel holds."""

import ast
import re
import shutil
import subprocess
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ROOMS = ("yujing", "streams", "models", "alerts", "dashboards")
MODULES = sorted(path for room in ROOMS for path in (ROOT / room).rglob("*.py"))
MOST_LINES_OF_A_MODULE = 400
MOST_LINES_OF_A_FUNCTION = 60


def names(path: Path) -> str:
    return str(path.relative_to(ROOT))


def functions(tree: ast.AST) -> list[ast.FunctionDef | ast.AsyncFunctionDef]:
    return [n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef)]


@pytest.mark.parametrize("path", MODULES, ids=names)
def test_a_module_is_small_and_says_what_it_holds(path: Path) -> None:
    text = path.read_text(encoding="utf8")
    tree = ast.parse(text)

    assert text.count("\n") <= MOST_LINES_OF_A_MODULE
    assert ast.get_docstring(tree), "a module starts with what the reader finds in it"
    for function in functions(tree):
        assert (function.end_lineno or 0) - function.lineno < MOST_LINES_OF_A_FUNCTION, (
            function.name
        )


@pytest.mark.parametrize("path", MODULES, ids=names)
def test_names_say_what_a_thing_is(path: Path) -> None:
    assert not re.search(r"(utils?|helpers?|manager)", path.stem)


def test_only_the_simulator_and_evaluation_read_the_truth() -> None:
    allowed = ("streams/simulator/", "yujing/app/demo", "yujing/app/evaluation")
    readers = [
        names(path)
        for path in MODULES
        if "simulator.truth" in path.read_text(encoding="utf8")
        and not names(path).startswith(allowed)
    ]

    assert readers == []


def test_nothing_in_the_project_points_outside_of_it() -> None:
    tracked = subprocess.run(
        ["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.split()
    texts = [
        ROOT / name for name in tracked if name.endswith((".py", ".md", ".toml", ".yaml", ".csv"))
    ]
    found = [
        names(p)
        for p in texts  # a sample of a sheet may be in GBK
        if re.search(rb"\.\./shared|/work/", p.read_bytes())
    ]

    assert found in ([], ["tests/contract/test_architecture.py"])


def test_every_decision_is_in_the_index() -> None:
    index = (ROOT / "docs/adr/README.md").read_text(encoding="utf8")
    pages = [p.name for p in (ROOT / "docs/adr").glob("0*.md")]

    assert [page for page in pages if page not in index] == []


@pytest.mark.integration
def test_the_wheel_holds_the_five_rooms_and_their_data_and_no_tests(tmp_path: Path) -> None:
    uv = shutil.which("uv")
    if uv is None:
        pytest.skip("uv is missing: python3 -m pip install uv")
    subprocess.run([uv, "build", "--wheel", "-q", "--out-dir", str(tmp_path)], cwd=ROOT, check=True)
    held = zipfile.ZipFile(next(tmp_path.glob("*.whl"))).namelist()
    tops = {name.split("/")[0] for name in held if ".dist-info" not in name}
    data = [
        names(p)
        for room in ROOMS
        for p in (ROOT / room).rglob("*")
        if p.is_file() and "__pycache__" not in p.parts and p.suffix != ".pyc"
    ]

    assert tops == set(ROOMS)
    assert [name for name in data if name not in held] == []
