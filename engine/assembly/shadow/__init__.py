"""Shadow tests: a whole plan that meets the blueprint, kept good by swaps after each answer."""
