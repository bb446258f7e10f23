"""What the hub decides, without I/O: the fold of the ledger, the reading of lists of people."""
