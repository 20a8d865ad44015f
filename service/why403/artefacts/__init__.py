"""A change as people apply it: its difference, the commands, Terraform and CloudFormation; texts only, and pure."""

from why403.artefacts.change import shown

__all__ = ["shown"]
