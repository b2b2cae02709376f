"""What can be wrong with the brain's own files."""


class ArtifactError(Exception):
    """The model artifact is missing, damaged, or not of this version. The brain must not start with it."""
