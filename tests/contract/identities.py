"""Prints who calls in schemathesis' run: administrators of two organizations, signed in, as Web Fuzzing Commons has it."""

import json
import os

import httpx


def signed_in(name: str) -> dict[str, object]:
    credentials = {"email": f"admin@{name}.example", "password": os.environ["PERENNIAL_TEST_PASSWORD"]}
    answer = httpx.post(f"{os.environ['PERENNIAL_TEST_URL']}/api/v1/auth/sign-in", json=credentials).raise_for_status()
    token = answer.json()["access_token"]
    return {"name": name, "fixedHeaders": [{"name": "Authorization", "value": f"Bearer {token}"}]}


print(json.dumps({"auth": [signed_in("ours"), signed_in("theirs")]}))
