"""The user's folders are those of platformdirs, in whatever environment."""

import platformdirs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from publisher.folders import user_folder

PLACES = st.sampled_from([None, "", "relative/folder", "~/folder", "/", "/srv/x", "/srv/x/"])


@given(named=PLACES, home=PLACES)
def test_they_are_where_platformdirs_says(named: str | None, home: str | None) -> None:
    with pytest.MonkeyPatch.context() as patch:
        for variable, value in (("XDG_CACHE_HOME", named), ("XDG_CONFIG_HOME", named), ("HOME", home)):
            if value is None:
                patch.delenv(variable, raising=False)
            else:
                patch.setenv(variable, value)
        assert user_folder("cache") == platformdirs.user_cache_path("publisher", appauthor=False)
        assert user_folder("config") == platformdirs.user_config_path("publisher", appauthor=False)
