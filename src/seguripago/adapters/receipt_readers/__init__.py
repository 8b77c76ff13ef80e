"""Readers of what a buyer shows us. One file per kind; the folder is the registry; none knows another."""
