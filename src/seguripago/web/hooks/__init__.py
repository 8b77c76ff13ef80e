"""Hooks: keep the raw body, answer, understand later."""
