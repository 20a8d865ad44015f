"""The readers, one module per family of formats; each takes plain text and yields what it saw."""
