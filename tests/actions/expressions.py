"""GitHub's expressions, as far as the workflows here use them: contexts, literals, operators, status functions."""

import re
from collections.abc import Callable, Mapping
from typing import Any

_TOKEN = re.compile(r"\s*(?:('(?:[^']|'')*')|(==|!=|&&|\|\||[!()])|([A-Za-z_][\w-]*(?:\.[\w-]+)*)|(\d+))")


def interpolate(text: str, contexts: Mapping[str, Any], functions: Mapping[str, Callable[[], bool]]) -> str:
    """The text with every ``${{ … }}`` replaced by its value."""
    return re.sub(
        r"\$\{\{(.*?)\}\}",
        lambda found: shown(evaluate(found[1], contexts, functions)),
        text,
        flags=re.DOTALL,
    )


def evaluate(text: str, contexts: Mapping[str, Any], functions: Mapping[str, Callable[[], bool]]) -> Any:
    """An expression's value. Raises AssertionError for anything that this reader doesn't know."""
    tokens = _tokens(text)
    value = _either(tokens, contexts, functions)
    assert not tokens, f"left over in {text!r}: {tokens}"
    return value


def condition(
    text: str | bool | None, contexts: Mapping[str, Any], functions: Mapping[str, Callable[[], bool]]
) -> bool:
    """Whether a step with this ``if`` runs: without a status function only where nothing failed before."""
    if text is None:
        return functions["success"]()
    source = str(text).strip().removeprefix("${{").removesuffix("}}")
    value = bool(evaluate(source, contexts, functions))
    asks = any(f"{name}(" in source for name in functions)
    return value if asks else value and functions["success"]()


def shown(value: Any) -> str:
    """A value inside a text."""
    if value is None:
        return ""
    return str(value).lower() if isinstance(value, bool) else str(value)


def _tokens(text: str) -> list[str]:
    tokens, place = [], 0
    text = text.strip()
    while place < len(text):
        found = _TOKEN.match(text, place)
        assert found, f"not understood: {text[place:]!r}"
        tokens.append(found[0].strip())
        place = found.end()
    return tokens


def _either(tokens: list[str], contexts: Any, functions: Any) -> Any:
    value = _both(tokens, contexts, functions)
    while tokens and tokens[0] == "||":
        tokens.pop(0)
        other = _both(tokens, contexts, functions)
        value = value or other
    return value


def _both(tokens: list[str], contexts: Any, functions: Any) -> Any:
    value = _equal(tokens, contexts, functions)
    while tokens and tokens[0] == "&&":
        tokens.pop(0)
        other = _equal(tokens, contexts, functions)
        value = value and other
    return value


def _equal(tokens: list[str], contexts: Any, functions: Any) -> Any:
    value = _one(tokens, contexts, functions)
    while tokens and tokens[0] in ("==", "!="):
        same = tokens.pop(0) == "=="
        value = (shown(value) == shown(_one(tokens, contexts, functions))) is same
    return value


def _one(tokens: list[str], contexts: Any, functions: Any) -> Any:
    token = tokens.pop(0)
    if token == "!":
        return not _one(tokens, contexts, functions)
    if token == "(":
        value = _either(tokens, contexts, functions)
        assert tokens.pop(0) == ")"
        return value
    if token.startswith("'"):
        return token[1:-1].replace("''", "'")
    if token.isdigit():
        return int(token)
    if tokens[:2] == ["(", ")"]:
        del tokens[:2]
        return functions[token]()
    if token in ("true", "false", "null"):
        return {"true": True, "false": False, "null": None}[token]
    return _context(token, contexts)


def _context(name: str, contexts: Any) -> Any:
    value = contexts
    for part in name.split("."):
        assert value is not contexts or part in contexts, f"no context is called {part!r}"
        value = value.get(part) if isinstance(value, Mapping) else None
    return value
