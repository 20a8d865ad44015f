"""What a refusal can mean: possible causes, how common they are, and what tells them apart."""
