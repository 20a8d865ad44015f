"""One module per thing the service does, without Flask and without boto3."""
