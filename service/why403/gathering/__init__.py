"""Gathering evidence: every collector of what is wanted and not given, driven at once, within a deadline."""

from why403.gathering.answers import Answer, Reader
from why403.gathering.desk import Desk
from why403.gathering.gather import Family, Gathered, Terms, gather
from why403.gathering.subject import Subject

__all__ = ["Answer", "Desk", "Family", "Gathered", "Reader", "Subject", "Terms", "gather"]
