"""A slow, literal reading of AWS's rules that knows every fact, kept as the yardstick for the engine."""
