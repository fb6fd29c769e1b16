"""The practice test: every type of question as the player shows it, without codes, and nothing is kept."""
