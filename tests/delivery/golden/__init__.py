"""Logs of every release, as it wrote them: each later one must read them, for ever."""
