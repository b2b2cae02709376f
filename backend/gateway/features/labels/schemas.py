"""What a label looks like, for the document only: rendering.py builds it."""

from pydantic import AwareDatetime

from gateway.api.reply import Reply, json_body
from gateway.verdict.intake.schemas import LabelIn


class LabelOut(Reply):
    """What a transaction turned out to be; the highest revision stands."""

    transaction_id: str
    is_fraud: bool
    source: str
    known_at: AwareDatetime
    recorded_at: AwareDatetime
    revision: int


LABEL_REQUEST = json_body({"$ref": "#/components/schemas/LabelIn"})
DOCUMENTED = (LabelIn, LabelOut)
