"""Medios de pago: deposits as they arrive, what became of them, what is expected and what a person must look at."""
