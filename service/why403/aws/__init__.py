"""AWS with boto3: reads with the service's own credentials or a role in other accounts, changes under another role."""

from why403.aws.accounts import Access
from why403.aws.reader import AwsReader, connect
from why403.aws.writer import AwsWriter, writer_at

__all__ = ["Access", "AwsReader", "AwsWriter", "connect", "writer_at"]
