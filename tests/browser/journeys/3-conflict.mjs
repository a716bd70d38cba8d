import assert from 'node:assert/strict';
import { eventually, focused, picture } from '../browser.mjs';

export const title = 'two browsers, one customer: both versions are shown, a person chooses';

export default async function ({ browser, company }) {
    const { api, people, customers } = await company();
    const path = `customers/${customers[0].id}`;
    const first = await browser.visitor({ user: people.admin, language: 'zh-CN' });
    const second = await browser.visitor({ user: people.seller });
    second.allow(412, new RegExp(`/${path}$`));
    for (const { page } of [first, second]) {
        await page.goto(`/${path}`);
        await page.getByRole('heading', { level: 1, name: customers[0].name }).waitFor();
    }
    const now = (field) => api.get(path).then((record) => record[field]);

    // The second one keeps what the first one wrote.
    await write(first, 'industry', '精密仪器');
    await eventually(async () => assert.equal(await now('industry'), '精密仪器'));
    await write(second, 'industry', 'optics');
    const dialog = await compared(second, 'industry', 'optics', '精密仪器');
    assert.equal(await second.page.evaluate(() => document.activeElement.type), 'radio', 'the choice has the focus');
    await dialog.getByText(second.say('conflict.text_by', { who: people.admin.name, when: second.say('state.just_now') })).waitFor();
    await picture(second.page, 'conflict');
    await choose(second, dialog, 'industry', 'theirs');
    assert.equal(await now('industry'), '精密仪器');
    await second.page.locator('.fact').getByText('精密仪器', { exact: true }).waitFor();

    // The second one insists; what else the first one wrote stays.
    await write(first, 'employees', '77');
    await eventually(async () => assert.equal(await now('employees'), 77));
    await write(first, 'industry', '光学');
    await eventually(async () => assert.equal(await now('industry'), '光学'));
    await write(second, 'industry', 'optics');
    const again = await compared(second, 'industry', 'optics', '光学');
    const other = again.getByRole('group', { name: second.say('customers.employees') });
    assert.match(await other.innerText(), /40[^]*77/, 'what only the other one changed is shown, too');
    assert.equal(await other.getByRole('radio').count(), 0);
    await choose(second, again, 'industry', 'mine');
    await eventually(async () => assert.deepEqual([await now('industry'), await now('employees')], ['optics', 77]));

    // Nothing decided: the text is still in its field, and saving it asks again.
    await first.page.reload();
    await write(first, 'code', 'K-1');
    await eventually(async () => assert.equal(await now('code'), 'K-1'));
    await write(first, 'industry', '仪表');
    await eventually(async () => assert.equal(await now('industry'), '仪表'));
    await write(second, 'industry', 'meters');
    const field = second.page.locator('#field-industry');
    const undecided = await compared(second, 'industry', 'meters', '仪表');
    assert.deepEqual(await undecided.locator('legend').allInnerTexts(), ['industry', 'code'].map((name) => second.say(`customers.${name}`)), 'what is to be chosen comes first');
    await undecided.getByRole('button', { name: second.say('conflict.back') }).click();
    assert.equal(await field.inputValue(), 'meters');
    assert.equal((await focused(second.page)).id, 'field-industry', 'the focus is back in the text');
    await second.page.getByRole('alert').filter({ hasText: second.say('problem.stale') }).waitFor();
    await field.press('Enter');
    await choose(second, await compared(second, 'industry', 'meters', '仪表'), 'industry', 'mine');
    await eventually(async () => assert.equal(await now('industry'), 'meters'));
    await together(first, now, path);
}

/** Two fields saved one right after the other: the second is not stale by the first. */
async function together(visitor, now, path) {
    const { page, say } = visitor;
    await page.reload();
    const versions = [];
    await page.route(`**/${path}`, async (route) => {
        if (route.request().method() !== 'PATCH') return route.continue();
        versions.push(Number(/v(\d+)/.exec(route.request().headers()['if-match'])[1]));
        await new Promise((later) => setTimeout(later, 300));
        await route.continue();
    });
    for (const field of ['industry', 'employees']) await page.getByRole('button', { name: say('record.edit', { field: say(`customers.${field}`) }) }).click();
    await page.locator('#field-industry').fill('钟表');
    await page.locator('#field-employees').fill('81');
    await page.locator('#field-industry').press('Enter');
    await page.locator('#field-employees').press('Enter');
    await page.locator('.editing').first().waitFor({ state: 'detached' });
    await eventually(async () => assert.deepEqual([await now('industry'), await now('employees')], ['钟表', 81]));
    assert.equal(versions[1], versions[0] + 1);
    assert.equal(await page.getByRole('dialog').count(), 0);
}

/** Edits a field in place. */
async function write({ page, say }, field, text) {
    await page.getByRole('button', { name: say('record.edit', { field: say(`customers.${field}`) }) }).click();
    await page.locator(`#field-${field}`).fill(text);
    await page.keyboard.press('Enter');
}

async function compared({ page, say }, field, mine, theirs) {
    const dialog = page.getByRole('dialog', { name: say('conflict.title') });
    const both = dialog.getByRole('group', { name: say(`customers.${field}`), exact: true });
    await both.waitFor();
    assert.match(await both.innerText(), new RegExp(`${say('conflict.mine')}\\s+${mine}\\s+${say('conflict.theirs')}\\s+${theirs}`));
    return dialog;
}

async function choose({ page, say }, dialog, field, whose) {
    const both = dialog.getByRole('group', { name: say(`customers.${field}`), exact: true });
    await both.getByRole('radio', { name: say(`conflict.${whose}`) }).check();
    await dialog.getByRole('button', { name: say('conflict.save') }).click();
    await dialog.waitFor({ state: 'detached' });
    await page.locator(`#field-${field}`).waitFor({ state: 'detached' });
}
