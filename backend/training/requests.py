"""Makes requests of payments, as merchants send them to POST /transaction: what is unknown is left out."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone

from training.payments import NO_CODE, NO_OFFSET_MIN, NO_TIME_MS, Payments

Request = dict[str, object]


@dataclass(frozen=True, slots=True)
class Requests:
    """
    Makes the request of each payment.

    Attributes:
        payments: What is sent.
        run: Begins every id, so that runs on one ledger share nobody: eight hexadecimal digits.
    """

    payments: Payments
    run: str

    def __getitem__(self, row: int) -> Request:
        """Make the request of one payment."""
        p = self.payments
        request: Request = {
            "transaction_id": self.transaction_id(row),
            "amount": f"{p.amount_minor[row] / 100:.2f}",
            "currency": "USD",
            "user_id": f"{self.run}-u{p.user[row]}",
            "timestamp": self._timestamp(row),
            "merchant_id": self._named("m", int(p.merchant[row])),
            "channel": self._text("channel", row),
            "payment_method": self._text("payment_method", row),
            "merchant": _known(category=self._text("category", row), country=self._text("merchant_country", row)),
            "card": _known(
                token=self._named("c", int(p.card[row])),
                bin=self._text("card_bin", row),
                country=self._text("card_country", row),
                funding=self._text("card_funding", row),
            ),
            "device": _known(id=self._named("d", int(p.device[row])), ip=self._address(int(p.address[row]))),
            "location": _known(country=self._text("location_country", row)),
            "customer": _known(email=self._email(row), created_at=_time(int(p.account_created_ms[row]))),
            "billing": _known(country=self._text("billing_country", row)),
            "shipping": _known(country=self._text("shipping_country", row)),
        }
        return _known(**request)

    def transaction_id(self, row: int) -> str:
        """Return the id of one payment."""
        return f"{self.run}-{row}"

    def _named(self, prefix: str, code: int) -> str | None:
        return None if code == NO_CODE else f"{self.run}-{prefix}{code}"

    def _text(self, column: str, row: int) -> str | None:
        code = int(getattr(self.payments, column)[row])
        return None if code == NO_CODE else self.payments.categories[column][code]

    def _address(self, code: int) -> str | None:
        """Return an address of the range for documentation (RFC 3849), another one in each run."""
        if code == NO_CODE:
            return None
        return f"2001:db8:{self.run[:4]}:{self.run[4:8]}::{code >> 16:x}:{code & 65535:x}"

    def _email(self, row: int) -> str | None:
        code = int(self.payments.email[row])
        domain = self._text("email_domain", row)
        return None if code == NO_CODE or domain is None else f"{self.run}-{code}@{domain}"

    def _timestamp(self, row: int) -> str:
        offset_min = int(self.payments.utc_offset_min[row])
        zone = UTC if offset_min == NO_OFFSET_MIN else timezone(timedelta(minutes=offset_min))
        return datetime.fromtimestamp(int(self.payments.time_ms[row]) / 1000, zone).isoformat(timespec="milliseconds")


def _known(**fields: object) -> Request:
    """Leave out what is unknown or empty."""
    return {name: value for name, value in fields.items() if value is not None and value != {}}


def _time(time_ms: int) -> str | None:
    return None if time_ms == NO_TIME_MS else datetime.fromtimestamp(time_ms / 1000, UTC).isoformat()
