"""What publishing promises, as assertions: exactly once, or in doubt and never sent again, or refused and free."""

from tests.other_linkedin.conftest import Project
from tests.support.project import Result

CREATE = {"ugcPosts": "ugcPosts.CREATE", "posts": "posts.CREATE"}


def creates(project: Project) -> int:
    """How many creates arrived, refused or not."""
    return len(project.linkedin.seen(CREATE[project.api]))


def assert_published(project: Project, *keys: str) -> None:
    """Each key was created once and only once, under the URN in the state, and a further run does nothing at all."""
    linkedin, entries = project.linkedin, project.state
    for key in keys:
        (post,) = linkedin.created(f"Words of {key}.")
        assert (entries[key]["status"], entries[key]["urn"]) == ("published", post.urn)
        assert entries[key]["permalink"].endswith(f"/feed/update/{post.urn}/")
    before = len(linkedin.requests)
    again = project.run("publish")
    assert (again.code, len(linkedin.requests)) == (0, before), again.text


def assert_in_doubt(project: Project, result: Result, key: str, *, created: int) -> None:
    """The run says unknown, the intent stays, and no further run sends the post again."""
    assert result.code == 3, result.text
    assert project.state[key]["status"] == "pending"
    sent = creates(project)
    again = project.run("publish")
    assert (again.code, creates(project)) == (3, sent), again.text
    assert "state resolve" in again.text
    assert len(project.linkedin.created(f"Words of {key}.")) == created


def assert_refused(project: Project, result: Result, key: str, said: str = "") -> None:
    """The run failed and created nothing; the key is free, and the next run publishes it."""
    assert result.code == 1, result.text
    assert said.lower() in result.text.lower()
    assert key not in project.state
    assert project.linkedin.created(f"Words of {key}.") == []
    healed = project.run("publish")
    assert healed.code == 0, healed.text
    assert_published(project, key)
