"""Who can be asked for CEPs: one file each."""
