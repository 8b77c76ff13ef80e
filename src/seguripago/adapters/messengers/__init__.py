"""Whoever carries our mails, one file each: every module defines ADAPTER with its own slug."""
