"""The outside world: one folder per port, one file per provider. Blind to the journey and to one another."""
