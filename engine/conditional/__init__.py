"""Conditional maximum likelihood: items estimated without a distribution of abilities."""
