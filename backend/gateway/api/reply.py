"""What all reply models have in common."""

from typing import Annotated

from pydantic import AwareDatetime, BaseModel, ConfigDict, PlainSerializer, WithJsonSchema

from gateway.clock import to_rfc3339

# In every reply in one form: UTC with milliseconds. Pydantic's own has none, or six digits, as it happens.
Time = Annotated[
    AwareDatetime,
    PlainSerializer(to_rfc3339, when_used="json"),
    WithJsonSchema({"type": "string", "format": "date-time"}),
]


class Reply(BaseModel):
    """
    A field without a default is one that is always there, so clients need no word for its absence.

    Fields with other names in JSON (`from`) are built by their own name.
    """

    model_config = ConfigDict(extra="forbid", validate_by_name=True, validate_by_alias=True)
