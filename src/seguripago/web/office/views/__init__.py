"""The office's pages, by what they are about."""
