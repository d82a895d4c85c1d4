"""Languages of the simulated devices, as rows of data."""
