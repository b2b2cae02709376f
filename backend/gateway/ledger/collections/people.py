"""
What people say, choose, and are told: collections `labels`, `lists`, `models`, `model_roles`, `alerts`, `outages`,
and `access`: keys, people, their sessions, and invitations.
"""

from pymongo import ASCENDING, DESCENDING, IndexModel

from gateway.ledger.collections import GIVEN_ACCOUNT, OF_ACCOUNT, Shape
from records.account import ACCOUNT
from records.models import MODELS, ROLES

_LABELS = {
    "bsonType": "object",
    "required": [
        "_id", "account", "transaction_id", "is_fraud", "source", "known_at", "recorded_at", "revision", "previous",
    ],
    "properties": {
        **OF_ACCOUNT,
        "transaction_id": {"bsonType": "string", "minLength": 1, "maxLength": 255},
        "is_fraud": {"bsonType": "bool"},
        "source": {"bsonType": "string", "minLength": 1, "maxLength": 64},
        "known_at": {"bsonType": "date"},
        "recorded_at": {"bsonType": "date"},
        "revision": {"bsonType": ["int", "long"], "minimum": 1},
        "previous": {"bsonType": "array", "maxItems": 20},
    },
}  # fmt: skip
_LISTS = {
    "bsonType": "object",
    "required": ["_id", "account", "list", "kind", "value", "reason", "expires_at", "created_at", "updated_at"],
    "properties": {
        **OF_ACCOUNT,
        "list": {"enum": ["deny", "allow"]},
        "kind": {"enum": ["user", "merchant", "card", "device", "ip", "country"]},
        "value": {"bsonType": "string", "minLength": 1, "maxLength": 255},
        "reason": {"bsonType": "string", "minLength": 1, "maxLength": 256},
        "expires_at": {"bsonType": ["date", "null"]},
        "created_at": {"bsonType": "date"},
        "updated_at": {"bsonType": "date"},
        "deleted_at": {"bsonType": "date"},
    },
}
_ALERTS = {
    "bsonType": "object",
    "required": [
        "_id", "account", "kind", "key", "data", "at", "state", "attempts", "next_at", "give_up_at", "ended_at",
    ],
    "properties": {
        "_id": {"bsonType": "string", "pattern": "^msg_"},
        **OF_ACCOUNT,
        "kind": {"bsonType": "string"},
        "key": {"bsonType": "string", "maxLength": 256},
        "data": {"bsonType": "object"},
        "at": {"bsonType": "date"},
        "state": {"enum": ["pending", "delivered", "dead", "unsent"]},
        "attempts": {"bsonType": ["int", "long"], "minimum": 0},
        "next_at": {"bsonType": ["date", "null"]},
        "give_up_at": {"bsonType": "date"},
        "lease": {"bsonType": ["object", "null"]},
        "last_error": {"bsonType": ["string", "null"]},
        "ended_at": {"bsonType": ["date", "null"]},
    },
}  # fmt: skip


_OUTAGES = {
    "bsonType": "object",
    "required": ["_id", "account", "cause", "from", "is_settled"],
    "properties": {
        "_id": {"bsonType": "objectId"},
        **OF_ACCOUNT,
        "cause": {"bsonType": "string", "minLength": 1},
        "from": {"bsonType": "date"},
        "to": {"bsonType": "date"},
        "is_open": {"enum": [True]},
        "is_settled": {"bsonType": "bool"},
        "report": {"bsonType": "object"},
    },
}
_ACCESS = {
    "bsonType": "object",
    "required": ["_id", "account", "kind", "changed_at"],
    "properties": {
        **OF_ACCOUNT,
        "_id": {"bsonType": "string", "pattern": "^(key|person|session|invitation):", "maxLength": 128},
        "kind": {"enum": ["key", "person", "session", "invitation"]},
        "changed_at": {"bsonType": "date"},
        "deleted_at": {"bsonType": "date"},
        "client": {"bsonType": "string", "minLength": 1, "maxLength": 64},
        "scopes": {"bsonType": "array", "maxItems": 32},
        "networks": {"bsonType": "array", "maxItems": 32},
        "secret_sha256": {"bsonType": "binData"},
        "token_sha256": {"bsonType": "binData"},
        "expires_at": {"bsonType": ["date", "null"]},
        "revoked_at": {"bsonType": ["date", "null"]},
        "slot": {"enum": [1, 2]},
        "roles": {"bsonType": "array", "maxItems": 8},
    },
}
_ACCOUNT = ("account", ASCENDING)
_NEWEST = ("at", DESCENDING), ("_id", DESCENDING)
_DAY_S = 86_400
_ARTIFACT = {
    "bsonType": "object",
    "required": ["_id", "account", "name", "version", "trained_on", "model", "metadata", "created_at", "by"],
    "properties": {
        **OF_ACCOUNT,
        "_id": {"bsonType": "string", "minLength": 64, "maxLength": 64},
        "name": {"bsonType": "string"},
        "version": {"bsonType": "string"},
        "trained_on": {"bsonType": "string"},
        "model": {"bsonType": "binData"},
        "metadata": {"bsonType": "binData"},
        "created_at": {"bsonType": "date"},
        "by": {"bsonType": "string"},
    },
}
_ROLES = {
    "bsonType": "object",
    "required": ["_id", "live", "shadow", "revision", "live_since", "shadow_since", "earlier", "changes"],
    "properties": {
        "_id": {"bsonType": "string"},  # the account
        "live": {"bsonType": ["string", "null"]},
        "shadow": {"bsonType": ["string", "null"]},
        "revision": {"bsonType": ["int", "long"], "minimum": 1},
        "live_since": {"bsonType": ["date", "null"]},
        "shadow_since": {"bsonType": ["date", "null"]},
        "earlier": {"bsonType": "array"},
        "changes": {"bsonType": "array"},
    },
}

