"""The seed of what is random in the tests: given, else another each time, but one and the same where `CI` is set."""

import os
import random
from typing import Final

SEED: Final = os.environ.get("WHY403_TEST_SEED") or ("403" if "CI" in os.environ else str(random.randrange(2**32)))
