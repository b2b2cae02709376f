"""Errors that stop the start of the brain."""


class ArtifactError(Exception):
    """The model artifact is missing, damaged, or not of this version. The brain must not start with it."""
