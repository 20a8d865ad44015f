"""The demo: refusals explained by a running service, from what was pasted and from an account that it reads."""
