"""Measures of SeguriPago, each beside a floor measured in the same run. `python -m bench [--fast] [--only NAME]`."""
