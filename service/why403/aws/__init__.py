"""Reading AWS with boto3: reads only, with the service's own credentials or a role in other accounts."""

from why403.aws.accounts import Access
from why403.aws.reader import AwsReader, connect

__all__ = ["Access", "AwsReader", "connect"]
