import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { signIn } from '../api.mjs';
import { eventually, focused, picture } from '../browser.mjs';
import { admin, organization } from '../company.mjs';
import { installation } from '../server.mjs';

export const title = 'a list of a hundred thousand';
const many = Number(process.env.PERENNIAL_TEST_ROWS ?? 100_000);
const rare = { place: Math.floor(many / 2), name: '西双版纳雨林茶业' };
const code = (place) => `B-${String(place).padStart(6, '0')}`;
/** However far a list is scrolled, the document has no more elements than this. */
const most = 2_000;

/** A company of its own, filled by the program's own import while other journeys go on. */
export async function prepare() {
    const place = installation();
    const { name, currency, zone } = organization;
    await place.run('organization', 'create', '--name', name, '--currency', currency, '--zone', zone).given('');
    await place.run('user', 'create', '--email', admin.email, '--name', admin.name, '--organization', name, '--role', 'admin', '--password-stdin').given(admin.password);
    const line = (at) => [at === rare.place ? rare.name : `云岭第${at}号客户`, code(at), at % 10 ? 'company' : 'person', at % 4 ? '制造业' : '物流', at % 997, at % 2 ? '苏州' : '宁波'].join(',');
    const file = join(place.folder, 'customers.csv');
    writeFileSync(file, `name,code,kind,industry,employees,city\n${Array.from({ length: many }, (_, at) => line(at + 1)).join('\n')}\n`);
    const since = Date.now();
    const told = await place.run('import', 'customers', file, '--as', admin.email).given('');
    assert.match(told, new RegExp(`created ${many}\\b`), told);
    return { place, server: await place.serve(), seconds: (Date.now() - since) / 1000 };
}

export default async function ({ browser, prepared: { place, server, seconds } }) {
    console.log(`  ${many} customers were imported in ${seconds.toFixed(0)} s`);
    try {
        const api = await signIn(server, admin);
        const visitor = await browser.visitor({ at: server, user: admin });
        for (const walk of [far, filters, search, columns, panel, bulk]) await walk(visitor, api);
        await visitor.close();
    } finally {
        await place.end();
    }
}

const codes = (page) => page.locator('tr[aria-rowindex]').evaluateAll((rows) => rows.map((row) => [Number(row.getAttribute('aria-rowindex')) - 1, row.cells[2].innerText]));
const shown = (page, text) => eventually(async () => assert.equal(await page.locator('.list-foot').innerText(), text));

