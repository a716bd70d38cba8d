import assert from 'node:assert/strict';
import { anybody, signIn } from '../api.mjs';
import { eventually, picture } from '../browser.mjs';
import { admin, organization } from '../company.mjs';

export const title = 'setup, sign-in, sessions';

export default async function ({ server, browser }) {
    await setUp(server, browser);
    await sessions(server, browser);
}

/** The first administrator comes with the token that the server printed; nobody after them. */
async function setUp(server, browser) {
    const { page, say, allow } = await browser.visitor({ language: null, locale: 'zh-CN' });
    await page.goto('/');
    await page.getByRole('heading', { level: 1, name: say('setup.title') }).waitFor();
    await picture(page, 'door-setup');
    const fill = (key, text) => page.getByLabel(say(key), { exact: true }).fill(text);
    await fill('setup.token', 'not the token');
    await fill('setup.organization', organization.name);
    await fill('organization.currency', organization.currency);
    await fill('organization.country', organization.country);
    await fill('organization.zone', organization.zone);
    await fill('setup.name', admin.name);
    await fill('users.email', admin.email);
    await fill('session.password', 'short');
    const done = page.getByRole('button', { name: say('setup.done') });
    allow(422, /\/setup$/);
    allow(403, /\/setup$/);
    await done.click();
    await page.getByRole('alert').filter({ hasText: say('invalid.length', { min: 10, max: 200 }) }).waitFor();
    assert.equal(await page.getByLabel(say('setup.name'), { exact: true }).inputValue(), admin.name, 'nothing typed is lost');
    await fill('session.password', admin.password);
    await done.click();
    await page.getByRole('alert').filter({ hasText: say('setup.token_wrong') }).waitFor();
    await fill('setup.token', server.token);
    await done.click();
    await page.getByRole('heading', { level: 1, name: say('area.customers') }).waitFor();
    await page.getByRole('button', { name: say('frame.user', { name: admin.name }) }).waitFor();

    const call = anybody(server);
    assert.equal((await call('GET', 'setup')).open, false);
    await call('POST', 'setup', { body: { token: server.token, organization, ...admin }, refused: 409 });
    await page.goto('/setup');
    await page.getByRole('heading', { level: 1, name: say('area.customers') }).waitFor();
}

async function sessions(server, browser) {
    const { page, say, allow, context } = await browser.visitor();
    const heading = (key) => page.getByRole('heading', { level: 1, name: say(key), exact: true });
    const submit = (place = page) => place.getByRole('button', { name: say('session.sign_in') });
    const password = (place = page) => place.getByLabel(say('session.password'), { exact: true });
    allow(401, /\/auth\/sign-in$/);

    // Sign-in stands at the address that was asked for, and leads there.
    await page.goto('/contacts?sort=-name');
    await heading('session.welcome').waitFor();
    await picture(page, 'door-sign-in');
    await page.getByLabel(say('users.email')).fill(admin.email);
    await password().fill('a wrong password');
    await submit().click();
    await page.getByRole('alert').filter({ hasText: say('problem.bad_credentials') }).waitFor();
    assert.equal(await page.getByLabel(say('users.email')).inputValue(), admin.email);
    await password().fill(admin.password);
    await page.keyboard.press('Enter');
    await heading('area.contacts').waitFor();
    assert.match(page.url(), /\/contacts\?sort=-name$/);

    // The session outlives a reload and is there in another tab.
    await page.reload();
    await heading('area.contacts').waitFor();
    const other = await context.newPage();
    await other.goto('/settings/account');
    await other.getByRole('heading', { level: 1, name: say('account.title') }).waitFor();
    await other.close();

    // Tabs that are loaded anew at once, and again before they are there, all stay signed in.
    const tabs = [page, await context.newPage(), await context.newPage()];
    for (let round = 0; round < 4; round += 1) {
        await Promise.all(tabs.map((tab) => tab.goto('/contacts', { waitUntil: 'commit' })));
        await new Promise((later) => setTimeout(later, round * 60));
    }
    for (const tab of tabs) await tab.getByRole('heading', { level: 1, name: say('area.contacts') }).waitFor();
    for (const tab of tabs.slice(1)) await tab.close();

    // Only the server's word ends a session: where none comes, it is asked again.
    allow(503, /\/auth\/refresh$/);
    await page.route('**/auth/refresh', (route) => route.fulfill({ status: 503, body: '' }));
    await page.reload();
    await heading('problem.unavailable').waitFor();
    await picture(page, 'door-away');
    await page.unroute('**/auth/refresh');
    await page.getByRole('button', { name: say('act.retry') }).click();
    await heading('area.contacts').waitFor();

    // It is ended elsewhere while somebody types: they sign in again, and what was typed is still there.
    await page.goto('/customers');
    await page.getByRole('banner').getByRole('button', { name: say('frame.new') }).click();
    await page.getByRole('button', { name: say('list.new', { what: say('one.customer') }) }).last().click();
    const dialog = page.getByRole('dialog', { name: say('list.new', { what: say('one.customer') }) });
    await dialog.getByLabel(say('customers.name')).fill('Kept through the night');
    const elsewhere = await signIn(server, admin);
    await elsewhere.post('auth/sign-out-everywhere');
    allow(401, /\/api\/v1\//);
    await dialog.getByRole('button', { name: say('act.create') }).click();
    const again = page.getByRole('dialog', { name: say('session.ended') });
    await password(again).waitFor();
    await picture(page, 'door-ended');
    await password(again).fill(admin.password);
    await submit(again).click();
    await again.waitFor({ state: 'detached' });
    assert.equal(await dialog.getByLabel(say('customers.name')).inputValue(), 'Kept through the night');
    await dialog.getByRole('button', { name: say('act.create') }).click();
    await page.getByRole('status').getByText(say('create.done', { name: 'Kept through the night' })).waitFor();
    const { data } = await (await signIn(server, admin)).get('customers?limit=10');
    assert.deepEqual(data.map((customer) => customer.name), ['Kept through the night']);

    // Signing out leaves nothing behind.
    await page.getByRole('button', { name: say('frame.user', { name: admin.name }) }).click();
    await page.getByRole('button', { name: say('session.sign_out'), exact: true }).click();
    await heading('session.welcome').waitFor();
    for (const path of ['/customers', '/setup']) {
        await page.goto(path);
        await heading('session.welcome').waitFor();
    }
    await eventually(async () => assert.deepEqual(await context.cookies(), []));
}
