"""Every golden folder: texts, diagnostics and payloads."""

from dataclasses import replace
from pathlib import Path

import pytest

from publisher.networks.linkedin.payloads import encode_post, placeholders
from publisher.rules import LINTS, RENDERING
from tests.render import golden

DOCS = Path(__file__).parents[2] / "docs" / "diagnostics.md"


@pytest.mark.parametrize("case", golden.cases("text"), ids=lambda case: case.name)
def test_text(case: Path) -> None:
    rendered = golden.render_case(case, golden.case_config(case))
    golden.compare(case / "text.txt", golden.show_posts(rendered.posts))
    golden.compare(case / "diagnostics.txt", golden.show_diagnostics(rendered.diagnostics))


@pytest.mark.parametrize("case", golden.cases("payloads"), ids=lambda case: case.name)
@pytest.mark.parametrize("api", ["ugcPosts", "posts"])
def test_payload(case: Path, api: str) -> None:
    config = replace(golden.case_config(case), api=api)
    rendered = golden.render_case(case, config)
    bodies = {post.key: encode_post(post, api, placeholders(post)) for post in rendered.posts}
    shown = golden.show_json(bodies) if bodies else golden.show_diagnostics(rendered.diagnostics)
    golden.compare(case / f"payload.{api}.json", shown if bodies else "")
    golden.compare(case / f"refused.{api}.txt", "" if bodies else shown)


@pytest.mark.parametrize("case", golden.cases("payloads"), ids=lambda case: case.name)
def test_the_digest_knows_no_api(case: Path) -> None:
    config = golden.case_config(case)
    ugc, posts = (golden.render_case(case, replace(config, api=api)).posts for api in ("ugcPosts", "posts"))
    for one, other in zip(ugc, posts, strict=False):
        assert (one.digest, one.text_digest) == (other.digest, other.text_digest)


@pytest.mark.parametrize("code", [*RENDERING, *LINTS])
def test_every_code_has_a_golden_case_and_a_section_in_the_docs(code: str) -> None:
    shown = [
        path.read_text("utf-8")
        for pattern in ("text/*/diagnostics.txt", "payloads/*/refused.*.txt")
        for path in golden.ROOT.glob(pattern)
    ]
    # its case would be a file of 200 kB; tests/text/test_text.py makes one
    shown.append(" text-too-large\n")
    shown.append(
        " media-converted\n"
    )  # needs a project's folder of kept files; tests/media/test_conversion.py
    assert any(f" {code}\n" in text for text in shown), "no golden case shows it"
    assert f"\n## {code}\n" in DOCS.read_text("utf-8"), "docs/diagnostics.md has no section"
