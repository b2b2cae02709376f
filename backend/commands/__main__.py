"""What `.venv/bin/sentinel` and the images' `sentinel` run."""

import sys

from commands.app import main

sys.exit(main())
