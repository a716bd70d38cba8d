import assert from 'node:assert/strict';
import { eventually, picture } from '../browser.mjs';

export const title = 'rows and cards show what they hold; fingers reach what is to be pressed';

export default async function ({ browser, company }) {
    const made = await company();
    await rows(await browser.visitor({ user: made.people.admin }), made);
    await cards(await browser.visitor({ user: made.people.admin, size: { width: 360, height: 800 }, touch: true }), made);
}

/** Nothing is cut where there is room: the first pill is whole, the others are counted. */
async function rows({ page, say }, { customers }) {
    await page.goto('/customers');
    const row = page.getByRole('row').filter({ hasText: customers[0].name });
    const pill = row.getByText(say('customer_role.end_buyer'));
    await pill.waitFor();
    assert.equal(await row.getByText(say('customer_role.partner')).count(), 0);
    await row.getByText('+1', { exact: true }).waitFor();
    const cut = () => page.locator('.list .pill, .list td:not(.col-name), .list th').evaluateAll((all) => all.filter((one) => one.scrollWidth > one.clientWidth).map((one) => one.textContent));
    const wide = () => page.locator('.table-scroll').evaluate((box) => box.scrollWidth - box.clientWidth);
    assert.deepEqual([await cut(), await wide()], [[], 0]);
    // Beside the panel the list scrolls sideways; the names stay.
    await pill.click();
    await page.getByRole('complementary').getByRole('heading', { name: customers[0].name }).waitFor();
    const name = row.getByRole('link', { name: customers[0].name });
    const { x } = await name.boundingBox();
    await page.locator('.table-scroll').evaluate((box) => box.scrollTo(300, 0));
    await eventually(async () => assert.ok(await wide() > 0 && (await page.locator('.table-scroll').evaluate((box) => box.scrollLeft)) > 100));
    assert.equal((await name.boundingBox()).x, x);
    await picture(page, 'rows-panel');
    await page.goto('/settings/users');
    await page.locator('.row-name').first().waitFor();
    assert.equal(await wide(), 0);
    await picture(page, 'rows-users');
}

async function cards({ page, say }, { customers }) {
    await page.goto('/customers');
    const card = page.getByRole('row').filter({ hasText: customers[1].name });
    await card.getByText(say('customer_role.end_buyer')).waitFor();
    const texts = await page.locator('tr[aria-rowindex]').allInnerTexts();
    assert.ok(texts.length > 5 && texts.every((text) => !text.includes('—')), String(texts));
    const heights = await page.locator('tr[aria-rowindex]').evaluateAll((all) => [...new Set(all.map((one) => one.offsetHeight))]);
    assert.ok(heights.length === 1 && heights[0] < 70, String(heights));
    const low = await page.locator('button:visible').evaluateAll((all) => all.filter((one) => Math.min(one.offsetWidth, one.offsetHeight) < 24).map((one) => one.outerHTML));
    assert.deepEqual(low, []);
    const names = page.locator('.row-name');
    const first = await names.first().innerText();
    await page.getByRole('button', { name: say('customers.name'), exact: true }).tap();
    await page.waitForURL(/sort=-name/);
    await eventually(async () => assert.equal(await names.last().innerText(), first, 'cards can be ordered'));
    await picture(page, 'cards');
    // Every filter can be reached where there is no room for chips.
    const bar = page.getByRole('group', { name: say('list.filters') });
    await bar.getByRole('button', { name: say('list.filter'), exact: true }).tap();
    await picture(page, 'cards-filters');
    for (const field of ['kind', 'roles', 'owner_id', 'tag_ids', 'city']) await bar.getByRole('button', { name: say(`customers.${field}`), exact: true }).waitFor();
    await bar.getByRole('button', { name: say('customers.kind'), exact: true }).tap();
    await bar.getByRole('checkbox', { name: say('customer_kind.company') }).check();
    await page.waitForURL(/kind_in=company/);

    // Where nothing can hover, what can be edited shows it.
    await page.goto(`/customers/${customers[1].id}`);
    const pencil = page.getByRole('button', { name: say('record.edit', { field: say('customers.industry') }) });
    await pencil.waitFor();
    assert.equal(await pencil.evaluate((one) => getComputedStyle(one).opacity), '1');

    // The open section is in sight, however many there are before it.
    await page.goto('/settings/tags');
    await page.locator('.row-name').first().waitFor();
    const section = page.getByRole('navigation', { name: say('settings.title') }).getByRole('link', { name: say('area.tags') });
    await eventually(async () => assert.ok((await section.boundingBox()).x < 340));

    // A fault that takes the focus is shown with its label.
    await page.goto('/customers#new');
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('button', { name: say('act.create') }).click();
    const label = dialog.getByText(say('customers.name'), { exact: false }).first();
    await eventually(async () => {
        const [head, top] = await Promise.all([dialog.locator('.dialog-head').boundingBox(), label.boundingBox()]);
        assert.ok(top.y >= head.y + head.height, 'the label is under the head');
    });
    await dialog.getByRole('button', { name: say('act.cancel') }).click();
}
