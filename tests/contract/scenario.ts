// What a third party does with the API, through a client generated from the contract. scenario.py does the same.
import assert from "node:assert/strict";
import createClient from "openapi-fetch";
import type { components, paths } from "./generated/perennial.js";

type Customer = components["schemas"]["Customer"];

const { PERENNIAL_TEST_URL = "", PERENNIAL_TEST_EMAIL = "", PERENNIAL_TEST_PASSWORD = "" } = process.env;
const api = createClient<paths, "application/json">({ baseUrl: PERENNIAL_TEST_URL });

interface Answer<T> {
    data?: T;
    error?: unknown;
    response: Response;
}

/** What an answer of this status carries. */
function good<T>(status: number, { data, error, response }: Answer<T>): T {
    assert.equal(response.status, status, JSON.stringify(error));
    return data as T;
}

/** The problem that a refusal of this status and code carries. */
function bad<T>(status: number, code: string, { error, response }: Answer<T>): components["schemas"]["Problem"] {
    const problem = error as components["schemas"]["Problem"];
    assert.deepEqual([response.status, problem.code], [status, code], JSON.stringify(error));
    assert.match(response.headers.get("Content-Type") ?? "", /^application\/problem\+json/);
    assert.equal(problem.instance, response.headers.get("X-Request-Id"));
    return problem;
}

function etag({ response }: { response: Response }): string {
    return response.headers.get("ETag") ?? assert.fail("no ETag");
}

/** The refresh token's cookie, as a browser would send it back. */
function cookie({ response }: { response: Response }): { Cookie: string } {
    const [kept] = response.headers.getSetCookie();
    assert.match(kept ?? "", /HttpOnly; SameSite=Strict/);
    return { Cookie: kept?.split(";")[0] ?? "" };
}

const get = (id: string) => api.GET("/api/v1/customers/{id}", { params: { path: { id } } });

const create = (key: string, body: components["schemas"]["NewCustomer"]) =>
    api.POST("/api/v1/customers", { params: { header: { "Idempotency-Key": key } }, body });

const update = (id: string, version: string, body: components["schemas"]["CustomerPatch"]) =>
    api.PATCH("/api/v1/customers/{id}", {
        params: { path: { id }, header: { "If-Match": version } },
        headers: { "Content-Type": "application/merge-patch+json" },
        body,
    });

const batch = (body: components["schemas"]["CustomerBatch"]) => api.POST("/api/v1/customers/batch", { body });

const list = (query: NonNullable<paths["/api/v1/customers"]["get"]["parameters"]["query"]>) =>
    api.GET("/api/v1/customers", { params: { query } });

async function signIn() {
    const path = "/api/v1/auth/sign-in";
    bad(401, "bad_credentials", await api.POST(path, { body: { email: PERENNIAL_TEST_EMAIL, password: "wrong" } }));
    bad(401, "unauthenticated", await list({}));
    const answer = await api.POST(path, { body: { email: PERENNIAL_TEST_EMAIL, password: PERENNIAL_TEST_PASSWORD } });
    const { access_token } = good(200, answer);
    api.use({ onRequest: ({ request }) => request.headers.set("Authorization", `Bearer ${access_token}`) });
    assert.equal(good(200, await api.GET("/api/v1/me")).user.email, PERENNIAL_TEST_EMAIL);
    return cookie(answer);
}

async function pageThroughAll() {
    const operations = Array.from({ length: 130 }, (_, at) => ({ create: { name: `Customer ${at}` } }));
    const { results } = good(200, await batch({ operations }));
    const seen: string[] = [];
    const sizes: number[] = [];
    for (let cursor: string | undefined, more = true; more; ) {
        const { data, page } = good(200, await list({ limit: 50, ...(cursor && { cursor }) }));
        seen.push(...data.map((customer) => customer.id));
        sizes.push(data.length);
        [cursor, more] = [page.next_cursor ?? undefined, page.has_more];
    }
    assert.deepEqual(sizes, [50, 50, 30]);
    assert.deepEqual(seen.toSorted(), results.map((result) => result.id).toSorted());
    bad(400, "bad_request", await list({ cursor: "made-up" }));
}

async function createAndGet(): Promise<Customer> {
    const answer = await create("one", { name: "Peng Tea", kind: "person", industry: "Tea", credit_days: 30 });
    const created = good(201, answer);
    assert.equal(answer.response.headers.get("Location"), `/api/v1/customers/${created.id}`);
    const read = await get(created.id);
    assert.deepEqual(good(200, read), created);
    assert.equal(etag(read), etag(answer));
    return created;
}

