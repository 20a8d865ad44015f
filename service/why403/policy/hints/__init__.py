"""What exactly is wrong with the elements of a statement that does not allow a request, where that can be told."""

from why403.policy.hints.failing import Failed, Failing, Hint, Name, failed, failing_in, hints, told

__all__ = ["Failed", "Failing", "Hint", "Name", "failed", "failing_in", "hints", "told"]
