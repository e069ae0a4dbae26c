"""Load the tables of ranks and places that rosters are parsed with."""

from collections.abc import Collection

from members.models import Country, Organisation, Rank
from trainings.roster_import.parsing.columns import Tables
from trainings.roster_import.parsing.places import Places
from trainings.roster_import.parsing.ranks import RankEntry, RankTable


def known_tables(country: str = "", *, countries: Collection[str] | None = None) -> Tables:
    """Return the ranks (of these countries, else of all) and places; `country` is the default for rows that name none.

    Three queries.
    """
    ranks = Rank.objects.order_by("country", "-nato", "name")
    if countries is not None:
        ranks = ranks.filter(country__in=countries)
    places = Places(
        Country.objects.values_list("code", "name"),
        [
            (home, code, (name, short, *local.split(" / ")), pk)
            for pk, home, code, name, short, local in Organisation.objects.values_list(
                "pk", "country", "code", "name", "short_name", "local_name"
            )
        ],
    )
    entries = [
        RankEntry(home, group, nato, name, other, pk)
        for pk, home, group, nato, name, other in ranks.values_list(
            "pk", "country", "group", "nato", "name", "other_script"
        )
    ]
    return Tables(RankTable(entries), places, country)
