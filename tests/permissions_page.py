"""Rewrite docs/permissions.md from what the layers declare: `python -m tests.permissions_page`."""

from pathlib import Path

from why403.bootstrap import build
from why403.usecases.permissions import Deployment, described

PLACE = Path(__file__).parents[1] / "docs/permissions.md"
# Every policy of the page is shown as it is where all of them are needed.
DEPLOYMENT = Deployment(role_name="why403", organization_account="111122223333")


def page() -> str:
    """Return the page as it should be."""
    return described(build().registry, DEPLOYMENT)


if __name__ == "__main__":
    PLACE.write_text(page(), encoding="utf-8")
