"""The long tests of runs: real workers, stores and hosts, which are killed, stopped or cut off."""
