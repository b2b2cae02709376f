"""
The brain's memory of past payments, read from the ledger. Only this package knows the driver.

Motor runs each operation in a thread and cannot cancel one. The pool is small because one scan and one tail use it.
"""

import os

os.environ.setdefault("MOTOR_MAX_WORKERS", "4")  # read once, when motor is first imported
