"""Whose key is it? What a refusal means, and proof that a key belongs to its vendor code.

All listings but one name the vendor code, and Coupang refuses a key that is another's. The
settlements do not: there the key alone says whose they are. So they are read only once the key
was proved, and they tell a key that is good, but not for this vendor code, from one that is not.
"""

from datetime import date

from extract.client import Client, Tally
from extract.errors import (
    AddressRefused,
    ApiError,
    ClockSkewed,
    ExtractError,
    KeyRefused,
    VendorRefused,
)
from extract.listings import LISTINGS, ORDER_STATUSES, Window


def prove(client: Client, today: date) -> None:
    """Makes sure that Coupang takes the key for the account's vendor code; ApiError if not."""
    if client.proved:
        return
    part = LISTINGS["order_sheets"].part(
        client.account.vendor_id, Window(today, today, today, today), ORDER_STATUSES[0]
    )
    client.get(part.path, part.params, Tally())


def diagnose(client: Client, refusal: ApiError, today: date) -> ApiError:
    """What a refusal of the account really is; worked out once per client."""
    with client.diagnosing:
        if client.diagnosis is None:
            client.diagnosis = _diagnosis(client, refusal, today).of(client.account.name)
        return client.diagnosis


def _diagnosis(client: Client, refusal: ApiError, today: date) -> ApiError:
    if isinstance(refusal, AddressRefused | ClockSkewed):
        return refusal
    part = LISTINGS["settlements"].part("", Window(today, today, today, today), "")
    try:
        client.get(part.path, part.params, Tally(), even_if_refused=True)
    except KeyRefused as error:
        return error
    except ExtractError:
        return refusal
    return VendorRefused(f"The keys are good, but not for vendor code {client.account.vendor_id}")


def check(client: Client, today: date) -> ApiError | None:
    """Asks the API with an account's key: None where it is good, otherwise what is wrong."""
    try:
        prove(client, today)
    except ApiError as error:
        return diagnose(client, error, today) if error.ends_account else error
    return None
