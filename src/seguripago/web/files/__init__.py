"""Strangers' files: served at a host of their own, without cookies, always as a download that no browser runs."""
