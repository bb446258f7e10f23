"""The locker bridge of a site: it owns the doors, what lies behind them, and the pickup codes."""
