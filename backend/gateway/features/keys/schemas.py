"""Keys as JSON."""

import ipaddress
from typing import Annotated

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field

from gateway.access.keys import ApiKey
from gateway.access.scopes import Scope
from gateway.api.reply import Reply, Time, json_body

CLIENT_CHARS_MAX, SCOPES_MAX, NETWORKS_MAX = 64, len(Scope), 32


def to_network(value: str) -> str:
    """Write an address or a network in CIDR form. Raises ValueError, with words for whoever wrote it."""
    try:
        return str(ipaddress.ip_network(value.strip()))
    except ValueError:
        raise ValueError("must be a network such as 10.0.0.0/8 or fd00::/8, without bits beyond its prefix") from None


Client = Annotated[str, Field(min_length=1, max_length=CLIENT_CHARS_MAX, pattern=r"^[A-Za-z0-9][A-Za-z0-9 ._@-]*$")]
Network = Annotated[str, Field(max_length=64), AfterValidator(to_network)]


class KeyIn(BaseModel):
    """A key to make. `networks`: where it may be used; everywhere without any. `expires_at`: never without it."""

    model_config = ConfigDict(extra="forbid")

    client: Client
    scopes: Annotated[list[Scope], Field(min_length=1, max_length=SCOPES_MAX)]
    networks: Annotated[list[Network], Field(max_length=NETWORKS_MAX)] = []
    expires_at: AwareDatetime | None = None


class KeyOut(Reply):
    """What is known of a key; its secret is not. `last_used_at` is a minute old at most."""

    id: str
    client: str
    scopes: list[Scope]
    networks: list[str]
    created_at: Time
    created_by: str
    expires_at: Time | None
    revoked_at: Time | None
    last_used_at: Time | None

    @classmethod
    def of(cls, key: ApiKey) -> "KeyOut":
        """Leave out the hash."""
        return cls.model_validate(key)


class NewKeyOut(Reply):
    """`key` is shown this once, and nobody can find it out later."""

    key: str
    id: str
    client: str
    scopes: list[Scope]
    networks: list[str]
    created_at: Time
    created_by: str
    expires_at: Time | None


class KeysOut(Reply):
    """All of them, revoked ones for 90 days, by client, the newest first. Those of key files are not among them."""

    keys: list[KeyOut]


KEY_REQUEST = json_body({"$ref": "#/components/schemas/KeyIn"})
DOCUMENTED = (KeyIn,)
