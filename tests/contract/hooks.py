"""What the contract's schemas cannot say. With it, everything that schemathesis makes up as good has to be accepted."""

import itertools
import json
import os
from collections.abc import Callable
from typing import Any

import requests
import schemathesis

identities = json.loads(open(os.environ["PERENNIAL_TEST_IDENTITIES"]).read())["auth"]
session = requests.Session()
session.headers.update({header["name"]: header["value"] for header in identities[0]["fixedHeaders"]})
keys = (f"key-{number}" for number in itertools.count())


def api(method: str, path: str, **more: Any) -> Any:
    answer = session.request(method, f"{os.environ['PERENNIAL_TEST_URL']}/api/v1{path}", **more)
    answer.raise_for_status()
    return answer.json()


def made(path: str) -> str:
    return str(api("POST", path, json={"name": "Referred to"})["id"])


me = api("GET", "/me")["user"]
# A reference must name a record that is there, and a parent must not be below its child.
REFERENCES = {
    "owner_id": me["id"],
    "role_id": me["role_id"],
    "customer_id": made("/customers"),
    "tag_ids": [made("/tags")],
    "team_ids": [made("/teams")],
    "parent_id": None,
}


@schemathesis.hook
def before_load_schema(context: schemathesis.HookContext, schema: dict[str, Any]) -> None:
    """A cursor is opaque: nobody can make one up."""
    for path in schema["paths"].values():
        for operation in path.values():
            parameters = operation.get("parameters", [])
            operation["parameters"] = [parameter for parameter in parameters if parameter["name"] != "cursor"]


@schemathesis.hook
def before_call(context: schemathesis.HookContext, case: schemathesis.Case, kwargs: dict[str, Any]) -> None:
    if case.meta is None or not case.meta.generation.mode.is_positive:
        return
    # The same key with another body is refused.
    if case.headers and "Idempotency-Key" in case.headers:
        case.headers["Idempotency-Key"] = next(keys)
    if isinstance(case.body, (dict, list)):
        obey(case.body)


def obey(value: Any) -> None:
    """Makes a body obey the rules between fields."""
    if isinstance(value, list):
        for item in value:
            obey(item)
    if not isinstance(value, dict):
        return
    for name, member in value.items():
        if name in REFERENCES:
            value[name] = member and REFERENCES[name]
        elif name == "currency":
            # There are no exchange rates.
            value[name] = member and "CNY"
        elif rule := RULES.get(name):
            for item in member or []:
                rule(item)
        obey(member)


def identifier(value: dict[str, Any]) -> None:
    """An external id names its system, no other kind does; an e-mail address looks like one."""
    external = value.get("kind") == "external"
    value["system"] = "erp" if external else ""
    if value.get("kind", "email") == "email":
        value["value"] = f"a{next(keys)}@example.com"


def position(value: dict[str, Any]) -> None:
    """A post ends after it begins."""
    if value.get("since"):
        value["until"] = value["since"]


RULES: dict[str, Callable[[dict[str, Any]], None]] = {"identifiers": identifier, "positions": position}
