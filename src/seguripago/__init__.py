"""SeguriPago by Connect@me PAY: a purchase by bank transfer, accompanied to a guaranteed payment.

Floors, from the ground up: `values`, `ports`, `foundations`, `journey` | `adapters`, `web` | `jobs`, `config`.
Imports only go down; ARCHITECTURE.md tells the rest.
"""

__version__ = "0.1.0"
