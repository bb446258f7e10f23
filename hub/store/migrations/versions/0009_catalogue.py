"""What a site offers, who does it, and who pays for the place."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def _text(name: str, length: int, *, nullable: bool = False, default: str | None = None) -> sa.Column[str]:
    return sa.Column(name, sa.String(length=length), server_default=default, nullable=nullable)


def _moment(name: str, *, nullable: bool = False) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger(), nullable=nullable)


def _number(name: str, default: str | None = None) -> sa.Column[int]:
    return sa.Column(name, sa.Integer(), server_default=default, nullable=False)


def _yes_no(name: str, *, default: sa.TextClause | None = None) -> sa.Column[bool]:
    return sa.Column(name, sa.Boolean(), server_default=default, nullable=False)


def _of(table: str, column: str, other: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=f"fk_{table}_{column}_{other}")


def upgrade() -> None:
    op.create_table(
        "employers",
        _text("id", 64),
        _text("site", 40, nullable=True),
        _text("name", 80),
        _moment("created_ms"),
        _moment("removed_ms", nullable=True),
        _of("employers", "site", "sites"),
        sa.PrimaryKeyConstraint("id", name="pk_employers"),
    )
    op.create_index("ix_employers_site", "employers", ["site"], unique=False)
    _partners()
    _services()
    op.create_table(
        "sponsor_contracts",
        _text("id", 64),
        _text("site", 40),
        _text("sponsor", 120),
        _number("monthly_cents"),
        _moment("from_ms"),
        _moment("until_ms", nullable=True),
        _moment("created_ms"),
        _of("sponsor_contracts", "site", "sites"),
        sa.PrimaryKeyConstraint("id", name="pk_sponsor_contracts"),
    )
    op.create_index("ix_sponsor_contracts_site", "sponsor_contracts", ["site"], unique=False)
    op.add_column("people", _text("badge_hash", 128, nullable=True))
    op.add_column("staff", _text("employer", 64, nullable=True))


def _partners() -> None:
    op.create_table(
        "partners",
        _text("id", 64),
        _text("name", 80),
        _text("phone", 40, nullable=True),
        _text("email", 200, nullable=True),
        _yes_no("ess", default=sa.text("FALSE")),
        _moment("ess_proof_ms", nullable=True),
        _moment("created_ms"),
        _moment("removed_ms", nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_partners"),
    )
    op.create_table(
        "partner_sites",
        _text("partner", 64),
        _text("site", 40),
        _of("partner_sites", "partner", "partners"),
        _of("partner_sites", "site", "sites"),
        sa.PrimaryKeyConstraint("partner", "site", name="pk_partner_sites"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_partner_sites_site", "partner_sites", ["site"], unique=False)
    op.create_table(
        "partner_hours",
        _text("partner", 64),
        _number("weekday"),
        _number("opens_min"),
        _number("closes_min"),
        _of("partner_hours", "partner", "partners"),
        sa.PrimaryKeyConstraint("partner", "weekday", "opens_min", name="pk_partner_hours"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "partner_closures",
        _text("id", 64),
        _text("partner", 64),
        _moment("from_ms"),
        _moment("until_ms"),
        _of("partner_closures", "partner", "partners"),
        sa.PrimaryKeyConstraint("id", name="pk_partner_closures"),
    )
    op.create_index(
        "ix_partner_closures_partner_until_ms", "partner_closures", ["partner", "until_ms"], unique=False
    )


def _services() -> None:
    op.create_table(
        "services",
        _text("id", 64),
        _text("site", 40),
        _text("partner", 64),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("about", sa.Text(), server_default="{}", nullable=False),
        _text("picture", 40),
        _text("kind", 40),
        _text("way", 40),
        _number("cents"),
        _text("pay", 40),
        *(_yes_no(name) for name in ("quoted", "perishable", "counted")),
        _text("lead", 40),
        *(_number(name, "0") for name in ("lead_days", "before_min", "ready_min")),
        _text("weekdays", 13, default=""),
        _number("place"),
        _moment("from_ms", nullable=True),
        _moment("until_ms", nullable=True),
        _number("version"),
        _moment("created_ms"),
        _moment("removed_ms", nullable=True),
        _of("services", "site", "sites"),
        _of("services", "partner", "partners"),
        sa.PrimaryKeyConstraint("id", name="pk_services"),
    )
    op.create_index("ix_services_partner", "services", ["partner"], unique=False)
    op.create_index("ix_services_site_place", "services", ["site", "place"], unique=False)
    op.create_table(
        "service_options",
        _text("service", 64),
        _text("id", 64),
        _number("place"),
        sa.Column("name", sa.Text(), nullable=False),
        _number("cents"),
        _number("most"),
        _of("service_options", "service", "services"),
        sa.PrimaryKeyConstraint("service", "id", name="pk_service_options"),
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    op.drop_column("staff", "employer")
    op.drop_column("people", "badge_hash")
    tables = ("sponsor_contracts", "service_options", "services", "partner_closures", "partner_hours")
    for table in (*tables, "partner_sites", "partners", "employers"):
        op.drop_table(table)
