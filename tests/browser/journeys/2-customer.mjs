import assert from 'node:assert/strict';
import { compose, eventually, focused, picture, tabTo } from '../browser.mjs';

export const title = 'a customer from its creation to its deletion and back, by keyboard';
const name = 'Nordlicht Optik';

export default async function ({ browser, company }) {
    const { api, people, customers } = await company();
    const visitor = await browser.visitor({ user: people.admin });
    const id = await create(visitor, api, people, await api.get(`customers/${customers[0].id}`));
    await edit(visitor, api, id);
    await compositions(visitor, api, id);
    await parts(visitor, api, id);
    await person(visitor, api, id);
    await deletion(visitor, api, id);
    await history(visitor, people);
}

const at = (id) => (focus) => focus.id === id;
const called = (label) => (focus) => focus.name === label;
const foldOf = (say) => new RegExp(`^${say('record.empty', { count: '\\d+' })}$`);
const valueOf = (page, say, field) => page.locator('.fact', { has: page.getByText(say(`customers.${field}`), { exact: true }) }).locator('dd');

/** The dialog, by keyboard alone: faults stand at their field, nothing typed is lost. */
async function create({ page, say, allow }, api, people, other) {
    allow(409, /\/customers$/);
    await page.goto('/customers');
    await page.getByRole('link', { name: other.name }).waitFor();
    await page.keyboard.press('c');
    const dialog = page.getByRole('dialog', { name: say('list.new', { what: say('one.customer') }) });
    await dialog.waitFor();
    assert.equal((await focused(page)).id, 'new-customers-name', 'the first field has the focus');
    await page.keyboard.press('Enter');
    const fault = (text) => dialog.getByRole('alert').filter({ hasText: text });
    await fault(say('invalid.required')).waitFor();
    await page.keyboard.type(name);
    await tabTo(page, at('new-customers-code'));
    await page.keyboard.type(other.code);
    await tabTo(page, at('new-customers-owner_id'));
    await page.keyboard.type('wang');
    await page.getByRole('option', { name: people.seller.name }).waitFor();
    await page.keyboard.press('Enter');
    await picture(page, 'customer-create');
    await tabTo(page, at('new-customers-industry'));
    await page.keyboard.type('optics');
    await page.keyboard.press('Enter');
    await fault(say('invalid.duplicate')).waitFor();
    await eventually(async () => assert.deepEqual(await focused(page).then(({ id, value }) => [id, value]), ['new-customers-code', other.code]));
    await picture(page, 'customer-create-fault');
    assert.equal(await dialog.locator('#new-customers-industry').inputValue(), 'optics', 'nothing typed is lost');
    await page.keyboard.press('Control+A');
    await page.keyboard.type('N-1');
    await page.keyboard.press('Enter');
    await page.getByRole('status').getByText(say('create.done', { name })).waitFor();
    await dialog.waitFor({ state: 'detached' });
    const { data } = await api.get('customers?code=N-1');
    assert.deepEqual([data[0].name, data[0].industry, data[0].owner_id], [name, 'optics', people.seller.id]);
    // What was created is shown.
    await page.getByRole('heading', { level: 1, name }).waitFor();
    assert.ok(page.url().endsWith(`/customers/${data[0].id}`));
    return data[0].id;
}

/** Fields in place: Enter saves, Esc gives up, Tab saves and moves on. */
async function edit({ page, say, allow }, api, id) {
    allow(422, /\/customers\/[^/]+$/);
    const label = (field) => say('record.edit', { field: say(`customers.${field}`) });
    const begin = async (field) => {
        await tabTo(page, called(label(field)));
        await page.keyboard.press('Enter');
        await eventually(async () => assert.equal((await focused(page)).id, `field-${field}`));
        await page.keyboard.press('Control+A');
    };
    const value = (field) => valueOf(page, say, field);
    // What is filled stands there; the rest is folded below it, and is reached by the keyboard all the same.
    assert.equal(await value('employees').count(), 0);
    await tabTo(page, (focus) => foldOf(say).test(focus.name));
    await page.keyboard.press('Enter');
    await value('employees').waitFor();
    assert.equal(await value('industry').count(), 1);
    const saved = (field, expected) => eventually(async () => assert.equal((await api.get(`customers/${id}`))[field], expected));

    await begin('industry');
    await page.keyboard.type('lenses');
    await page.keyboard.press('Enter');
    await value('industry').getByText('lenses').waitFor();
    await saved('industry', 'lenses');
    await eventually(async () => assert.equal((await focused(page)).name, label('industry'), 'the focus is back where editing began'));

    await begin('industry');
    await page.keyboard.type('something else');
    await page.keyboard.press('Escape');
    await value('industry').getByText('lenses').waitFor();
    await saved('industry', 'lenses');
    assert.equal((await focused(page)).name, label('industry'));

    await begin('industry');
    await page.keyboard.type('mirrors');
    await page.keyboard.press('Tab');
    await saved('industry', 'mirrors');
    await value('industry').getByText('mirrors').waitFor();
    await eventually(async () => assert.equal((await focused(page)).name, label('roles'), 'Tab moves on to the next field, across the fold'));

    await begin('employees');
    await page.keyboard.type('many');
    await page.keyboard.press('Enter');
    await value('employees').getByRole('alert').filter({ hasText: say('invalid.type') }).waitFor();
    assert.equal((await focused(page)).value, 'many', 'what was typed stays');
    await page.keyboard.press('Control+A');
    await page.keyboard.type('1,250');
    await page.keyboard.press('Enter');
    await saved('employees', 1250);
    await eventually(async () => assert.equal((await focused(page)).name, label('employees'), 'a field that was empty stays where it was, with the focus'));

    // What only the server knows.
    await begin('credit_limit');
    await page.keyboard.type('5000');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Control+A');
    await page.keyboard.type('GBP');
    await page.keyboard.press('Enter');
    await value('credit_limit').getByRole('alert').filter({ hasText: new RegExp(say('invalid.exchange_rate_missing', { from: 'GBP', currency: 'CNY', day: '[-0-9]{10}' })) }).waitFor();
    await picture(page, 'customer-field-fault');
    await page.keyboard.press('Control+A');
    await page.keyboard.type('cny');
    await page.keyboard.press('Enter');
    await eventually(async () => assert.deepEqual((await api.get(`customers/${id}`)).credit_limit, { amount: '5000', currency: 'CNY' }));
}

