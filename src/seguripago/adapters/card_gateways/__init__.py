"""Card gateways. One file per provider; the folder is the registry; none knows another."""
