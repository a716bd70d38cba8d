import assert from 'node:assert/strict';
import { eventually, focused, picture, tabTo } from '../browser.mjs';

export const title = 'Space presses and ticks, typed text is kept, a list is entered by its keys';

export default async function ({ browser, company }) {
    const { api, people } = await company();
    const visitor = await browser.visitor({ user: people.admin });
    await fresh(visitor);
    const id = await space(visitor, api);
    await drafts(visitor, id);
}

const name = 'Space Walkers';
const heading = ({ page }) => page.getByRole('heading', { level: 1, name }).waitFor();
const box = (page) => page.evaluate(() => document.activeElement.type === 'checkbox' && document.activeElement.closest('label').innerText.trim());
const tabToBox = async (page) => {
    for (let step = 0; step < 30; step += 1) {
        if (await box(page)) return;
        await page.keyboard.press('Tab');
    }
    assert.fail('Tab leads to no box');
};

/** Nothing has the focus: the keys of the list lead into it, and Space leads nowhere. */
async function fresh({ page, say }) {
    await page.goto('/customers');
    const names = page.locator('.row-name');
    await names.first().waitFor();
    await page.keyboard.press(' ');
    await page.keyboard.press('j');
    assert.equal((await focused(page)).name, await names.nth(0).innerText());
    await page.keyboard.press('ArrowDown');
    assert.equal((await focused(page)).name, await names.nth(1).innerText());
    assert.match(page.url(), /\/customers$/);

    await page.getByRole('row').nth(1).getByRole('checkbox').focus();
    await page.keyboard.press(' ');
    const bar = page.getByRole('region', { name: say('bulk.bar') });
    await bar.getByText(say('bulk.chosen', { count: 1 })).waitFor();
    await page.getByRole('checkbox', { name: say('list.choose_all') }).focus();
    await page.keyboard.press(' ');
    await bar.getByText(say('bulk.chosen', { count: await names.count() })).waitFor();
    await page.keyboard.press(' ');
    await bar.waitFor({ state: 'detached' });
}

/** Buttons and boxes by Space, from the list to a record and its roles. */
async function space(visitor, api) {
    const { page, say } = visitor;
    const button = say('list.new', { what: say('one.customer') });
    await page.getByRole('main').getByRole('button', { name: button }).focus();
    await page.keyboard.press(' ');
    const dialog = page.getByRole('dialog', { name: button });
    await dialog.waitFor();
    await page.keyboard.type(name);
    await tabToBox(page);
    await page.keyboard.press(' ');
    await picture(page, 'keyboard-create');
    await tabTo(page, (at) => at.name === say('act.create'));
    await page.keyboard.press(' ');
    await heading(visitor);
    const id = page.url().split('/').pop();
    const roles = (expected) => eventually(async () => assert.deepEqual((await api.get(`customers/${id}`)).roles, expected));
    await roles(['end_buyer']);

    await tabTo(page, (at) => at.name === say('record.edit', { field: say('customers.roles') }));
    await page.keyboard.press(' ');
    await eventually(async () => assert.equal(await box(page), say('customer_role.end_buyer')));
    await page.keyboard.press('Tab');
    await page.keyboard.press(' ');
    await page.keyboard.press('Enter');
    await roles(['end_buyer', 'channel']);

    // A list with nothing in it is begun by Enter.
    await tabTo(page, (at) => new RegExp(`^${say('record.empty', { count: '\\d+' })}$`).test(at.name));
    await page.keyboard.press(' ');
    await tabTo(page, (at) => at.name === say('record.edit', { field: say('customers.occasions') }));
    await page.keyboard.press('Enter');
    await eventually(async () => assert.equal((await focused(page)).name, say('part.add')));
    await page.keyboard.press('Escape');
    await page.locator('.editing').waitFor({ state: 'detached' });
    return id;
}

/** Esc asks before it throws away what was typed. */
async function drafts(visitor, id) {
    const { page, say } = visitor;
    const questions = [];
    const answer = (act) => page.once('dialog', (question) => (questions.push(question.message()), question[act]()));
    await page.keyboard.press('c');
    const dialog = page.getByRole('dialog');
    await dialog.waitFor();
    await page.keyboard.type('Lost Draft Ltd');
    for (let press = 0; press < 3; press += 1) {
        answer('dismiss');
        await page.keyboard.press('Escape');
        assert.equal(await dialog.locator('#new-customers-name').inputValue(), 'Lost Draft Ltd');
    }
    answer('accept');
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });

    await page.goto(`/customers/${id}`);
    await heading(visitor);
    await page.getByRole('button', { name: new RegExp(`^${say('record.empty', { count: '\\d+' })}$`) }).click();
    await page.getByRole('button', { name: say('record.edit', { field: say('customers.note') }) }).click();
    await page.locator('#field-note').pressSequentially('a long story');
    answer('dismiss');
    await page.keyboard.press('Escape');
    assert.equal(await page.locator('#field-note').inputValue(), 'a long story');
    answer('accept');
    await page.keyboard.press('Escape');
    await page.locator('.editing').waitFor({ state: 'detached' });
    assert.deepEqual(questions, Array(6).fill(say('form.discard')));
}
