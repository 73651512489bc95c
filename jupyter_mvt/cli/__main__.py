"""``python -m jupyter_mvt.cli``."""

from __future__ import annotations

import sys

from jupyter_mvt.cli.main import main

sys.exit(main())
