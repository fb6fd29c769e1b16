"""The demo: every value, name and seed of it, and the main job as small steps. No product code imports it."""

__all__: list[str] = []
