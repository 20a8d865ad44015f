"""The service over HTTP: one blueprint per endpoint, one table from errors to answers."""
