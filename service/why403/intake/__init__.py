"""From what callers send to requests and evidence, every fault with its pointer."""
