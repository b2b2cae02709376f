"""
What readers of the ledger rely on: names, positions and formats. Knows neither the gateway that writes it nor a brain.
"""
