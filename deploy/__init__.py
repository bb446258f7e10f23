"""How the system is installed, provisioned and shown."""
