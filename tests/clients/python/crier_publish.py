"""crier: an article as a link post."""

import json
import os

from crier.platforms.base import Article
from crier.platforms.linkedin import LinkedIn

article = Article(title="From crier", body="", description="About it", canonical_url="https://example.com/a")
result = LinkedIn(os.environ["LINKEDIN_ACCESS_TOKEN"]).publish(article)
print(json.dumps({"success": result.success, "error": result.error, "id": result.article_id}))
