"""The running server: doors, timers, the lease, the delivery worker."""
