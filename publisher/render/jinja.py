"""placeholder, replaced below"""

from collections.abc import Mapping

from jinja2 import DictLoader, StrictUndefined, TemplateError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from publisher.model.config import Config
from publisher.model.diagnostic import Diagnostic
from publisher.model.document import Document
from publisher.render.findings import diagnose


def render_template(
    document: Document,
    config: Config,
    templates: Mapping[str, str],
    layout: str | None,  # noqa: ARG001
) -> tuple[str, list[Diagnostic]]:
    environment = ImmutableSandboxedEnvironment(undefined=StrictUndefined, loader=DictLoader(dict(templates)))
    names = {**config.vars, **document.metadata.get("vars", {})}
    try:
        body = environment.from_string(document.body).render(**names, vars=names)
    except TemplateError as error:
        return "", [diagnose(document, "template-failed", str(error))]
    return body, []
