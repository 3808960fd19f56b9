"""Load a project, and check and plan it: the API that commands, servers and scripts share.

`load` is the only entry point for reading a project.
"""

from publisher.project.loading import Project, load
from publisher.project.memo import Memo

__all__ = ["Memo", "Project", "load"]
