"""From a denial to a plan: the smallest combination of fixes, and what else it would open; pure, and names no layer."""
