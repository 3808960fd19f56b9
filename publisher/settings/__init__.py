"""Settings: `publisher.yaml` and the environment to one Config."""
