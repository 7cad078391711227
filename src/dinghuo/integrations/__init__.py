"""Import and export, connectors: how Dinghuo talks to files and other systems."""
