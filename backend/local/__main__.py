"""`PYTHONPATH=backend python -m local COMMAND`; people type `./setup.sh COMMAND`."""

import sys

from local.cli import main

sys.exit(main())
