"""What a person asks for by hand and cannot have; the words say why and what to do, in the reader's language."""


class Refused(ValueError):
    """Nothing was changed. Its text is for the one who asked."""
