"""How fast decisions and answers are; `make bench` prints it."""
