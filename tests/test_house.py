"""Rules of the house that no linter knows; see the contributing notes for their reasons."""

import ast
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
ROOMS = ("ingest", "index", "assistant", "evals", "api", "tests")
PICKLERS = {"pickle", "cPickle", "_pickle", "dill", "cloudpickle", "joblib", "shelve", "marshal"}
UNSAFE = {"allow_dangerous_deserialization", "allow_pickle", "trust_remote_code"}
BROAD = {"Exception", "BaseException"}
FILES = sorted(path for room in ROOMS for path in (ROOT / room).rglob("*.py"))

Rule = Callable[[ast.Module], Iterator[ast.AST]]


def pickles(tree: ast.Module) -> Iterator[ast.AST]:
    """Imports of what can run code while it reads, and `torch.load` by any route."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names = {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            module = node.module or ""
            names = {module.partition(".")[0]}
            names |= {f"{module}.{alias.name}" for alias in node.names}
        elif isinstance(node, ast.Attribute):
            names = {ast.unparse(node)}
        else:
            continue
        if names & (PICKLERS | {"torch.load"}):
            yield node


def unsafe_switches(tree: ast.Module) -> Iterator[ast.AST]:
    """Arguments that let a file run code, unless they are literally False."""
    for node in ast.walk(tree):
        if isinstance(node, ast.keyword) and node.arg in UNSAFE and not _is_false(node.value):
            yield node.value
        if isinstance(node, ast.Dict):
            for key, value in zip(node.keys, node.values, strict=True):
                if isinstance(key, ast.Constant) and key.value in UNSAFE and not _is_false(value):
                    yield value


def broad_excepts(tree: ast.Module) -> Iterator[ast.AST]:
    """Handlers that would also swallow what nobody thought of."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ExceptHandler):
            caught = node.type.elts if isinstance(node.type, ast.Tuple) else [node.type]
            if any(one is None or ast.unparse(one).split(".")[-1] in BROAD for one in caught):
                yield node


def prints(tree: ast.Module) -> Iterator[ast.AST]:
    """Calls of `print`: only commands speak to a terminal."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and ast.unparse(node.func) in {"print", "builtins.print"}:
            yield node


def environment_at_import(tree: ast.Module) -> Iterator[ast.AST]:
    """Reads of the environment that happen when the module is imported."""
    for node in _run_at_import(tree):
        if isinstance(node, ast.Attribute | ast.Name) and ast.unparse(node) in {
            "os.environ",
            "os.environb",
            "os.getenv",
            "environ",
            "getenv",
        }:
            yield node


def _run_at_import(node: ast.AST) -> Iterator[ast.AST]:
    """All nodes but the bodies of functions, whose defaults and decorators do run."""
    yield node
    for field, value in ast.iter_fields(node):
        if field == "body" and isinstance(
            node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda
        ):
            continue
        for child in value if isinstance(value, list) else [value]:
            if isinstance(child, ast.AST):
                yield from _run_at_import(child)


def _is_false(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and node.value is False


def broken(rule: Rule, path: Path) -> list[str]:
    """Where a file breaks a rule."""
    tree = ast.parse(path.read_text(encoding="utf-8"), filename=str(path))
    name = path.relative_to(ROOT)
    return [f"{name}:{getattr(node, 'lineno', 0)}: {ast.unparse(node)}" for node in rule(tree)]


@pytest.mark.parametrize(
    "rule", [pickles, unsafe_switches, broad_excepts, prints, environment_at_import]
)
def test_no_file_breaks_the_rule(rule: Rule) -> None:
    commands = ROOT / "api" / "commands"
    files = [path for path in FILES if not (rule is prints and path.is_relative_to(commands))]
    assert {path.relative_to(ROOT).parts[0] for path in files} == set(ROOMS)
    assert [place for path in files for place in broken(rule, path)] == []


@pytest.mark.parametrize(
    ("rule", "code"),
    [
        (pickles, "import pickle"),
        (pickles, "import joblib.numpy_pickle as fast"),
        (pickles, "from pickle import loads"),
        (pickles, "from torch import load"),
        (pickles, "def f():\n    import shelve"),
        (pickles, "weights = torch.load('x')"),
        (unsafe_switches, "FAISS.load_local('x', allow_dangerous_deserialization=True)"),
        (unsafe_switches, "np.load('x', allow_pickle=chosen)"),
        (unsafe_switches, "SentenceTransformer('x', trust_remote_code=True)"),
        (unsafe_switches, "options = {'trust_remote_code': True}"),
        (broad_excepts, "try:\n    f()\nexcept:\n    pass"),
        (broad_excepts, "try:\n    f()\nexcept (OSError, Exception):\n    pass"),
        (broad_excepts, "try:\n    f()\nexcept builtins.BaseException as error:\n    raise"),
        (prints, "def f():\n    print('مرحبا')"),
        (environment_at_import, "HOME = os.environ['HOME']"),
        (environment_at_import, "class A:\n    key = os.getenv('KEY')"),
        (environment_at_import, "def f(key=os.environ.get('KEY')):\n    pass"),
        (environment_at_import, "if environ:\n    pass"),
    ],
)
def test_each_rule_sees_what_it_forbids(rule: Rule, code: str) -> None:
    assert list(rule(ast.parse(code)))


@pytest.mark.parametrize(
    ("rule", "code"),
    [
        (pickles, "import picklebrine, pickletools\nmodel.load('x')"),
        (unsafe_switches, "np.load('x', allow_pickle=False)\nf(trust_remote_code=False)"),
        (broad_excepts, "try:\n    f()\nexcept (OSError, ValueError):\n    raise"),
        (prints, "console.print('x')\nprinter()"),
        (environment_at_import, "def f():\n    return os.environ['HOME']"),
        (environment_at_import, "home = lambda: os.getenv('HOME')"),
    ],
)
def test_no_rule_sees_more_than_that(rule: Rule, code: str) -> None:
    assert not list(rule(ast.parse(code)))
