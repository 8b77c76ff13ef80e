"""File stores: each module here keeps files somewhere."""
