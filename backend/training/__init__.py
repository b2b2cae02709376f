"""Makes the model and judges it. Never ships."""

import os

# LightGBM's threads wait for each other many times a second. By default they do so by running in circles, and on a
# machine with other work, or with fewer cores than it seems, ten times as long: 4.4 s became 0.6 for 60 trees.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")  # read when LightGBM is loaded
