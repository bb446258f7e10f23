"""A partner's desk is of certain sites, or of every one. Those there are keep the sites they were told of."""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

_BY_WHO_SEES_ALL = (
    "UPDATE partner_accesses SET everywhere = TRUE"
    " WHERE created_by IN (SELECT id FROM accounts WHERE role IN ('network', 'admin'))"
)
_BY_OTHERS = (
    "INSERT INTO partner_access_sites (access, site)"
    " SELECT partner_accesses.id, partner_sites.site FROM partner_accesses"
    " JOIN partner_sites ON partner_sites.partner = partner_accesses.partner"
    " WHERE partner_accesses.everywhere = FALSE"
)


def upgrade() -> None:
    op.add_column(
        "partner_accesses",
        sa.Column("everywhere", sa.Boolean(), server_default=sa.text("FALSE"), nullable=False),
    )
    op.create_table(
        "partner_access_sites",
        sa.Column("access", sa.String(length=64), nullable=False),
        sa.Column("site", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(
            ["access"], ["partner_accesses.id"], name=op.f("fk_partner_access_sites_access_partner_accesses")
        ),
        sa.ForeignKeyConstraint(["site"], ["sites.id"], name=op.f("fk_partner_access_sites_site_sites")),
        sa.PrimaryKeyConstraint("access", "site", name=op.f("pk_partner_access_sites")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_partner_access_sites_site", "partner_access_sites", ["site"])
    op.execute(_BY_WHO_SEES_ALL)
    op.execute(_BY_OTHERS)


def downgrade() -> None:
    op.drop_table("partner_access_sites")
    op.drop_column("partner_accesses", "everywhere")