/** Enter belongs to the input method while it composes. */
async function compositions({ page, say }, api, id) {
    const before = (await api.get(`customers/${id}`)).version;
    await page.getByRole('button', { name: say('record.edit', { field: say('customers.industry') }) }).click();
    await page.keyboard.press('Control+A');
    await compose(page, 'guangxue', '光学仪器');
    assert.deepEqual(await focused(page).then(({ id, value }) => [id, value]), ['field-industry', '光学仪器']);
    assert.equal((await api.get(`customers/${id}`)).version, before, 'nothing was saved');
    await page.keyboard.press('Enter');
    await eventually(async () => assert.equal((await api.get(`customers/${id}`)).industry, '光学仪器'));
    await page.locator('.editing').waitFor({ state: 'detached' });

    await page.keyboard.press('c');
    const dialog = page.getByRole('dialog', { name: say('list.new', { what: say('one.customer') }) });
    await dialog.waitFor();
    await compose(page, 'yunling', '云岭');
    assert.equal((await focused(page)).value, '云岭');
    page.once('dialog', (question) => question.accept());
    await dialog.getByRole('button', { name: say('act.cancel') }).click();
    await dialog.waitFor({ state: 'detached' });
    assert.equal((await api.get('customers?name=云岭')).data.length, 0);
    await page.goto(`/customers/${id}`);
    await valueOf(page, say, 'employees').waitFor();
    assert.equal(await valueOf(page, say, 'identifiers').count(), 0);
    await page.getByRole('button', { name: foldOf(say) }).click();
}

/** Parts are added, each fault at its own value. */
async function parts({ page, say }, api, id) {
    const begin = (field) => page.getByRole('button', { name: say('record.edit', { field: say(`customers.${field}`) }) }).click();
    const editor = page.locator('.editing');
    await begin('identifiers');
    await editor.getByRole('button', { name: say('part.add') }).click();
    await editor.getByLabel(say('part.kind')).selectOption('email');
    await editor.getByLabel(say('part.value')).fill('not an address');
    await picture(page, 'customer-parts');
    await editor.getByRole('button', { name: say('act.save') }).click();
    await editor.getByRole('alert').filter({ hasText: say('invalid.email') }).waitFor();
    await editor.getByLabel(say('part.value')).fill('sales@nordlicht.example');
    await page.keyboard.press('Control+Enter');
    await page.getByRole('link', { name: 'sales@nordlicht.example' }).waitFor();

    await begin('addresses');
    await editor.getByRole('button', { name: say('part.add') }).click();
    await editor.getByLabel(say('part.street')).fill('Hafenstraße 7');
    await editor.getByLabel(say('part.city')).fill('Hamburg');
    await editor.getByRole('button', { name: say('act.save') }).click();
    await page.getByText('Hafenstraße 7').waitFor();
    const { identifiers, addresses, city } = await api.get(`customers/${id}`);
    assert.deepEqual([identifiers.map((one) => [one.kind, one.value]), addresses[0].city, city], [[['email', 'sales@nordlicht.example']], 'Hamburg', 'Hamburg']);

    // What a part need not say can be taken away again.
    await begin('addresses');
    await editor.getByLabel(say('part.street')).fill('');
    await editor.getByRole('button', { name: say('act.save') }).click();
    await editor.waitFor({ state: 'detached' });
    assert.equal((await api.get(`customers/${id}`)).addresses[0].street, '');
    await begin('addresses');
    await editor.getByLabel(say('part.street')).fill('Hafenstraße 7');
    await editor.getByRole('button', { name: say('act.save') }).click();
    await page.getByText('Hafenstraße 7').waitFor();
}

