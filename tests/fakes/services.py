"""Services of a place, as the hub tells them: the seed of the documents, dated from one morning."""

from typing import Final

from contract import messages as m

NOW_MS: Final = 1_795_687_200_000
"""Thursday, 26 November 2026, 11:20 in Paris."""
HOUR_MS: Final = 3_600_000
DAY_MS: Final = 24 * HOUR_MS


def words(fr: str, en: str = "", ar: str = "", sq: str = "") -> m.Words:
    """The same in the languages that have it."""
    told = {"fr": fr, "en": en, "ar": ar, "sq": sq}
    return tuple(m.Said(language=tongue, text=text) for tongue, text in told.items() if text)


SHOES = m.Service(
    service="shoes",
    version=12,
    name=words("Cordonnerie", "Shoe repair", "إصلاح الأحذية", "Këpucar"),
    picture="shoes",
    kind="object",
    way="drop",
    partner="partner-1",
    partner_name="Cordonnerie Bellecroix",
    cents=1200,
    about=words("Talons et semelles, par la cordonnerie du marché."),
    promises=(
        m.Promise(before_ms=NOW_MS - HOUR_MS, ready_ms=NOW_MS + DAY_MS),
        m.Promise(before_ms=NOW_MS + HOUR_MS, ready_ms=NOW_MS + 7 * HOUR_MS),
        m.Promise(before_ms=NOW_MS + DAY_MS, ready_ms=NOW_MS + 3 * DAY_MS),
    ),
    place=1,
)
LAUNDRY = m.Service(
    service="laundry",
    version=3,
    name=words("Pressing", "Laundry", "مصبغة", "Pastrim"),
    picture="shirt",
    kind="bag",
    way="drop",
    partner="partner-2",
    partner_name="Pressing du Saulcy",
    cents=350,
    options=(
        m.ServiceOption(option="iron", name=words("Repassage", "Ironing", "كيّ"), unit_cents=150, most=9),
        m.ServiceOption(option="stain", name=words("Détachage", "Stain removal"), unit_cents=205, most=2),
        m.ServiceOption(option="hanger", name=words("Sur cintre", "On a hanger"), unit_cents=0),
        m.ServiceOption(option="express", name=words("Express", "Express"), unit_cents=500),
    ),
    promises=(m.Promise(before_ms=NOW_MS + HOUR_MS, ready_ms=NOW_MS + DAY_MS),),
    counted=True,
    place=2,
)
PHONE = m.Service(
    service="phone",
    version=1,
    name=words("Réparation de téléphone", "Phone repair", "إصلاح الهاتف", "Riparim telefoni"),
    picture="phone",
    kind="object",
    way="drop",
    partner="partner-3",
    partner_name="Repair Café Borny",
    cents=0,
    quoted=True,
    place=3,
)
BASKET = m.Service(
    service="basket",
    version=7,
    name=words("Panier de légumes", "Vegetable basket", "سلة خضار", "Shportë perimesh"),
    picture="basket",
    kind="basket",
    way="order",
    partner="partner-4",
    partner_name="Les Jardins de Metz",
    cents=1050,
    promises=(m.Promise(before_ms=NOW_MS + DAY_MS, ready_ms=NOW_MS + 5 * DAY_MS),),
    pay="employer",
    perishable=True,
    place=4,
)
CHRISTMAS = m.Service(
    service="christmas",
    version=1,
    name=words("Marché de Noël solidaire", "Christmas market"),
    picture="gift",
    kind="basket",
    way="order",
    partner="partner-5",
    partner_name="Emmaüs Metz",
    cents=2500,
    promises=(m.Promise(before_ms=NOW_MS + DAY_MS, ready_ms=NOW_MS + 21 * DAY_MS),),
    place=5,
    from_ms=NOW_MS - DAY_MS,
    until_ms=NOW_MS + 20 * DAY_MS,
)
SERVICES = (SHOES, LAUNDRY, PHONE, BASKET, CHRISTMAS)


def documents(*services: m.Service) -> dict[str, m.AnyDocument]:
    """As they stand in the feed."""
    return {f"service/{one.service}": one for one in services or SERVICES}
