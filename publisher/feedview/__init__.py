"""One rendering of a post as LinkedIn's readers would see it: frozen values in, HTML out.

It stands alone. Those who show posts bring their own adapters from what they have to `PostView`.
"""

from publisher.feedview.page import asset, content_policy, create_environment, render_post
from publisher.feedview.values import PostView

__all__ = ["PostView", "asset", "content_policy", "create_environment", "render_post"]
