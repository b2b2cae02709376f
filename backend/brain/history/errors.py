"""What the profiles may tell the rest of the brain."""


class ProfilesUnavailable(Exception):
    """History could not be written, or perhaps it was: send the same again. Names no driver, no address."""
