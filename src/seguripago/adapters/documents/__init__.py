"""Printers: each module here draws the papers of ports.documents."""
