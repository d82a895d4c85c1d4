"""What the made examples are made of: real divisions, types of offices, invented names of systems, hardware, rules."""
