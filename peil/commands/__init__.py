"""One module a command; `peil.cli` imports it only when it is called."""
