"""When verdicts had to be given blind: since when, why, and what became of them."""
