"""Reading AWS with boto3: reads only, with the service's own credentials or a role in other accounts."""
