"""From verdicts to one decision and its explanation; names no layer."""
