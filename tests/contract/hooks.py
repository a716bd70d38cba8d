"""What the contract's schemas cannot say. With it, everything that schemathesis makes up as good has to be accepted."""

import datetime
import itertools
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import requests
import schemathesis
from schemathesis.core.parameters import ParameterLocation
from schemathesis.generation.meta import TestPhase, negated_parameters

identities = json.loads(Path(os.environ["PERENNIAL_TEST_IDENTITIES"]).read_text())["auth"]
session = requests.Session()
session.headers.update({header["name"]: header["value"] for header in identities[0]["fixedHeaders"]})
numbers = itertools.count()


def api(method: str, path: str, **more: Any) -> requests.Response:
    return session.request(method, f"{os.environ['PERENNIAL_TEST_URL']}{path}", **more)


def made(resource: str) -> str:
    """A new record's id."""
    draft: dict[str, Any] = {"name": unique("Made beforehand")}
    if resource == "purchases":
        draft = {"customer_id": made("customers"), "lines": [{"quantity": "1", "price": "2"}]}
    elif resource == "exchange-rates":
        draft = {"currency": "USD", "since": day(), "rate": "7"}
    elif resource == "users":
        draft |= {"email": address(), "role_id": me["role_id"], "active": True}
    answer = api("POST", f"/api/v1/{resource}", json=draft)
    answer.raise_for_status()
    return str(answer.json()["id"])


def unique(name: str) -> str:
    return f"{name}-{os.getpid()}-{next(numbers)}"


def day() -> str:
    """A day that nobody else uses."""
    return datetime.date.fromordinal(1_000 + (os.getpid() * 7_919 + next(numbers)) % 3_600_000).isoformat()


def address() -> str:
    return f"{unique('someone')}@example.com"


me = api("GET", "/api/v1/me").json()["user"]
records = {resource: made(resource) for resource in ("customers", "contacts", "purchases", "products", "product-categories", "exchange-rates", "tags", "users", "teams", "roles")}
# A reference must name a record that is there, but not itself, and a parent must not be below its child.
REFERENCES = {
    "owner_id": me["id"],
    "role_id": me["role_id"],
    "customer_id": made("customers"),
    "category_id": made("product-categories"),
    "tag_ids": [records["tags"]],
    "team_ids": [records["teams"]],
    "product_id": records["products"],
    "seller_id": me["id"],
    # A return has rules of its own.
    "reverses_id": None,
    "parent_id": None,
}
# Zones are IANA's, and there are exchange rates of one currency alone.
WORDS = {"zone": "Europe/Berlin", "currency": "CNY"}


@schemathesis.hook
def before_load_schema(context: schemathesis.HookContext, schema: dict[str, Any]) -> None:
    for path in schema["paths"].values():
        for operation in path.values():
            # A cursor is opaque: nobody can make one up.
            parameters = operation.get("parameters", [])
            operation["parameters"] = [parameter for parameter in parameters if parameter["name"] != "cursor"]
        if "delete" in path:
            # What was restored is there again. The check of use after deletion does not know.
            del path["delete"]["responses"]["204"]["links"]


@schemathesis.hook
def before_call(context: schemathesis.HookContext, case: schemathesis.Case, kwargs: dict[str, Any]) -> None:
    meta = case.meta
    if meta is None or case.method != case.operation.method.upper():
        return
    if not meta.is_negative_at(ParameterLocation.PATH) and meta.phase.name != TestPhase.STATEFUL:
        name_a_record(case)
    negated = {name for name, _ in negated_parameters(meta)}
    if "If-Match" not in negated:
        name_its_version(case)
    if "Idempotency-Key" not in negated and case.headers and "Idempotency-Key" in case.headers:
        # The same key with another body is refused.
        case.headers["Idempotency-Key"] = unique("key")
    if not meta.is_negative_at(ParameterLocation.BODY):
        obey(case.body)
        if case.operation.path.startswith("/api/v1/exchange-rates"):
            exchange_rates(case.body)
        if case.method == "PATCH" and isinstance(case.body, dict):
            # What the server gives once cannot be taken away.
            for name in ("code", "purchased_on", "since", "currency"):
                if not case.body.get(name, True):
                    del case.body[name]


def name_a_record(case: schemathesis.Case) -> None:
    """Changes are made to a record that is there; what is deleted is made for it."""
    resource = case.operation.path.split("/")[3:4]
    if case.method != "GET" and "{id}" in case.operation.path and resource[0] in records:
        case.path_parameters["id"] = made(resource[0]) if case.method == "DELETE" else records[resource[0]]


def name_its_version(case: schemathesis.Case) -> None:
    """... and to the version that it has."""
    if case.headers and "If-Match" in case.headers:
        etag = api("GET", case.formatted_path).headers.get("ETag")
        case.headers["If-Match"] = etag or case.headers["If-Match"]


def obey(value: Any) -> None:
    """Makes a body obey the rules between its fields."""
    if isinstance(value, list):
        for item in value:
            obey(item)
    if not isinstance(value, dict):
        return
    if value.get("active") or value.get("email", "") is None:
        # Who may sign in has an address.
        value["email"] = address()
    for name, member in list(value.items()):
        if name in REFERENCES:
            value[name] = member and REFERENCES[name]
        elif name in WORDS:
            value[name] = member and WORDS[name]
        elif name == "freight" and isinstance(member, str):
            value[name] = "9.9"
        elif name in ("external_id", "external_system"):
            # One does not go without the other, and both together are unique.
            value["external_id"], value["external_system"] = unique("external"), "erp"
        elif name == "amount" and isinstance(member, str):
            # What something costs is not negative.
            value[name] = member.removeprefix("-")
        elif (key := KEYS.get(name)) and isinstance(member, list):
            value[name] = list({json.dumps(key(item)): item for item in member}.values())
        elif rule := RULES.get(name):
            for item in member or []:
                rule(item)
        obey(member)


def exchange_rates(value: Any) -> None:
    """A rate is of another currency, above zero, and the only one of its day."""
    for item in value if isinstance(value, list) else []:
        exchange_rates(item)
    if isinstance(value, dict):
        known = {"currency": "USD", "since": day(), "rate": "7"}
        value.update({name: word for name, word in known.items() if value.get(name)})
        for member in value.values():
            exchange_rates(member)


def line(value: dict[str, Any]) -> None:
    """A line has a price, and the rest follows from it; a new one has no key yet."""
    value.update({"id": None, "quantity": "2", "price": "3.5", "discount": "0.25", "amount": None, "reverses": None})


def payment(value: dict[str, Any]) -> None:
    """What was paid is something, and not all the money in the world."""
    value["amount"] = "12.5"


def identifier(value: dict[str, Any]) -> None:
    """An external id names its system, no other kind does; an e-mail address looks like one."""
    value["system"] = "erp" if value.get("kind") == "external" else ""
    if value.get("kind", "email") == "email":
        value["value"] = address()


def position(value: dict[str, Any]) -> None:
    """A post ends after it begins."""
    if value.get("since"):
        value["until"] = value["since"]


# What there is one of at most in a list.
KEYS: dict[str, Callable[[dict[str, Any]], Any]] = {
    "permissions": lambda value: (value["area"], value["action"]),
    "field_rules": lambda value: value["class"],
    "prices": lambda value: value.get("since"),
}
RULES: dict[str, Callable[[dict[str, Any]], None]] = {"identifiers": identifier, "positions": position, "lines": line, "payments": payment}
