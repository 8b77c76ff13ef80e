"""The buyer's pages: catalogue, cart, checkout, order page, payment link, and what anyone may read."""
