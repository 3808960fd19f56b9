"""``python -m tests.mutants PACKAGE``: change the code in small ways, and list the changes that no test notices.

One process collects the package's tests and runs them once, to learn which of them reach which function. Then each
mutant gets a forked process with the changed code, which runs those tests, the fastest first, until one fails.

mutmut 3.8 and cosmic-ray 8 have no operator that removes a statement, such as an fsync; cosmic-ray starts pytest anew
for each mutant, mutmut leaves out decorated functions and changes every word of every message.
"""

import argparse
import gc
import os
import re
import signal
import sys
import threading
import time
from bisect import bisect_right
from collections import defaultdict
from itertools import accumulate
from pathlib import Path
from types import CodeType, FunctionType
from typing import Any

import pytest

from tests.mutants.operators import Mutant, mutants_of

PACKAGES = {
    "planning": (["publisher/planning"], ["tests/planning", "tests/schedule", "tests/status"]),
    "publishing": (["publisher/publishing"], ["tests/publishing", "tests/other_linkedin"]),
    "state": (
        [
            "publisher/model/state.py",
            *(f"publisher/state/{name}.py" for name in ("records", "statefile", "durable")),
        ],
        [f"tests/state/test_{name}.py" for name in ("file", "durable", "folder", "value")],
    ),
    "text": (["publisher/text"], ["tests/text", "tests/render"]),
}
EQUIVALENT = Path(__file__).with_name("equivalent.txt")
SECONDS = 10.0
"""For the tests of one mutant: the fastest ones that fit. A mutant that takes many times as long is a loop: killed."""

Scope = tuple[str, str]


class Mutate:
    """A pytest plugin that runs the tests once, and then once more for each mutant."""

    def __init__(self, mutants: list[Mutant], until: float) -> None:
        self.mutants = mutants
        self.until = until
        self.files = {str(Path(mutant.path).resolve()): mutant.path for mutant in mutants}
        self.reached: dict[Scope, set[str]] = defaultdict(set)
        self.seconds: dict[str, float] = {}
        self.survivors: list[Mutant] = []
        self.killed = 0

    def pytest_collection(self) -> None:
        """Let every mutant meet the same examples."""
        from hypothesis import settings

        settings.register_profile("mutants", derandomize=True, database=None, deadline=None, max_examples=30)
        settings.load_profile("mutants")

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Take the place of pytest's own loop."""
        items = session.items
        for index, item in enumerate(items):
            began = time.perf_counter()
            self._trace(item.nodeid)
            item.config.hook.pytest_runtest_protocol(item=item, nextitem=(items[index + 1 :] or [None])[0])
            self._trace(None)
            self.seconds[item.nodeid] = time.perf_counter() - began
        if session.testsfailed:
            raise session.Failed("the tests fail without a mutant")
        functions = _functions(set(self.files))
        gc.freeze()
        for number, mutant in enumerate(self.mutants, 1):
            if time.monotonic() > self.until:
                raise session.Failed(f"out of time after {number - 1} of {len(self.mutants)} mutants")
            if self._survives(session, mutant, functions):
                self.survivors.append(mutant)
                print(
                    f"\n{mutant.path}:{mutant.line}: {mutant.scope}: {mutant.before} -> {mutant.after}",
                    flush=True,
                )
            else:
                self.killed += 1
        return True

    def _trace(self, test: str | None) -> None:
        def called(frame: Any, event: str, argument: object) -> None:
            path = self.files.get(frame.f_code.co_filename)
            if path and test:
                self.reached[path, frame.f_code.co_qualname.split(".<")[0]].add(test)

        sys.setprofile(called if test else None)
        threading.setprofile(called if test else None)

    def _survives(
        self, session: pytest.Session, mutant: Mutant, functions: dict[Any, list[FunctionType]]
    ) -> bool:
        constant = mutant.scope.startswith("=")
        names = set(self.seconds) if constant else self.reached[mutant.path, mutant.scope]
        chosen = self._affordable([item for item in session.items if item.nodeid in names])
        sys.stdout.flush()
        child = os.fork()
        if not child:
            session.config.pluginmanager.unregister(name="terminalreporter")
            signal.signal(signal.SIGALRM, signal.SIG_DFL)
            signal.alarm(int(5 * SECONDS))
            try:
                _apply(mutant, functions)
                os._exit(_run(session, chosen))
            except BaseException:
                os._exit(1)
        return os.waitpid(child, 0)[1] == 0

    def _affordable(self, items: list[pytest.Item]) -> list[pytest.Item]:
        """The fastest tests, as many as fit into `SECONDS`."""
        items.sort(key=lambda item: self.seconds[item.nodeid])
        spent = list(accumulate(self.seconds[item.nodeid] for item in items))
        return items[: bisect_right(spent, SECONDS) or 1]


