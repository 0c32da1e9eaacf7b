"""The ledger of outgoing articles."""
