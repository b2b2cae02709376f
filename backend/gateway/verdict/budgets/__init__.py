"""How far a model's scores are acted on: may_block, the decline cap, a review threshold that follows the traffic."""
