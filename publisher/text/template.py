"""Templates: Jinja in a sandbox, for bodies that have template syntax in them."""

from collections.abc import Mapping

from publisher.model.config import Config
from publisher.model.diagnostic import Diagnostic
from publisher.model.document import Document

_MARKERS = ("{{", "{%", "{#")


def render_source(
    document: Document, config: Config, templates: Mapping[str, str], *, layout: bool = True
) -> tuple[str | None, list[Diagnostic]]:
    """The body with its template rendered; the body itself where nothing in it is one, None where it fails."""
    name = document.metadata.get("layout") if layout else None
    has_template = document.metadata.get("jinja") is not False and any(
        marker in document.body for marker in _MARKERS
    )
    if name is None and not has_template:
        return document.body, []
    # imported here: a project without templates never pays for Jinja
    from publisher.text.jinja.run import render_template

    return render_template(document, config, templates, body=has_template, layout=name)