/** Scrolls down and back: the rows are the right ones, the document stays small. */
async function far({ page, say }) {
    await page.goto('/customers?sort=code');
    await page.getByRole('link', { name: '云岭第1号客户', exact: true }).waitFor();
    const elements = () => page.evaluate(() => document.querySelectorAll('*').length);
    const right = async () => {
        const rows = await codes(page);
        assert.ok(rows.length > 10);
        for (const [place, text] of rows) assert.equal(text, code(place));
        return rows;
    };
    await right();
    const sizes = [await elements()];
    await page.locator('.table-scroll').focus();
    let last = 0;
    const since = Date.now();
    for (let step = 0; last < 2_000; step += 1) {
        await page.keyboard.press(step % 3 ? 'End' : 'PageDown');
        await eventually(async () => {
            const place = (await right()).at(-1)[0];
            assert.ok(step % 3 === 0 || place > last, `stays at row ${place}`);
            last = Math.max(last, place);
        });
        sizes.push(await elements());
    }
    console.log(`  ${last} rows scrolled in ${((Date.now() - since) / 1000).toFixed(1)} s; elements in the document: ${sizes[0]} at first, ${Math.max(...sizes)} at most, ${sizes.at(-1)} at last`);
    assert.ok(Math.max(...sizes) < most, `the document grows: ${sizes}`);
    await page.keyboard.press('Home');
    await eventually(async () => assert.equal((await right())[0][0], 1));

    // The arrows walk through the rows, beyond what is on the screen, too.
    await page.getByRole('link', { name: '云岭第1号客户', exact: true }).focus();
    for (let step = 0; step < 40; step += 1) await page.keyboard.press(step % 2 ? 'ArrowDown' : 'j');
    assert.equal((await focused(page)).name, '云岭第41号客户');
    // So do the keys for farther ways; the focus comes along to rows that were not in the document.
    const place = async () => Number(/^云岭第(\d+)号客户$/.exec((await focused(page)).name)?.[1]);
    const lands = (key, there) => eventually(async () => assert.ok(there(await place()), `${key} leads to ${(await focused(page)).name}`)).then(place);
    await page.keyboard.press('End');
    const end = await lands('End', (now) => now > 41);
    await page.keyboard.press('PageUp');
    await lands('PageUp', (now) => now < end - 5 && now > end - 40);
    await page.keyboard.press('Home');
    await lands('Home', (now) => now === 1);
    await page.keyboard.press('PageDown');
    const down = await lands('PageDown', (now) => now > 5 && now < 40);
    await page.keyboard.press('ArrowUp');
    await lands('ArrowUp', (now) => now === down - 1);
    await eventually(async () => assert.ok((await right()).length > 10));

    // Scrolled away by other means, the list keeps the focus, and the keys go on from what is seen.
    await page.locator('.table-scroll').evaluate((box) => box.scrollTo(0, 4_500));
    await eventually(async () => assert.match(await page.evaluate(() => document.activeElement.className), /table-scroll/));
    await page.keyboard.press('ArrowDown');
    await lands('ArrowDown', (now) => now > 90 && now < 110);
    assert.equal(await page.locator('tbody').locator('a, input, button').and(page.locator(':not([tabindex="-1"])')).count(), 1, 'Tab stops at one row');
    // The way back from a record leads to the row, and the page to the one after it.
    const there = await place();
    const top = () => page.locator('.table-scroll').evaluate((box) => box.scrollTop);
    const scrolled = await top();
    assert.ok(scrolled > 3_000);
    const at = async (number) => {
        await page.getByRole('heading', { level: 1, name: `云岭第${number}号客户`, exact: true }).waitFor();
        await page.getByText(say('record.place', { place: number, count: '10,000+' })).waitFor();
    };
    await page.keyboard.press('Enter');
    await at(there);
    await page.goBack();
    await lands('the way back', (now) => now === there);
    assert.equal(await top(), scrolled);
    await page.keyboard.press('Enter');
    await at(there);
    await page.getByRole('button', { name: say('record.next') }).click();
    await at(there + 1);
    await page.getByRole('link', { name: say('area.customers') }).last().click();
    await lands('the crumb', (now) => now === there + 1);
    await page.waitForURL(/sort=code/);
    assert.match(await page.locator('.list-foot').innerText(), new RegExp(say('list.count_more', { shown: '[\\d,]+', count: '10,000\\+' })));
}

