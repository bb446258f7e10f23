"""What is known of the machines under the devices, and the excerpts of their logs somebody asked for."""

from sqlalchemy import BigInteger, Column, ForeignKey, Index, Integer, Table, Text

from hub.store.columns import Device, Id, Utc, Word, metadata

device_health = Table(
    "device_health",
    metadata,
    Column("device", Device, ForeignKey("devices.id"), primary_key=True),
    Column("told_ms", Utc, nullable=False),  # its last hello
    Column("boot", Id, nullable=False),  # two devices of one boot are on one machine
    Column("booted_ms", Utc, nullable=False),
    Column("celsius", Integer),
    Column("under_voltage", Word),  # no | was (since it was switched on) | now
    Column("disk_free_pct", Integer),
    Column("memory_free_pct", Integer),
    Column("certificate_ends_ms", Utc),
    Column("journal_bytes", BigInteger),
    Column("backlog", BigInteger, nullable=False, server_default="0"),  # at that hello
    Column("scale", Word),  # good | silent | moving; absent where there is none
    Column("behind_ms", Utc),  # since when its backlog has not got smaller
    sqlite_with_rowid=False,
)
"""One row a device, the newest hello wins; what a device cannot tell, or an older one does not, is absent."""

log_wishes = Table(
    "log_wishes",
    metadata,
    Column("id", Id, primary_key=True),
    Column("device", Device, ForeignKey("devices.id"), nullable=False),
    Column("account", Id, nullable=False),
    Column("state", Word, nullable=False),  # asked | sent | told | dead
    Column("why", Word),  # dead: offline | silent | restart
    Column("lines", Text),
    Column("asked_ms", Utc, nullable=False),
    Column("changed_ms", Utc, nullable=False),
    Index(None, "device", "asked_ms"),
)
"""Deleted an hour after they were asked for, whatever came of them (hub.store.log_wishes)."""