LABELS = Shape(
    "labels",
    _LABELS,
    [
        # The label of a transaction; its _id is no key any more. Older gateways beside this one name none but in that.
        IndexModel(
            [_ACCOUNT, ("transaction_id", ASCENDING)],
            unique=True,
            name="account_transaction_id",
            partialFilterExpression={"transaction_id": {"$exists": True}},
        ),
        # What was recorded since, for brains.
        IndexModel([("recorded_at", ASCENDING)], name="news"),
    ],
    given=[{"$set": {"account": ACCOUNT, "transaction_id": "$_id"}}, {"$unset": "learn_pending"}],
    added=("account", "transaction_id"),
    replaced=("learn_pending",),
)

LISTS = Shape(
    "lists",
    _LISTS,
    [
        # An entry by what it is; its _id is no key any more.
        IndexModel(
            [_ACCOUNT, ("list", ASCENDING), ("kind", ASCENDING), ("value", ASCENDING)],
            unique=True,
            name="account_entry",
        ),
        # What changed since, for gateways, which hold all entries in memory.
        IndexModel([("updated_at", ASCENDING)], name="news"),
        IndexModel([("expires_at", ASCENDING)], name="expired", expireAfterSeconds=0),
        # every gateway hears of it within a second; who was away for longer reads all
        IndexModel([("deleted_at", ASCENDING)], name="taken_off", expireAfterSeconds=_DAY_S),
    ],
    given=GIVEN_ACCOUNT,
)

ALERTS = Shape(
    "alerts",
    _ALERTS,
    [
        # A page of all, of those in one state, of one kind; how many are in a state, or came between others.
        IndexModel([_ACCOUNT, *_NEWEST], name="account_newest"),
        IndexModel([_ACCOUNT, ("state", ASCENDING), *_NEWEST], name="account_state"),
        IndexModel([_ACCOUNT, ("kind", ASCENDING), *_NEWEST], name="account_kind"),
        # What one worker sends for all accounts, due ones of a kind first: behind thousands of flips the rest is found.
        IndexModel(
            [("kind", ASCENDING), ("next_at", ASCENDING)],
            name="due_by_kind",
            partialFilterExpression={"state": "pending"},
        ),
        IndexModel([("ended_at", ASCENDING)], name="forgotten", expireAfterSeconds=30 * _DAY_S),
    ],
    given=GIVEN_ACCOUNT,
    replaced=("newest", "state", "kind", "due"),
)

OUTAGES = Shape(
    "outages",
    _OUTAGES,
    [
        # However many gateways see it begin, at most one is open.
        IndexModel(
            [_ACCOUNT, ("is_open", ASCENDING)],
            unique=True,
            name="account_open",
            partialFilterExpression={"is_open": True},
        ),
        # Those whose figures are not final.
        IndexModel(
            [_ACCOUNT, ("is_settled", ASCENDING)],
            name="account_unsettled",
            partialFilterExpression={"is_settled": False},
        ),
        # A page of all; the one that overlaps a time.
        IndexModel([_ACCOUNT, ("from", DESCENDING), ("_id", DESCENDING)], name="account_newest"),
    ],
    given={
        **GIVEN_ACCOUNT,
        "$rename": {"report.exposed_minor": "report.approved_minor", "report.doubted": "report.suspect"},
    },
    first=({"is_open": True, "account": None},),
    replaced=("open", "unsettled", "newest"),
)
ARTIFACTS = Shape(
    MODELS,
    _ARTIFACT,
    [
        # Verdicts name a model so: two artifacts under one name could not be told apart.
        IndexModel(
            [("account", ASCENDING), ("name", ASCENDING), ("version", ASCENDING)], unique=True, name="account_named"
        ),
        # A list of the newest, without reading their content: of 50 that is up to 400 MB.
        IndexModel(
            [
                ("account", ASCENDING), ("created_at", DESCENDING), ("name", ASCENDING), ("version", ASCENDING),
                ("trained_on", ASCENDING), ("by", ASCENDING), ("_id", ASCENDING),
            ],
            name="account_listed",
        ),
    ],
)  # fmt: skip
MODEL_ROLES = Shape(ROLES, _ROLES)

ACCESS = Shape(
    "access",
    _ACCESS,
    [
        # Those of one kind; two good keys of a client and no third, whoever makes them at the same moment.
        IndexModel([_ACCOUNT, ("kind", ASCENDING)], name="account_kind"),
        IndexModel(
            [_ACCOUNT, ("client", ASCENDING), ("slot", ASCENDING)],
            unique=True,
            name="account_slots",
            partialFilterExpression={"slot": {"$exists": True}},
        ),
        # What changed since, for gateways and workers, which hold all in memory.
        IndexModel([("changed_at", ASCENDING)], name="news"),
        # every process hears of it within a second; who was away for longer reads all
        IndexModel([("deleted_at", ASCENDING)], name="removed", expireAfterSeconds=_DAY_S),
        # a revoked key is shown for 90 days; sessions and invitations that are over are nothing
        IndexModel([("revoked_at", ASCENDING)], name="revoked", expireAfterSeconds=90 * _DAY_S),
        IndexModel(
            [("expires_at", ASCENDING)],
            name="sessions_over",
            expireAfterSeconds=_DAY_S,
            partialFilterExpression={"kind": "session"},
        ),
        IndexModel(
            [("expires_at", ASCENDING)],
            name="invitations_over",
            expireAfterSeconds=_DAY_S,
            partialFilterExpression={"kind": "invitation"},
        ),
    ],
)
