"""Pieces that every page shares: tokens, styles, icons, the base page, and the one filter that writes money."""
