"""Scanners: each module here looks for malware with one program."""
