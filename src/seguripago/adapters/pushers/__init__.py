"""Who wakes a browser: web push."""
