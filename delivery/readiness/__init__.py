"""The readiness check: what a laptop can do, looked at on the laptop itself, weeks before a test."""
