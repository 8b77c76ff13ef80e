"""Parcel companies, one file each. The folder is the registry: every module defines ADAPTER with its own slug."""
