// The API, as a program uses it: to prepare what a journey needs and to see what it left behind.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';

/** Signs in by the API; each verb answers the body and insists on success. */
export async function signIn(server, { email, password }) {
    const call = caller(server);
    const { access_token } = await call('POST', 'auth/sign-in', { body: { email, password } });
    const own = caller(server, access_token);
    return {
        get: (path) => own('GET', path),
        post: (path, body) => own('POST', path, { body, key: randomUUID() }),
        patch: (path, { version }, body) => own('PATCH', path, { body, version }),
        delete: (path, { version }) => own('DELETE', path, { version }),
        /** Makes many at once; answers them in their order. */
        async createAll(plural, bodies) {
            const made = [];
            for (let at = 0; at < bodies.length; at += 200) {
                const operations = bodies.slice(at, at + 200).map((body) => ({ create: body }));
                const { results } = await this.post(`${plural}/batch`, { operations });
                made.push(...results.map(({ id }, place) => ({ ...bodies[at + place], id, version: 1 })));
            }
            return made;
        },
    };
}

/** Calls without a session. */
export const anybody = (server) => caller(server);

function caller(server, token) {
    return async (method, path, { body, key, version, refused } = {}) => {
        const headers = { ...(token && { authorization: `Bearer ${token}` }), ...(key && { 'idempotency-key': key }) };
        if (version !== undefined) headers['if-match'] = `"v${version}.f0"`;
        if (body !== undefined) headers['content-type'] = method === 'PATCH' ? 'application/merge-patch+json' : 'application/json';
        const answer = await fetch(`${server.url}/api/v1/${path}`, { method, headers, body: body && JSON.stringify(body) });
        const text = await answer.text();
        if (refused) assert.equal(answer.status, refused, text);
        else assert.ok(answer.ok, `${method} ${path}: ${answer.status} ${text}`);
        return text ? JSON.parse(text) : undefined;
    };
}
