"""The variables that override LinkedIn's addresses of publisher.yaml."""

API_URL_VARIABLE = "PUBLISHER_LINKEDIN_API_URL"
OAUTH_URL_VARIABLE = "PUBLISHER_LINKEDIN_OAUTH_URL"
