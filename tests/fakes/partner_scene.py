"""A site with two partners, bags on their way to one of them, and orders for both."""

from pathlib import Path

from sqlalchemy import insert

from contract import bag_tag
from contract import messages as m
from hub.config import HubSettings
from hub.store.database import writing
from hub.store.own_facts import OwnFact, append
from hub.store.partners import Partner, add_partner, works_at
from hub.store.tables import partner_accesses
from tests.fakes.hub_scene import QUICK, SITE, Scene

BAGS = tuple(bag_tag.printed(f"bag-{n}") for n in range(40))
OTHERS = bag_tag.printed("somebody-elses")
ROUND = "7a3e5c1d9b8f4062ae4c6d8f0b1a2c3e"
NET = "NET-0021744"
"""A tag of another make, on no order."""


class PartnerScene(Scene):
    """`laundry` is sent forty bags and has an order on the first two; `cobbler` has one bag."""

    def __init__(self, directory: Path, settings: HubSettings | None = None, *, bags: int = 3) -> None:
        super().__init__(directory, settings)
        self.tags = BAGS[:bags]
        self.access, self.pin_of_laundry = "d" * 32, "482913"
        with writing(self.hub.engine) as connection:
            now_ms = self.clock.wall_ms()
            self.laundry = add_partner(connection, Partner("Pressing Bellecroix"), SITE, now_ms)
            self.cobbler = add_partner(connection, Partner("Cordonnerie du Sablon"), SITE, now_ms)
            connection.execute(
                insert(partner_accesses).values(
                    id=self.access,
                    partner=self.laundry,
                    name="Atelier",
                    pin_hash=QUICK.hash(self.pin_of_laundry),
                    created_ms=now_ms,
                    created_by="account-admin",
                    everywhere=True,
                )
            )
        self.connect()
        for n, tag in enumerate(self.tags):
            self._ordered(f"bag-{n}", f"order-{n}", tag, self.laundry)
        self._ordered("shoes", "order-shoes", OTHERS, self.cobbler)
        self.leaves(ROUND, self.laundry, self.tags)

    def _ordered(self, item: str, order: str, tag: str, partner: str) -> None:
        placed = m.OrderPlaced(
            order=order,
            number=bag_tag.printed(item),
            item=item,
            kind="bag",
            person=f"person-of-{item}",
            way="none",
            service="laundry",
            version=1,
            partner=partner,
            lines=(
                m.OrderLine(name="Lavage au kilo", unit_cents=900),
                m.OrderLine(name="Repassage", unit_cents=150, count=3),
            ),
            total_cents=1350,
            pieces=4,
            promised_ms=self.clock.wall_ms() + 30 * 3_600_000,
            anonymous=True,
        )
        self.said(placed, m.BagTagged(tag=tag, item=item, how="printed"))

    def ordered_basket(self, order: str, partner: str) -> None:
        """Vegetables: nothing has a tag."""
        self.said(
            m.OrderPlaced(
                order=order,
                number=bag_tag.printed("basket"),
                item="basket",
                kind="basket",
                person="person-of-basket",
                way="none",
                service="basket",
                version=1,
                partner=partner,
                lines=(m.OrderLine(name="Panier de légumes", unit_cents=1500),),
                total_cents=1500,
                anonymous=True,
            )
        )

    @property
    def key(self) -> str:
        """The first bag, as the page names it in an address."""
        return f"{SITE}%2F{self.tags[0]}"

    def twin(self) -> str:
        """The laundry works at another site, too, and has a bag of it under the tag of our first."""
        tag, now_ms = self.tags[0], self.clock.wall_ms()
        self.hub.site("metz")
        by = m.Holder(kind="partner", id=self.laundry)
        self.said(m.BagScanned(tag=tag, side="take", holder=by, item="bag-0", manifest=ROUND))
        with writing(self.hub.engine) as connection:
            works_at(connection, self.laundry, "metz")
            facts: tuple[m.OrderFact, ...] = (
                m.BagTagged(tag=tag, item="twin", how="printed"),
                m.BagScanned(tag=tag, side="take", holder=by, item="twin"),
            )
            own = [OwnFact(f"twin-{n}", "metz", now_ms, False, fact) for n, fact in enumerate(facts)]
            append(connection, own, now_ms)
        return tag

    def leaves(self, manifest: str, partner: str, tags: tuple[str, ...]) -> None:
        """Staff give bags to the driver of a partner, who signs."""
        by = m.Holder(kind="staff", id=self.member)
        to = m.Holder(kind="partner", id=partner)
        self.said(
            *(m.BagScanned(tag=tag, side="give", holder=by, other=to, manifest=manifest) for tag in tags),
            m.ManifestClosed(
                manifest=manifest, partner=partner, direction="out", tags=tags, by=by, signed=True
            ),
        )
