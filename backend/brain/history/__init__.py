"""
The brain's history in MongoDB. Only this package knows the driver.

Motor runs each operation in a thread and cannot cancel one. The pool is small because everything that uses it
is bounded: two reads and two writes of two operations each, and the migrations.
"""

import os

os.environ.setdefault("MOTOR_MAX_WORKERS", "9")  # read once, when motor is first imported
