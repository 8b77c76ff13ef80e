"""Pages are read, actions are pressed."""