/** Filters and order are in the address: a reload keeps them. */
async function filters({ page, say }, api) {
    await page.goto('/customers');
    const bar = page.getByRole('group', { name: say('list.filters') });
    await bar.getByRole('button', { name: say('customers.kind'), exact: true }).click();
    await bar.getByRole('checkbox', { name: say('customer_kind.person') }).check();
    await page.keyboard.press('Escape');
    await page.waitForURL(/kind_in=person/);
    await bar.getByRole('button', { name: say('list.filter'), exact: true }).click();
    await bar.getByRole('button', { name: say('customers.city'), exact: true }).click();
    await bar.getByLabel(say('list.equals')).fill('宁波');
    await page.keyboard.press('Enter');
    await page.waitForURL(/city=/);
    await bar.getByLabel(say('list.equals')).waitFor({ state: 'detached' });
    // Several are ticked without opening the menu again, and no chip leaves its place.
    const chips = () => bar.locator('.filter').evaluateAll((all) => all.map((one) => one.innerText.split(/[:：]/)[0].trim()));
    const before = await chips();
    await bar.getByRole('button', { name: say('customers.roles'), exact: true }).click();
    for (const role of ['channel', 'partner']) await bar.getByRole('checkbox', { name: say(`customer_role.${role}`) }).press(' ');
    await page.waitForURL(/roles_in=channel,partner/);
    assert.deepEqual(await chips(), before);
    await page.keyboard.press('Escape');
    await bar.getByRole('button', { name: say('list.filter_remove', { name: say('customers.roles').toLowerCase() }) }).click();
    const header = page.getByRole('columnheader', { name: say('customers.code') });
    assert.equal(await page.getByRole('columnheader', { name: say('customers.name') }).getAttribute('aria-sort'), 'ascending', 'its own order is shown');
    await header.getByRole('button').click();
    await header.getByRole('button').click();
    await page.waitForURL(/sort=-code/);
    const expected = (await api.get('customers?kind_in=person&city=%E5%AE%81%E6%B3%A2&sort=-code&limit=12')).data.map((customer) => customer.code);
    assert.equal(expected[0], code(many));
    const look = () => eventually(async () => assert.deepEqual((await codes(page)).slice(0, 12).map(([, text]) => text), expected));
    await look();
    assert.equal(await header.getAttribute('aria-sort'), 'descending');
    await picture(page, 'list-filtered');
    await page.reload();
    await look();
    await bar.getByRole('button', { name: say('list.filter_remove', { name: say('customers.city') }) }).click();
    await page.waitForURL((url) => !url.search.includes('city='));
    await bar.getByRole('button', { name: say('list.filters_clear') }).click();
    await page.waitForURL((url) => !url.search.includes('kind_in'));
}

/** Words and sounds find; a reload and the way back keep what was searched. */
async function search({ page, say }) {
    const box = page.getByRole('searchbox', { name: say('list.search') });
    for (const words of ['雨林', 'xishuangbanna', 'yulin chaye']) {
        await page.goto('/customers');
        await box.fill(words);
        await page.waitForURL((url) => url.searchParams.get('q') === words);
        await shown(page, say('list.count', { count: 1 }));
        await page.getByRole('link', { name: rare.name }).waitFor();
    }
    await page.reload();
    await page.getByRole('link', { name: rare.name }).press('Enter');
    await page.getByRole('heading', { level: 1, name: rare.name }).waitFor();
    await page.goBack();
    await shown(page, say('list.count', { count: 1 }));
    assert.equal(await box.inputValue(), 'yulin chaye');
    await box.fill('nobody is called that');
    await page.getByRole('heading', { name: say('list.nothing_found') }).waitFor();
    await picture(page, 'list-nothing-found');
}

async function columns({ page, say }) {
    const names = async () => (await page.getByRole('columnheader').allInnerTexts()).slice(1).map((name) => name.trim());
    const label = (field) => say(`customers.${field}`);
    await page.goto('/customers?sort=code');
    await page.getByRole('link', { name: '云岭第1号客户', exact: true }).waitFor();
    const usual = await names();
    await page.getByRole('button', { name: say('list.columns_choose') }).click();
    await page.getByRole('checkbox', { name: label('kind'), exact: true }).uncheck();
    await page.getByRole('checkbox', { name: label('employees'), exact: true }).check();
    await picture(page, 'list-columns');
    await page.keyboard.press('Escape');
    const chosen = async () => {
        const now = await names();
        assert.ok(!now.includes(label('kind')) && now.includes(label('employees')), String(now));
    };
    await eventually(chosen);
    await page.reload();
    await eventually(chosen);
    await page.goto('/customers');
    await eventually(chosen);
    await page.getByRole('button', { name: say('list.columns_choose') }).click();
    await page.getByRole('button', { name: say('list.columns_reset') }).click();
    await eventually(async () => assert.deepEqual(await names(), usual));
}

