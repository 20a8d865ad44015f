"""Keeping the SDK from logging: its debug messages hold requests, answers and signatures, whatever our own level."""

import logging
from typing import Final

_LOGGERS: Final = ("boto3", "botocore", "s3transfer", "urllib3")


def silence_sdk() -> None:
    """Let through errors only: warnings quote what AWS said; what fails is told in our words where it is read."""
    for name in _LOGGERS:
        logging.getLogger(name).setLevel(logging.ERROR)
