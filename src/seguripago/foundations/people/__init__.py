"""People: who works at a store and in which role."""
