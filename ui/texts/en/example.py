"""Texts of ``qianyun example``."""

TEXTS = {
    "help": "Make estates to try things on.",
    "make.help": (
        "Write an invented estate of any size into a new or empty folder.\n\n"
        "Names and codes of divisions are real, all else is invented. The same options always give the same files, "
        "and each estate checks without an error and can be planned."
    ),
    "option.like": "shanxi: a province with 1+5+11 clouds; kaifeng: one city with its districts.",
    "option.systems": "Number of systems, 5 to 300,000; all other parts grow with it.",
    "option.seed": "Another seed gives another estate of the same size.",
    "drafting": "drafting",
    "writing": "Writing",
    "kind": "Kind",
    "count": "Records",
    "component": "component",
    "made": "Made {path}. Next: qianyun inventory check {path}",
}
