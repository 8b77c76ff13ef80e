"""What the payer's addresses do."""
