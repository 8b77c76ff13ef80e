"""The tests. A package, so that `tests.<room>.builders` means ours, whatever a library installs under this name."""
