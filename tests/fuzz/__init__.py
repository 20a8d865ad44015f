"""What hostile texts do to the readers and to whole diagnoses; `make fuzz` runs it."""
