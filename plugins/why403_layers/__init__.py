"""The built-in layers of why403, one file each."""
