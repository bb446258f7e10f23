"""The touch screen: it owns the conversation with one person."""
