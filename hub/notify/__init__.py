"""Words and ways of a message to a person: `texts` writes it, `gateways` hands it over."""
