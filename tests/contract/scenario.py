"""What a third party does with the API, through a client generated from the contract. scenario.ts does the same."""

import os
from http import HTTPStatus
from pathlib import Path
from typing import TypeVar

import httpx
from perennial_client import AuthenticatedClient
from perennial_client.api.customers import (
    batch_customers,
    create_customer,
    delete_customer,
    get_customer,
    list_customer_timeline,
    list_customers,
    restore_customer,
    search_customers,
    update_customer,
)
from perennial_client.api.sign_in import get_me, refresh, sign_in, sign_out
from perennial_client.models import (
    AccessToken,
    BatchAnswer,
    Clause,
    Credentials,
    Customer,
    CustomerBatch,
    CustomerBatchMode,
    CustomerBatchOperation,
    CustomerKind,
    CustomerPage,
    CustomerPatch,
    ListCustomersKindInItem,
    ListCustomersSort,
    Me,
    NewCustomer,
    Operator,
    Problem,
    SearchRequest,
    TimelinePage,
)
from perennial_client.types import UNSET, Response, Unset

URL = os.environ["PERENNIAL_TEST_URL"]
EMAIL = os.environ["PERENNIAL_TEST_EMAIL"]
PASSWORD = os.environ["PERENNIAL_TEST_PASSWORD"]
CONTRACT = Path(__file__).parents[2] / "openapi/perennial.json"

Body = TypeVar("Body")

# Nobody is signed in yet.
api = AuthenticatedClient(base_url=URL, token="none")


def good(answer: Response[Body | Problem], kind: type[Body], status: int = 200) -> Body:
    """What an answer of this status carries."""
    assert answer.status_code == status, answer
    assert isinstance(answer.parsed, kind), answer
    return answer.parsed


def bad(answer: Response[Body | Problem], status: HTTPStatus, code: str) -> Problem:
    """The problem that a refusal of this status and code carries."""
    problem = answer.parsed
    assert isinstance(problem, Problem), answer
    assert (answer.status_code, problem.code) == (status, code), answer
    assert answer.headers["content-type"].startswith("application/problem+json"), answer
    assert problem.instance == answer.headers["x-request-id"], answer
    return problem


def faults(problem: Problem) -> list[tuple[str, str]]:
    return [] if isinstance(problem.errors, Unset) else [(error.pointer, error.code) for error in problem.errors]


def create(key: str, body: NewCustomer) -> Response[Customer | Problem]:
    return create_customer.sync_detailed(client=api, body=body, idempotency_key=key)


def update(customer: Customer, version: str, body: CustomerPatch) -> Response[Customer | Problem]:
    return update_customer.sync_detailed(customer.id, client=api, body=body, if_match=version)


def get(customer: Customer) -> Response[Customer | Problem]:
    return get_customer.sync_detailed(customer.id, client=api)


def peng() -> NewCustomer:
    return NewCustomer(name="Peng Tea", kind=CustomerKind.PERSON, industry="Tea", credit_days=30)


def the_server_tells_the_committed_contract() -> None:
    assert httpx.get(f"{URL}/api/openapi.json").content == CONTRACT.read_bytes(), f"{CONTRACT} is out of date"


def signs_in() -> None:
    wrong = Credentials(email=EMAIL, password="wrong")
    bad(sign_in.sync_detailed(client=api, body=wrong), HTTPStatus.UNAUTHORIZED, "bad_credentials")
    bad(list_customers.sync_detailed(client=api), HTTPStatus.UNAUTHORIZED, "unauthenticated")
    answer = sign_in.sync_detailed(client=api, body=Credentials(email=EMAIL, password=PASSWORD))
    token = good(answer, AccessToken).access_token
    # The same client goes on: it keeps the refresh token's cookie.
    api.get_httpx_client().headers["Authorization"] = f"Bearer {token}"
    assert good(get_me.sync_detailed(client=api), Me).user.email == EMAIL


def pages_through_all() -> None:
    operations = [CustomerBatchOperation(create=NewCustomer(name=f"Customer {at}")) for at in range(130)]
    made = good(batch_customers.sync_detailed(client=api, body=CustomerBatch(operations)), BatchAnswer)
    seen, sizes = [], []
    cursor: str | Unset = UNSET
    while True:
        page = good(list_customers.sync_detailed(client=api, limit=50, cursor=cursor), CustomerPage)
        seen += [customer.id for customer in page.data]
        sizes.append(len(page.data))
        if not page.page.has_more:
            break
        assert page.page.next_cursor
        cursor = page.page.next_cursor
    assert sizes == [50, 50, 30], sizes
    assert sorted(seen) == sorted(result.id for result in made.results if not isinstance(result.id, Unset))
    bad(list_customers.sync_detailed(client=api, cursor="made-up"), HTTPStatus.BAD_REQUEST, "bad_request")