/** A click opens the panel over the list, Enter the page. */
async function panel({ page, say }) {
    await page.goto('/customers?sort=code');
    const panel = page.getByRole('complementary', { name: say('list.panel') });
    const name = '云岭第3号客户';
    await page.getByRole('row').filter({ hasText: code(3) }).getByText('制造业').click();
    await panel.getByRole('heading', { name }).waitFor();
    assert.match(page.url(), /open=/);
    await page.reload();
    await panel.getByRole('heading', { name }).waitFor();
    await panel.getByRole('button', { name: say('act.close') }).click();
    await panel.waitFor({ state: 'detached' });
    await page.getByRole('link', { name, exact: true }).focus();
    await page.keyboard.press(' ');
    await panel.getByRole('heading', { name }).waitFor();
    await page.keyboard.press('Escape');
    await panel.waitFor({ state: 'detached' });
    assert.equal((await focused(page)).name, name);
    await page.keyboard.press(' ');
    await panel.getByRole('heading', { name }).waitFor();
    await page.keyboard.press('Tab');
    assert.equal((await focused(page)).name, say('act.open'), 'Tab leads from the row into the panel');
    await page.keyboard.press('Escape');
    await panel.waitFor({ state: 'detached' });
    await eventually(async () => assert.equal((await focused(page)).name, name, 'the row has the focus again'));
    await page.getByRole('link', { name, exact: true }).press('Enter');
    await page.getByRole('heading', { level: 1, name }).waitFor();
    assert.match(page.url(), /\/customers\/[0-9a-f-]{36}$/);
}

/** Three rows at once: an owner, a tag, away and back. */
async function bulk({ page, say }, api) {
    const tag = await api.post('tags', { name: '重点', colour: 'green' });
    const me = (await api.get('me')).user;
    const three = async () => (await api.get(`customers?sort=code&limit=3&include_deleted=true`)).data;
    await page.goto('/customers?sort=code');
    const bar = page.getByRole('region', { name: say('bulk.bar') });
    const toast = (text) => page.getByRole('status').getByText(text, { exact: true }).waitFor();
    for (const place of [1, 2]) await page.getByRole('checkbox', { name: say('list.choose_one', { name: `云岭第${place}号客户` }), exact: true }).check();
    await page.getByRole('row').filter({ hasText: code(3) }).locator('.col-check').click({ position: { x: 36, y: 4 } });
    await bar.getByText(say('bulk.chosen', { count: 3 })).waitFor();
    const set = async (key, field, name) => {
        await bar.getByRole('button', { name: say(key, { field: say(`customers.${field}`) }) }).click();
        const dialog = page.getByRole('dialog');
        await dialog.getByRole('combobox').press('ArrowDown');
        await dialog.getByRole('option', { name }).waitFor();
        await page.keyboard.press('Enter');
        await picture(page, `list-bulk-${field}`);
        await eventually(async () => assert.equal(await dialog.getByRole('listbox').isVisible(), false));
        await page.keyboard.press('Enter');
        await dialog.waitFor({ state: 'detached' });
    };
    await set('bulk.set', 'owner_id', admin.name);
    await eventually(async () => assert.deepEqual((await three()).map((row) => row.owner_id), Array(3).fill(me.id)));
    await set('bulk.add', 'tag_ids', tag.name);
    await eventually(async () => assert.deepEqual((await three()).map((row) => row.tag_ids), Array(3).fill([tag.id])));
    await page.getByRole('row').filter({ hasText: code(2) }).getByText(tag.name).waitFor();
    await picture(page, 'list-bulk');
    await bar.getByRole('button', { name: say('act.delete'), exact: true }).click();
    await toast(say('bulk.deleted', { count: 3 }));
    await page.getByRole('link', { name: '云岭第2号客户', exact: true }).waitFor({ state: 'detached' });
    assert.ok((await three()).every((row) => row.deleted_at));
    await page.getByRole('button', { name: say('act.undo') }).click();
    await page.getByRole('link', { name: '云岭第2号客户', exact: true }).waitFor();
    assert.ok((await three()).every((row) => row.deleted_at === null));
}
