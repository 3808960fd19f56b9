"""The contract's sentences, each held against the command alone: what is typed, what comes back, what is on disk."""

import json
import subprocess
from collections.abc import Callable

import jsonschema
import pytest
import yaml

from tests.support.project import ProjectDir, Result

BODY = "---\nhashtags: [one, two]\nvars: {n: 1, m: 2}\nid: p\n---\nHello\nthere\n"


def plan(project: ProjectDir, *options: str) -> dict[str, object]:
    """The JSON plan."""
    done = project.publisher("plan", "--format", "json", *options)
    assert done.code == 0, done.text
    read: dict[str, object] = json.loads(done.out)
    return read


def actions(project: ProjectDir, *options: str) -> dict[str, str]:
    """Each key's action."""
    return {change["key"]: change["action"] for change in plan(project, *options)["changes"]}  # type: ignore[attr-defined]


def published(project: ProjectDir, **texts: str) -> Result:
    """A project whose posts are live."""
    for key, text in texts.items():
        project.write(f"content/{key}.md", text)
    done = project.publisher("publish")
    assert done.code == 0, done.text
    return done


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("p.md", BODY.replace("\n", "\r\n")),
        ("p.md", "---\nid: p\nvars: {m: 2, n: 1}\nhashtags: [one, two]\n---\nHello\nthere\n"),
        ("p.md", BODY.replace("id: p", "id: p  # the key")),
        ("deep/other.md", BODY),
        ("p.md", "\ufeff" + BODY),
    ],
)
def test_line_endings_key_order_comments_and_name_do_not_change_the_digest(
    project: ProjectDir, name: str, text: str
) -> None:
    project.write("content/p.md", BODY)
    before = plan(project)["changes"][0]["digest"]  # type: ignore[index]
    (project.root / "content/p.md").unlink()
    path = project.write(f"content/{name}", "")
    path.write_bytes(text.encode("utf-8"))
    assert plan(project)["changes"][0]["digest"] == before  # type: ignore[index]


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("---\nreshare: urn:li:share:7445298278914641920\n---\nHi\n", "api-unsupported"),
        (
            "---\npoll: {question: Q?, options: [a, b], duration: THREE_DAYS}\n---\nHi\n",
            "api-unsupported",
        ),
        ("---\nvisiblity: public\n---\nHi\n", "Did you mean 'visibility'?"),
        ("---\nid: Hello World\n---\nHi\n", "hello-world"),
        ("---\npublish_at: now\n---\nHi\n", "time-invalid"),
        ("---\npublish_at:\n---\nHi\n", "wrong-type"),
        ("---\npublish_at: 2030-01-01T09:00:00\n---\nHi\n", "time-without-zone"),
        ("---\nmedia: ../../etc/passwd\n---\nHi\n", "media-outside"),
        ("+++\nid = 1\n+++\nHi\n", "front-matter-toml"),
        ("---\nid: a\nid: b\n---\nHi\n", "yaml-duplicate-key"),
        ("---\nid: a\nHi\n", "front-matter-open"),
        ("😀" * 1501, "text-too-long"),
    ],
)
def test_bad_input_is_a_diagnostic_with_its_place_and_never_no_metadata(
    project: ProjectDir, text: str, rule: str
) -> None:
    project.write("content/p.md", text)
    done = project.publisher("validate")
    assert done.code == 1
    assert rule in done.text
    assert "content/p.md:" in done.text
    assert project.publisher("publish").code == 1
    assert project.created_texts() == []


@pytest.mark.parametrize("name", ["_a.md", ".a.md", "_sub/a.md", ".sub/a.yaml"])
def test_names_that_begin_with_an_underscore_or_a_dot_are_skipped(project: ProjectDir, name: str) -> None:
    project.write("content/p.md", "Hello\n")
    project.write(f"content/{name}", "text: [\n")
    assert list(actions(project)) == ["p"]


def test_the_json_plan_has_the_fields_of_the_contract_sorted_by_time_and_key(project: ProjectDir) -> None:
    times = {"a": "2031-01-01T00:00:00Z", "b": "2030-01-01T00:00:00Z", "c": "2030-01-01T00:00:00Z"}
    for key, at in times.items():
        project.write(f"content/{key}.md", f"---\npublish_at: {at}\n---\nText {key}\n")
    made = plan(project)
    assert {"format_version", "api", "state_digest", "content_digest", "changes", "summary"} <= set(made)
    assert made["format_version"] == 1
    assert made["summary"]["scheduled"] == 3  # type: ignore[index]
    assert [change["key"] for change in made["changes"]] == ["b", "c", "a"]  # type: ignore[attr-defined]
    for change in made["changes"]:  # type: ignore[attr-defined]
        assert {"key", "action", "reason", "source", "author", "digest", "publish_at"} <= set(change)


