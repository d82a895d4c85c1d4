"""A real migration in the lab, counted: ``python -m tools.lab_migrate`` (docs/lab-migrate.md)."""
