"""Make ``python -m peil`` the same as ``peil``."""

from peil.cli import main

main()