def new_text(project: ProjectDir) -> None:
    """The content."""
    project.write("content/a.md", "Another text\n")


def new_setting(project: ProjectDir) -> None:
    """The configuration."""
    project.configure("defaults: {visibility: connections}\n")


def new_state(project: ProjectDir) -> None:
    """The state."""
    project.write("content/z.md", "Stamped\n")
    assert project.publisher("publish", "--key", "z").code == 0
    (project.root / "content/z.md").unlink()


@pytest.mark.parametrize("alter", [new_text, new_setting, new_state])
def test_a_saved_plan_is_refused_once_its_grounds_changed(
    project: ProjectDir, alter: Callable[[ProjectDir], None]
) -> None:
    project.write("content/a.md", "A text\n")
    saved = str(project.root / "saved.plan")
    assert project.publisher("plan", "--out", saved).code == 0
    alter(project)
    before = project.created_texts()
    assert project.publisher("publish", saved).code != 0
    assert project.created_texts() == before


def test_what_becomes_of_a_live_post(project: ProjectDir) -> None:
    published(project, a="First", b="Second", c="Third")
    (project.root / "content/a.md").rename(project.root / "content/renamed.md")
    project.write("content/b.md", "Second, edited")
    (project.root / "content/c.md").unlink()
    project.write("content/twin.md", "First")
    told = actions(project)
    assert {told["renamed"], told["twin"]} == {"move", "blocked"}
    assert told["b"] == "changed"
    assert told["c"] == "orphan"
    assert actions(project, "--prune")["c"] == "delete"


@pytest.mark.parametrize(("policy", "action"), [("hold", "late"), ("publish", "create"), ("skip", "late")])
def test_a_post_past_the_grace_window_follows_the_policy(
    project: ProjectDir, policy: str, action: str
) -> None:
    project.configure(f"late: {{grace: 1h, policy: {policy}}}\n")
    project.write("content/a.md", "---\npublish_at: 2020-01-01T00:00:00Z\n---\nOld\n")
    assert actions(project) == {"a": action}


def test_more_creates_than_the_limit_are_refused_with_the_way_to_raise_it(project: ProjectDir) -> None:
    for number in range(3):
        project.write(f"content/{number}.md", f"Text {number}\n")
    assert sorted(actions(project, "--max-creates", "2").values()) == ["create"] * 3
    refused = project.publisher("publish", "--max-creates", "2")
    assert (refused.code, project.sandbox.posts()) == (1, [])
    assert "--max-creates 3" in refused.text
    assert project.publisher("publish", "--max-creates", "3").code == 0


def test_the_state_file_has_its_form_and_is_left_alone_when_nothing_changed(project: ProjectDir) -> None:
    published(project, b="Second", a="First")
    raw = project.state_path.read_bytes()
    state = json.loads(raw)
    assert raw.decode() == json.dumps(state, indent=2, sort_keys=True, ensure_ascii=False) + "\n"
    assert state["version"] == 1
    fields = {
        "status",
        "urn",
        "permalink",
        "author",
        "digest",
        "text_digest",
        "api",
        "source",
        "published_at",
    }
    assert all(fields <= set(entry) for entry in state["posts"].values())
    before, sent = project.state_path.stat(), len(project.sandbox.requests())
    assert project.publisher("publish").code == 0
    after = project.state_path.stat()
    assert (after.st_ino, after.st_mtime_ns) == (before.st_ino, before.st_mtime_ns)
    assert len(project.sandbox.requests()) == sent


@pytest.mark.parametrize(
    "broken", ["{", "[]", '{"version": 99, "posts": {}}', '{"hello": 1}', "<<<<<<< HEAD\n"]
)
def test_a_broken_newer_or_foreign_state_is_refused_by_name_and_kept(
    project: ProjectDir, broken: str
) -> None:
    project.write("content/a.md", "Text\n")
    project.write("publisher.state.json", broken)
    done = project.publisher("publish")
    assert done.code == 2, done.text
    assert "publisher.state.json" in done.err
    assert project.state_path.read_text() == broken
    assert project.created_texts() == []


