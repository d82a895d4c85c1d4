"""The whole IPv6 retrofit of a network of FRR routers in a laboratory, counted by pings."""