def _run(session: pytest.Session, items: list[pytest.Item]) -> int:
    for item in items:
        item._initrequest()  # type: ignore[attr-defined]
        failed = session.testsfailed
        item.config.hook.pytest_runtest_protocol(item=item, nextitem=None)
        if session.testsfailed > failed:
            return 1
    return 0


def _functions(files: set[str]) -> dict[Any, list[FunctionType]]:
    found: dict[Any, list[FunctionType]] = defaultdict(list)
    for value in gc.get_objects():
        if isinstance(value, FunctionType) and value.__code__.co_filename in files:
            found[value.__code__.co_filename, value.__code__.co_qualname].append(value)
    return found


def _apply(mutant: Mutant, functions: dict[Any, list[FunctionType]]) -> None:
    """Put the changed code, or the changed constant, into the modules that are loaded."""
    path = str(Path(mutant.path).resolve())
    code = compile(mutant.tree, path, "exec")
    if mutant.scope.startswith("="):
        name, old, new = mutant.scope[1:], eval(mutant.before), eval(mutant.after)
        for module in list(sys.modules.values()):
            if name in vars(module) and vars(module)[name] == old:
                setattr(module, name, new)
        return
    (changed,) = (one for one in _codes(code) if one.co_qualname == mutant.scope)
    targets = functions[path, mutant.scope]
    if not targets:
        raise LookupError(mutant.name)
    for function in targets:
        function.__code__ = changed
        for cache in (one for one in gc.get_referrers(function) if hasattr(one, "cache_clear")):
            cache.cache_clear()


def _codes(code: CodeType) -> list[CodeType]:
    inner = [one for one in code.co_consts if isinstance(one, CodeType)]
    return inner + [deep for one in inner for deep in _codes(one)]


def main() -> int:
    """Print the survivors and their number; 1 if there are any that `equivalent.txt` does not explain."""
    parser = argparse.ArgumentParser(prog="python -m tests.mutants", description=__doc__)
    parser.add_argument("package", choices=PACKAGES)
    parser.add_argument("--minutes", type=float, default=30.0, help="fail if it takes longer")
    parser.add_argument("--only", default="", help="only mutants whose PATH:FUNCTION this pattern finds")
    options = parser.parse_args()
    sources, tests = PACKAGES[options.package]
    paths = [Path(source) for source in sources]
    files = sorted(file for path in paths for file in (path.rglob("*.py") if path.is_dir() else [path]))
    made = [mutant for file in files for mutant in mutants_of(file)]
    explained = {line.rpartition(" | ")[0] for line in EQUIVALENT.read_text("utf-8").splitlines()}
    tried = [
        one
        for one in made
        if one.name not in explained and re.search(options.only, f"{one.path}:{one.scope}")
    ]
    plugin = Mutate(tried, time.monotonic() + 60 * options.minutes)
    code = pytest.main(["-qq", "-p", "no:xdist", "-p", "no:cacheprovider", *tests], plugins=[plugin])
    if code not in (0, 1) or plugin.killed + len(plugin.survivors) < len(tried):
        print(f"{options.package}: stopped early ({code})")
        return 2
    print(
        f"{options.package}: {len(made)} mutants, {plugin.killed} killed, {len(plugin.survivors)} survived, "
        f"{len(made) - len(tried)} equivalent"
    )
    return 1 if plugin.survivors else 0


if __name__ == "__main__":
    sys.exit(main())
