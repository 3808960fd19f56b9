"""The state in PostgreSQL does what every store does, and what only a shared one must."""

from collections.abc import Callable

import pytest

from publisher.state.postgres.store import PostgresStore
from publisher.state.store import Store
from tests.state.contract import StoreContract

pytestmark = pytest.mark.postgres


class TestPostgresStore(StoreContract):
    """The database does what every store does."""

    @pytest.fixture
    def reopen(self, database: str) -> Callable[[], Store]:
        return lambda: PostgresStore(database)
