"""Everything that is wired together: settings, server, timers, delivery worker, command line."""
