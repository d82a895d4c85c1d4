"""Words for values of fields."""

TEXTS = {
    "province": "province",
    "city": "city",
    "county": "county",
    "township": "township",
    "village": "village",
    "business": "business",
    "portal": "portal",
    "mail": "mail",
    "office_automation": "office automation",
    "video": "video",
    "shared_platform": "shared platform",
    "base_database": "base database",
    "planned": "planned",
    "building": "building",
    "in_service": "in service",
    "closed": "closed",
    "low": "low",
    "medium": "medium",
    "high": "high",
    "critical": "critical",
}