async function change({ id }: Customer) {
    const first = etag(await get(id));
    const changed = await update(id, first, { note: "Likes white tea", credit_days: null });
    const { name, note, credit_days } = good(200, changed);
    assert.deepEqual([name, note, credit_days], ["Peng Tea", "Likes white tea", null]);
    const stale = await update(id, first, { name: "Peng" });
    bad(412, "stale", stale);
    assert.equal(etag(stale), etag(changed));
    assert.equal(good(200, await update(id, etag(stale), { name: "Peng Teas" })).name, "Peng Teas");
}

async function validation() {
    const { errors } = bad(422, "invalid", await create("two", { name: "x".repeat(201), occasions: [{ kind: "birthday", on: "2026-02-30" }] }));
    assert.deepEqual(errors?.map(({ pointer, code }) => [pointer, code]), [["/occasions/0/on", "type"]]);
    const { errors: long } = bad(422, "invalid", await create("two", { name: "x".repeat(201) }));
    assert.deepEqual(long?.map(({ pointer, params }) => [pointer, params.max]), [["/name", 200]]);
}

async function retry({ id }: Customer) {
    const body = { name: "Peng Tea", kind: "person", industry: "Tea", credit_days: 30 } as const;
    const again = await create("one", body);
    assert.equal(good(201, again).id, id);
    assert.equal(again.response.headers.get("Idempotency-Replayed"), "true");
    bad(422, "idempotency_reused", await create("one", { ...body, name: "Somebody else" }));
}

async function batches() {
    const total = async () => good(200, await list({ include_total: true, limit: 1 })).page.total;
    const before = await total();
    const operations = [{ create: { name: "Silk Road" } }, { create: { name: "" } }];
    const { errors } = bad(422, "invalid", await batch({ mode: "all_or_nothing", operations }));
    assert.equal(errors?.[0]?.pointer, "/operations/1/create/name");
    assert.equal(await total(), before);
    const { results } = good(207, await batch({ mode: "best_effort", operations }));
    assert.deepEqual(results.map((result) => result.status), [201, 422]);
    assert.equal(results[1]?.problem?.code, "invalid");
    assert.equal(await total(), (before ?? 0) + 1);
}

async function deleteAndRestore({ id }: Customer) {
    const path = { id };
    const header = { "If-Match": etag(await get(id)) };
    good(204, await api.DELETE("/api/v1/customers/{id}", { params: { path, header } }));
    bad(404, "not_found", await get(id));
    const restored = good(200, await api.POST("/api/v1/customers/{id}/restore", { params: { path } }));
    assert.deepEqual(good(200, await get(id)), restored);
}

async function search({ id }: Customer) {
    const tea = { any: [{ field: "industry", value: "Silk" }, { field: "industry", operator: "in" as const, value: "Rice,Tea" }] };
    const find = async (kind: string) => {
        const where = { all: [{ field: "kind", value: kind }, tea] };
        return good(200, await api.POST("/api/v1/customers/search", { body: { where } })).data.map((customer) => customer.id);
    };
    assert.deepEqual([await find("person"), await find("company")], [[id], []]);
    const people = good(200, await list({ kind_in: ["person"], sort: "-created_at" }));
    assert.deepEqual(people.data.map((customer) => customer.id), [id]);
}

async function timeline({ id }: Customer) {
    const { data } = good(200, await api.GET("/api/v1/customers/{id}/timeline", { params: { path: { id } } }));
    const kinds = ["restored", "deleted", "updated", "updated", "created"].map((kind) => `customers.${kind}`);
    assert.deepEqual(data.map((entry) => entry.kind), kinds);
}

async function signOut(first: { Cookie: string }) {
    const refreshed = await api.POST("/api/v1/auth/refresh", { headers: first });
    assert.equal(good(200, refreshed).token_type, "Bearer");
    good(204, await api.POST("/api/v1/auth/sign-out", { headers: cookie(refreshed) }));
    bad(401, "session_expired", await api.POST("/api/v1/auth/refresh", { headers: cookie(refreshed) }));
}

const session = await signIn();
await pageThroughAll();
const customer = await createAndGet();
await change(customer);
await validation();
await retry(customer);
await batches();
await deleteAndRestore(customer);
await search(customer);
await timeline(customer);
await signOut(session);
