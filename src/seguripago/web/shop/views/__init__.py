"""The buyer's views, one file a screen."""
