"""An answer that never comes, through what scripts import: the create is in doubt and is not sent again."""

from datetime import UTC, datetime

from publisher.model.plan import Action
from publisher.model.state import Status
from publisher.networks.http import Timeouts
from publisher.networks.linkedin.open_gateway import open_gateway
from publisher.networks.linkedin.permalinks import permalink
from publisher.networks.linkedin.transport import Runtime
from publisher.project import load
from publisher.project.pipeline import plan_project
from publisher.project.publishable import publishable
from publisher.publishing.due import Services, publish_due
from publisher.publishing.receipts import Outcome
from publisher.state import open_store
from tests.support.project import ProjectDir


def test_a_create_that_hangs_is_unknown(project: ProjectDir) -> None:
    project.write("content/hello.md", "Words of hello.\n")
    project.write("content/other.md", "Words of other.\n")
    project.sandbox.fault("commit-then-hang", resource="ugcPosts")
    now = datetime.now(UTC)
    loaded = load(project.root, project.environ, now)
    runtime = Runtime(timeouts=Timeouts(read=3.0))  # the second post must be answered in that time
    gateway = open_gateway(loaded.config, project.root, lambda _: project.sandbox.token(), runtime=runtime)
    with open_store(loaded.config.state, project.root).session() as session:
        services = Services(lambda _: "", lambda _tokens, _sending: gateway, permalink)
        receipts = publish_due(publishable(loaded), session, services).receipts
        assert [receipt.outcome for receipt in receipts] == [Outcome.UNKNOWN, Outcome.DONE]
        assert session.state.posts["hello"].status is Status.PENDING
        again = plan_project(loaded, session.state, datetime.now(UTC))
    assert [change.action for change in again.changes] == [Action.UNKNOWN, Action.NONE]
    assert sorted(project.created_texts()) == ["Words of hello.", "Words of other."]
    assert len(project.sandbox.posts()) == 2