def creates_and_gets() -> Customer:
    answer = create("one", peng())
    created = good(answer, Customer, 201)
    assert answer.headers["location"] == f"/api/v1/customers/{created.id}"
    read = get(created)
    assert good(read, Customer) == created
    assert read.headers["etag"] == answer.headers["etag"]
    return created


def changes(customer: Customer) -> None:
    first = get(customer).headers["etag"]
    changed = update(customer, first, CustomerPatch(note="Likes white tea", credit_days=None))
    now = good(changed, Customer)
    assert (now.name, now.note, now.credit_days) == ("Peng Tea", "Likes white tea", None), now
    stale = update(customer, first, CustomerPatch(name="Peng"))
    bad(stale, HTTPStatus.PRECONDITION_FAILED, "stale")
    assert stale.headers["etag"] == changed.headers["etag"]
    assert good(update(customer, stale.headers["etag"], CustomerPatch(name="Peng Teas")), Customer).name == "Peng Teas"


def is_told_what_is_wrong() -> None:
    problem = bad(create("two", NewCustomer(name="x" * 201)), HTTPStatus.UNPROCESSABLE_ENTITY, "invalid")
    assert faults(problem) == [("/name", "length")], problem


def tries_again(customer: Customer) -> None:
    again = create("one", peng())
    assert good(again, Customer, 201).id == customer.id
    assert again.headers["idempotency-replayed"] == "true"
    other = create("one", NewCustomer(name="Somebody else"))
    bad(other, HTTPStatus.UNPROCESSABLE_ENTITY, "idempotency_reused")


def does_many_at_once() -> None:
    def total() -> int:
        page = good(list_customers.sync_detailed(client=api, include_total=True, limit=1), CustomerPage).page
        assert isinstance(page.total, int)
        return page.total

    def batch(mode: CustomerBatchMode) -> Response[BatchAnswer | Problem]:
        operations = [CustomerBatchOperation(create=NewCustomer(name=name)) for name in ("Silk Road", "")]
        return batch_customers.sync_detailed(client=api, body=CustomerBatch(operations, mode=mode))

    before = total()
    nothing = bad(batch(CustomerBatchMode.ALL_OR_NOTHING), HTTPStatus.UNPROCESSABLE_ENTITY, "invalid")
    assert faults(nothing)[0][0] == "/operations/1/create/name", nothing
    assert total() == before
    some = good(batch(CustomerBatchMode.BEST_EFFORT), BatchAnswer, 207)
    assert [result.status for result in some.results] == [201, 422], some
    assert isinstance(some.results[1].problem, Problem), some
    assert total() == before + 1


def deletes_and_restores(customer: Customer) -> None:
    version = get(customer).headers["etag"]
    answer = delete_customer.sync_detailed(customer.id, client=api, if_match=version)
    assert answer.status_code == HTTPStatus.NO_CONTENT, answer
    bad(get(customer), HTTPStatus.NOT_FOUND, "not_found")
    restored = good(restore_customer.sync_detailed(customer.id, client=api), Customer)
    assert good(get(customer), Customer) == restored


def searches(customer: Customer) -> None:
    def find(kind: CustomerKind) -> list[Customer]:
        silk = Clause(field="industry", value="Silk")
        tea = Clause(field="industry", operator=Operator.IN, value="Rice,Tea")
        where = Clause(all_=[Clause(field="kind", value=kind), Clause(any_=[silk, tea])])
        return good(search_customers.sync_detailed(client=api, body=SearchRequest(where=where)), CustomerPage).data

    assert [found.id for found in find(CustomerKind.PERSON)] == [customer.id]
    assert find(CustomerKind.COMPANY) == []
    people = list_customers.sync_detailed(
        client=api,
        kind_in=[ListCustomersKindInItem.PERSON],
        sort=ListCustomersSort.CREATED_AT_DESCENDING,
    )
    assert [found.id for found in good(people, CustomerPage).data] == [customer.id]


def reads_the_timeline(customer: Customer) -> None:
    entries = good(list_customer_timeline.sync_detailed(customer.id, client=api), TimelinePage).data
    kinds = ["restored", "deleted", "updated", "updated", "created"]
    assert [entry.kind for entry in entries] == [f"customers.{kind}" for kind in kinds], entries


def signs_out() -> None:
    cookies = api.get_httpx_client().cookies
    good(refresh.sync_detailed(client=api), AccessToken)
    last = dict(cookies)
    assert sign_out.sync_detailed(client=api).status_code == HTTPStatus.NO_CONTENT
    assert not cookies, cookies
    cookies.update(last)
    bad(refresh.sync_detailed(client=api), HTTPStatus.UNAUTHORIZED, "session_expired")


the_server_tells_the_committed_contract()
signs_in()
pages_through_all()
peng_tea = creates_and_gets()
changes(peng_tea)
is_told_what_is_wrong()
tries_again(peng_tea)
does_many_at_once()
deletes_and_restores(peng_tea)
searches(peng_tea)
reads_the_timeline(peng_tea)
signs_out()