def test_two_branches_that_publish_different_posts_merge_in_git(project: ProjectDir) -> None:
    def git(*arguments: str) -> None:
        identity = ["-c", "user.name=A", "-c", "user.email=a@example.org"]
        subprocess.run(["git", *identity, *arguments], cwd=project.root, check=True, capture_output=True)

    git("init", "-q", "-b", "main")
    published(project, b="Base b", m="Base m", y="Base y")
    git("add", "publisher.state.json")
    git("commit", "-qm", "base")
    git("checkout", "-qb", "side")
    published(project, e="On the side")
    git("commit", "-qam", "side")
    git("checkout", "-q", "main")
    project.forget_journal()  # main is published by another machine
    (project.root / "content/e.md").unlink()
    published(project, r="On main")
    git("commit", "-qam", "main")
    git("merge", "-q", "side")
    project.write("content/e.md", "On the side")
    assert set(actions(project).values()) == {"none"}


def test_the_schemas_hold_for_real_files(project: ProjectDir) -> None:
    """Plain JSON Schema, as an editor or another tool would use it."""
    published(project, a="---\nhashtags: [x]\nfirst_comment: More\n---\nText")
    project.write("content/b.md", "---\npublish_at: 2030-01-01T00:00:00Z\n---\nLater\n")
    real = {
        "post": {"hashtags": ["x"], "first_comment": "More", "id": "a"},
        "config": yaml.safe_load((project.root / "publisher.yaml").read_text()),
        "state": json.loads(project.state_path.read_text()),
        "plan": plan(project),
    }
    for name, instance in real.items():
        schema = json.loads(project.publisher("schema", name).out)
        kind = jsonschema.validators.validator_for(schema)
        kind.check_schema(schema)
        kind(schema).validate(instance)
        if name in ("post", "config"):
            assert not kind(schema).is_valid({**instance, "no such field": 1})


@pytest.mark.parametrize(
    ("command", "code"),
    [
        (("validate",), 0),
        (("plan",), 0),
        (("plan", "--detailed-exitcode"), 4),
        (("state", "list"), 0),
        (("auth", "status"), 0),
        (("publish", "--dry-run"), 0),
    ],
)
def test_a_json_report_is_on_stdout_with_its_format_version(
    project: ProjectDir, command: tuple[str, ...], code: int
) -> None:
    project.write("content/a.md", "Text\n")
    done = project.publisher(*command, "--format", "json")
    assert done.code == code, done.text
    assert "format_version" in json.loads(done.out)


@pytest.mark.parametrize(
    "arguments",
    [
        ("plan", "--nope"),
        ("nope",),
        ("publish", "--key", "nope"),
        ("schema", "nope"),
        ("state", "show", "nope"),
    ],
)
def test_usage_errors_end_with_2_and_leave_stdout_empty(
    project: ProjectDir, arguments: tuple[str, ...]
) -> None:
    project.write("content/a.md", "Text\n")
    done = project.publisher(*arguments)
    assert (done.code, done.out) == (2, "")


def test_an_unknown_outcome_ends_with_3_and_waits_for_a_human(project: ProjectDir) -> None:
    project.sandbox.fault("no-id", resource="ugcPosts")
    project.write("content/a.md", "Text\n")
    assert project.publisher("publish").code == 3
    assert actions(project) == {"a": "unknown"}
    sent = len(project.created_texts())
    assert project.publisher("publish").code == 3
    assert len(project.created_texts()) == sent
    assert project.publisher("state", "resolve", "a", "--absent", "--force").code == 0
    assert actions(project) == {"a": "create"}


def test_one_failed_and_one_published_end_with_1_and_a_line_each(project: ProjectDir) -> None:
    project.sandbox.fault("error", resource="ugcPosts", text="First", status=400)
    project.write("content/a.md", "First\n")
    project.write("content/b.md", "Second\n")
    done = project.publisher("publish")
    assert done.code == 1, done.text
    lines = done.text.splitlines()
    assert all(any(key in line.split() for line in lines) for key in ("a", "b"))
    assert actions(project) == {"a": "create", "b": "none"}


def test_secrets_in_the_settings_are_refused_and_not_repeated(project: ProjectDir) -> None:
    project.configure("linkedin: {client_secret: very-secret-value}\n")
    project.write("content/a.md", "Text\n")
    done = project.publisher("validate")
    assert done.code == 2
    assert "very-secret-value" not in done.text


def test_the_environment_overrides_the_addresses_of_the_file(project: ProjectDir) -> None:
    project.configure("linkedin: {api_url: 'http://127.0.0.1:9', oauth_url: 'http://127.0.0.1:9'}\n")
    published(project, a="Text")
    assert project.created_texts() == ["Text"]