/** A contact is added where the customer is, and is in the list of contacts. */
async function person({ page, say }, api, id) {
    await page.getByRole('button', { name: say('people.add') }).click();
    const dialog = page.getByRole('dialog', { name: say('list.new', { what: say('one.contact') }) });
    await dialog.getByLabel(say('contacts.name')).fill('Jonas Lindqvist');
    await dialog.getByLabel(say('part.title')).fill('Head of purchasing');
    await dialog.getByLabel(say('part.buying_role')).selectOption('decision_maker');
    await picture(page, 'contact-create');
    await dialog.getByRole('button', { name: say('act.create') }).click();
    await dialog.waitFor({ state: 'detached' });
    const people = page.getByRole('region', { name: say('people.title') });
    await people.getByText(`Head of purchasing · ${say('buying_role.decision_maker')}`).waitFor();
    // The rest of the page knows it, too, and the focus is where it was.
    await page.locator('.figure', { hasText: say('record.known_people') }).getByText('1', { exact: true }).waitFor();
    await page.getByRole('region', { name: say('timeline.title') }).getByRole('link', { name: 'Jonas Lindqvist' }).waitFor();
    assert.equal((await focused(page)).name, say('people.add'));
    await page.getByRole('navigation', { name: say('frame.navigation') }).getByRole('link', { name: say('area.contacts') }).click();
    const row = page.getByRole('row').filter({ hasText: 'Jonas Lindqvist' });
    await row.getByText(name).waitFor();
    await page.goBack();
    await people.getByRole('link', { name: 'Jonas Lindqvist' }).waitFor();
    assert.equal((await api.get(`customers/${id}`)).figures.contacts, 1);
}

async function deletion({ page, say, allow }, api, id) {
    allow(404, /\/customers\//);
    await page.getByRole('button', { name: say('act.delete'), exact: true }).click();
    await page.getByRole('status').getByText(say('record.deleted', { name })).waitFor();
    await page.getByText(say('record.is_deleted').replace(/\{when\}.*/, '')).waitFor();
    await picture(page, 'customer-deleted');
    await eventually(async () => assert.equal((await focused(page)).name, say('act.restore'), 'the way back has the focus'));
    const there = () => eventually(async () => assert.equal((await api.get(`customers/${id}`)).deleted_at, null));
    const restore = page.getByRole('button', { name: say('act.restore') });
    // A page that is loaded anew still knows it; so does the list, if it is asked.
    await page.reload();
    await restore.waitFor();
    await page.waitForLoadState('networkidle');
    await picture(page, 'customer-deleted-reloaded');
    assert.equal(await page.getByRole('alert').count(), 0, 'nothing on it complains');
    await page.getByRole('navigation', { name: say('frame.navigation') }).getByRole('link', { name: say('area.customers') }).click();
    const bar = page.getByRole('group', { name: say('list.filters') });
    await bar.getByRole('button', { name: say('list.with_deleted') }).press(' ');
    const row = page.getByRole('row').filter({ hasText: name });
    await row.getByText(say('list.deleted')).waitFor();
    await picture(page, 'list-deleted');
    await row.getByRole('checkbox').check();
    await page.getByRole('region', { name: say('bulk.bar') }).getByRole('button', { name: say('act.restore') }).click();
    await row.getByText(say('list.deleted')).waitFor({ state: 'detached' });
    await there();
    await row.getByRole('link', { name }).press('Enter');
    await page.getByRole('button', { name: say('act.delete'), exact: true }).click();
    await page.getByRole('button', { name: say('act.undo') }).click();
    await restore.waitFor({ state: 'detached' });
    await there();
}

/** What happened stands there in sentences, newest first. */
async function history({ page, say }, people) {
    await page.reload();
    const timeline = page.getByRole('region', { name: say('timeline.title') });
    const actor = people.admin.name;
    const told = [
        say('timeline.customers.restored', { actor, name }),
        say('timeline.customers.deleted', { actor, name }),
        say('timeline.customers.restored', { actor, name }),
        say('timeline.customers.deleted', { actor, name }),
        say('timeline.contacts.created', { actor, name: 'Jonas Lindqvist' }),
        say('timeline.customers.updated', { actor, fields: say('customers.addresses') }),
        say('timeline.customers.updated', { actor, fields: say('customers.addresses') }),
        say('timeline.customers.updated', { actor, fields: say('customers.addresses') }),
        say('timeline.customers.updated', { actor, fields: say('customers.identifiers') }),
    ];
    await eventually(async () => assert.deepEqual((await timeline.locator('li p').allInnerTexts()).slice(0, told.length), told));
    await timeline.getByText(say('timeline.customers.created', { actor, name })).waitFor();
    // From what to what, where that is short.
    const change = say('timeline.change', { field: say('customers.industry'), before: 'optics', after: 'lenses' });
    assert.ok((await timeline.locator('li p').allInnerTexts()).includes(say('timeline.customers.updated', { actor }).replace('{fields}', change)), change);
    await picture(page, 'customer-page');
}
