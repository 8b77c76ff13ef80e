"""Banks that tell us of money. One file per provider; the folder is the registry; none knows another."""
