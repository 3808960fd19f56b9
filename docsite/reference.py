"""Generate the reference pages of the site from the commands and the JSON Schemas."""

import inspect
import json
from collections.abc import Iterator, Mapping
from typing import Any

import click

from publisher.cli.main import cli
from publisher.content.schemas import load_schema

Schema = Mapping[str, Any]
TITLES = {
    "config": "Schema of publisher.yaml",
    "post": "Schema of posts",
    "state": "Schema of the state",
    "plan": "Schema of plans",
}


def reference_pages() -> dict[str, str]:
    """Return the text of every generated page by its file name."""
    pages = {f"{name}.md": schema_page(name, title) for name, title in TITLES.items()}
    return {"commands.md": commands_page(), **pages}


def commands_page() -> str:
    """Return a page with the help of every command, as ``--help`` prints it."""
    parts = [
        "# Help of every command",
        "This page is generated: it shows what `--help` prints. [Commands](../commands.md) explains exit codes and "
        "environment variables.",
    ]
    for path, command in commands(cli, ("publisher",)):
        level = "#" * min(len(path) + 1, 4)
        context = click.Context(command, info_name=" ".join(path), max_content_width=100)
        parts += [f"{level} {' '.join(path)}", f"```text\n{command.get_help(context)}\n```"]
    return "\n\n".join(parts) + "\n"


def commands(
    command: click.Command, path: tuple[str, ...]
) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    """Yield a command and every command below it, each with the words that are typed for it."""
    yield path, command
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in command.list_commands(context):
            below = command.get_command(context, name)
            if below is not None:
                yield from commands(below, (*path, name))


def schema_page(name: str, title: str) -> str:
    """Return a page with a table of every field of a schema."""
    schema = load_schema(name)
    rows = "".join(
        f"| `{path}` | {cell(kind(sub, schema))} | {cell(default(sub))} | {cell(sub.get('description', ''))} |\n"
        for path, sub in fields(schema, schema)
    )
    return (
        inspect.cleandoc(
            f"""
        # {title}

        {schema.get("description", "")}

        This page is generated from the JSON Schema that `publisher schema {name}` prints.

        | field | type | default | description |
        |---|---|---|---|
        """
        )
        + f"\n{rows}"
    )


def fields(
    schema: Schema, root: Schema, path: str = "", seen: tuple[str, ...] = ()
) -> Iterator[tuple[str, Schema]]:
    """Yield every named field below a schema, by its path: ``late.grace``, ``authors.ALIAS.urn``, ``slots[].time``."""
    if (ref := schema.get("$ref")) is not None:
        if ref not in seen:  # a schema may contain itself
            yield from fields(resolve(ref, root), root, path, (*seen, ref))
        return
    for name, sub in schema.get("properties", {}).items():
        yield f"{path}{name}", follow(sub, root)
        yield from fields(sub, root, f"{path}{name}.", seen)
    if isinstance(schema.get("additionalProperties"), dict):
        yield from fields(schema["additionalProperties"], root, f"{path}NAME.", seen)
    if isinstance(schema.get("items"), dict):
        yield from fields(schema["items"], root, f"{path.rstrip('.')}[].", seen)
    otherwise = [schema["else"]] if "else" in schema else []  # a post, where a file may also have several
    for sub in (*schema.get("anyOf", ()), *schema.get("oneOf", ()), *schema.get("allOf", ()), *otherwise):
        yield from fields(sub, root, path, seen)


def resolve(ref: str, root: Schema) -> Schema:
    """Return the part of ``root`` that a local reference such as ``#/$defs/post`` names."""
    found: Any = root
    for part in ref.removeprefix("#/").split("/"):
        found = found[part]
    return dict(found)


def follow(schema: Schema, root: Schema) -> Schema:
    """Return a field's schema with what its reference says; the field's own words win."""
    return {**resolve(schema["$ref"], root), **schema} if "$ref" in schema else schema


def kind(schema: Schema, root: Schema) -> str:
    """Return the type of a field in words: its values, its types, or those of its alternatives."""
    schema = follow(schema, root)
    if "enum" in schema:
        return ", ".join(code(value) for value in schema["enum"])
    if "const" in schema:
        return code(schema["const"])
    if "type" in schema:
        types = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
        return " or ".join("mapping" if name == "object" else name for name in types)
    alternatives = [kind(sub, root) for sub in (*schema.get("anyOf", ()), *schema.get("oneOf", ()))]
    return " or ".join(dict.fromkeys(found for found in alternatives if found))


def default(schema: Schema) -> str:
    """Return a field's default value as code; empty if there is none."""
    return code(schema["default"]) if "default" in schema else ""


def code(value: object) -> str:
    """Return a JSON value as inline code; a text without its quotes."""
    return f"`{value}`" if isinstance(value, str) else f"`{json.dumps(value, ensure_ascii=False)}`"


def cell(text: str) -> str:
    """Return a text that may stand in a table's cell."""
    return text.replace("|", "\\|").replace("\n", " ").replace("<", "&lt;")
