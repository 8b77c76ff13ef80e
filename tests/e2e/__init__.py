"""The real program in a real browser, walked as a stranger would."""
