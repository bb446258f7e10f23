"""The hub: it owns people, orders, partners and the ledger of everything the sites did."""
