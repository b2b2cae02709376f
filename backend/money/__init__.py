"""Exact amounts, currencies and rates, for both services. Knows neither transactions nor settings."""
