"""Tests of the roles on hosts of a laboratory."""
