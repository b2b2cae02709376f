"""Ids in paths: whole, also with the slashes that they may hold, and in the form in which they are kept."""

from starlette.convertors import Convertor, register_url_convertor

from gateway.values.characters import composed


class IdConvertor(Convertor[str]):
    """What stands behind it in a route, such as /label, is no part of the id."""

    regex = ".+"

    def convert(self, value: str) -> str:
        """Ids are kept in normal form C."""
        return composed(value)

    def to_string(self, value: str) -> str:
        """As it is."""
        return value


register_url_convertor("id", IdConvertor())
TRANSACTION_ID = "{transaction_id:id}"
