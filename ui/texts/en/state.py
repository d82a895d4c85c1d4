"""``qianyun state``."""

TEXTS = {
    "help": "What runs have changed, in the estate's folder state/.",
    "pull.help": "Write what runs have changed into the estate.\n\nMay be repeated: only what is not there yet is added. Without RUN, all runs of this estate.",
    "wrote": "{path}: {entries} new {entries:entry|entries}",
    "same": "nothing new",
    "other-estate": "the run is of the estate '{found}'",
    "is-rehearsal": "a rehearsal changes nothing",
}
