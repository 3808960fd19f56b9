"""Ten generators of texts that double in size: what hostile and real documents repeat."""

from collections.abc import Callable

GENERATORS: dict[str, Callable[[int], str]] = {
    "prose": lambda n: (
        ("Words with *emphasis*, `code` and [links](https://ex.org/a). " * 8 + "\n\n") * (n // 490)
    ),
    "items": lambda n: "- item\n" * (n // 7),
    "nested quotes": lambda n: "> " * (n // 4) + "\n" + "x\n" * (n // 5),
    "open brackets": lambda n: "[a](" * (n // 4),
    "open emphasis": lambda n: "*a **b " * (n // 7),
    "backticks": lambda n: "`a ``b ```c " * (n // 12),
    "addresses": lambda n: "https://ex.org/((" * (n // 18) + ")" * (n // 18),
    "html": lambda n: "Vec<T> <? <!A " * (n // 14),
    "mentions": lambda n: "@[Ada](urn:li:person:a) 你好@[x](y) **「重」**は " * (n // 44),
    "lazy lines": lambda n: "- " * 50 + "a\n" + "b\n" * (n // 3),
}
"""Name -> a text of about ``n`` characters. Each made another parser quadratic, or would make ours so."""
