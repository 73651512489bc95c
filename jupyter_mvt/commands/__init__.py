"""One verb = arguments + run. Magic, command line and server share these."""
