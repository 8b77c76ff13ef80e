"""What decides in this room. Pure."""
