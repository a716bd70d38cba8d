import assert from 'node:assert/strict';
import { compose, eventually, focused, picture, tabTo } from '../browser.mjs';

export const title = 'palette, shortcuts, focus, links';

export default async function ({ browser, company }) {
    const { people, customers } = await company();
    const visitor = await browser.visitor({ user: people.admin });
    await visitor.page.goto('/customers');
    await visitor.page.locator('.row-name').first().waitFor();
    await palette(visitor, customers);
    await language(visitor);
    await shortcuts(visitor);
    await focus(visitor);
    await links(visitor);
}

/** Opens the palette, whatever its name is by now, and waits until it takes what is typed, as people do. */
const summon = async ({ page }) => {
    await page.keyboard.press('Control+k');
    await page.getByRole('dialog').waitFor();
    await eventually(async () => assert.equal((await focused(page)).tag, 'INPUT'));
};
const open = ({ page, say }) => page.getByRole('dialog', { name: say('palette.title') });
const heading = ({ page, say }, name) => page.getByRole('heading', { level: 1, name, exact: true }).waitFor();

/** Ctrl+K: commands and records by typing. */
async function palette(visitor, customers) {
    const { page, say } = visitor;
    await summon(visitor);
    await page.keyboard.type(say('area.contacts').slice(0, 5));
    await page.keyboard.press('Enter');
    await heading(visitor, say('area.contacts'));
    assert.equal(await open(visitor).count(), 0);

    const { name } = customers[0];
    for (const words of ['云岭', 'yunling', '66061000']) {
        await summon(visitor);
        await page.keyboard.type(words);
        await open(visitor).getByRole('option').filter({ hasText: name }).waitFor();
        if (words === 'yunling') await picture(page, 'palette');
        await page.keyboard.press('ArrowDown');
        await page.keyboard.press('ArrowUp');
        await page.keyboard.press('Enter');
        await heading(visitor, name);
    }

    await summon(visitor);
    await compose(page, 'yunling', '云岭');
    await open(visitor).getByRole('option').filter({ hasText: name }).waitFor();
    assert.equal(await open(visitor).count(), 1, 'Enter belongs to the input method');
    await page.keyboard.press('Escape');
    await open(visitor).waitFor({ state: 'detached' });

    await page.keyboard.press('/');
    await open(visitor).waitFor();
    assert.equal((await focused(page)).tag, 'INPUT', '/ focuses search');
    await page.keyboard.type('no such thing anywhere');
    await open(visitor).getByText(say('list.nothing_found')).waitFor();
    await page.keyboard.press('Escape');
}

/** Language and theme are commands, too; both outlive a reload. */
async function language(visitor) {
    const { page, say } = visitor;
    const root = page.locator('html');
    const command = async (words) => {
        await summon(visitor);
        await page.keyboard.type(words);
        await page.getByRole('option', { selected: true }).filter({ hasText: words }).waitFor();
        await page.keyboard.press('Enter');
    };
    await command('中文');
    await eventually(async () => assert.equal(await root.getAttribute('lang'), 'zh-CN'));
    await page.getByRole('link', { name: '联系人' }).first().waitFor();
    await command('主题');
    await eventually(async () => assert.match(await root.getAttribute('class'), /pf-v6-theme-dark/));
    await page.reload();
    await page.getByRole('link', { name: '联系人' }).first().waitFor();
    assert.match(await root.getAttribute('class'), /pf-v6-theme-dark/);
    await page.keyboard.press('t');
    await eventually(async () => assert.doesNotMatch((await root.getAttribute('class')) ?? '', /pf-v6-theme-dark/));
    await page.getByRole('banner').getByRole('button', { name: /中文/ }).click();
    await page.getByRole('button', { name: 'English', exact: true }).click();
    await page.getByRole('link', { name: say('area.contacts') }).first().waitFor();
    assert.equal(await root.getAttribute('lang'), 'en');
}

/** `?` lists the keys; single keys can be switched off, and then are off. */
async function shortcuts(visitor) {
    const { page, say } = visitor;
    const sheet = page.getByRole('dialog', { name: say('shortcuts.title') });
    await page.goto('/customers');
    await page.locator('.row-name').first().waitFor();
    await page.keyboard.press('g');
    await page.keyboard.press('p');
    await heading(visitor, say('area.contacts'));
    await page.keyboard.press('?');
    await sheet.waitFor();
    await sheet.getByText(say('list.new', { what: say('one.customer') })).waitFor();
    await picture(page, 'shortcuts');
    await sheet.getByRole('checkbox').uncheck();
    await page.keyboard.press('Escape');
    await sheet.waitFor({ state: 'detached' });
    for (const key of ['?', '/', 'c', 'g', 'c', 't']) await page.keyboard.press(key);
    await heading(visitor, say('area.contacts'));
    assert.equal(await page.getByRole('dialog').count(), 0);
    assert.match(page.url(), /\/contacts$/);
    await summon(visitor);
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: new RegExp(say('frame.user', { name: '' }).trim()) }).click();
    await page.getByRole('button', { name: say('shortcuts.title') }).click();
    await sheet.getByRole('checkbox').check();
    await page.keyboard.press('Escape');
    await sheet.waitFor({ state: 'detached' });
    // What is typed into a field is text.
    await page.getByRole('searchbox').focus();
    await page.keyboard.type('gc?/');
    assert.equal(await page.getByRole('searchbox').inputValue(), 'gc?/');
    await page.keyboard.press('Control+A');
    await page.keyboard.press('Delete');
}

/** A page that opens takes the focus and says its title. */
async function focus(visitor) {
    const { page, say } = visitor;
    await page.goto('/customers');
    await page.locator('.row-name').first().waitFor();
    await page.keyboard.press('Tab');
    assert.equal((await focused(page)).name, say('frame.skip'), 'the first stop skips to the content');
    await page.keyboard.press('Enter');
    assert.equal((await focused(page)).id, 'main');
    const navigation = page.getByRole('navigation', { name: say('frame.navigation') });
    await navigation.getByRole('link', { name: say('area.contacts') }).press('Enter');
    await heading(visitor, say('area.contacts'));
    await eventually(async () => assert.match((await focused(page)).tag, /^(MAIN|H1)$/, 'the page has the focus'));
    assert.equal(await page.title(), `${say('area.contacts')} · Perennial`);
    const name = await page.locator('.row-name').first().innerText();
    await page.locator('.row-name').first().press('Enter');
    await heading(visitor, name);
    await eventually(async () => assert.match((await focused(page)).tag, /^(MAIN|H1)$/));
    await eventually(async () => assert.equal(await page.title(), `${name} · Perennial`));

    // Menus: the arrows walk, Esc gives the focus back.
    const create = page.getByRole('banner').getByRole('button', { name: say('frame.new') });
    await create.press('Enter');
    assert.equal((await focused(page)).name, say('list.new', { what: say('one.customer') }));
    await page.keyboard.press('ArrowDown');
    assert.equal((await focused(page)).name, say('list.new', { what: say('one.contact') }));
    await page.keyboard.press('Escape');
    assert.equal((await focused(page)).name, say('frame.new'));
    // A dialog keeps the focus inside, and gives it back.
    await page.keyboard.press('Enter');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    const dialog = page.getByRole('dialog', { name: say('list.new', { what: say('one.contact') }) });
    await dialog.waitFor();
    for (let step = 0; step < 30; step += 1) {
        await page.keyboard.press('Tab');
        // Between the last and the first stop stands the browser itself.
        assert.ok(await page.evaluate(() => document.activeElement === document.body || document.activeElement.closest('dialog') !== null), 'Tab stays in the dialog');
    }
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
    await tabTo(page, (at) => at.name === say('frame.new'));
}

/** Links are links: with Ctrl they open another tab. */
async function links({ page, say, context }) {
    await page.goto('/customers');
    const row = page.locator('.row-name').first();
    const name = await row.innerText();
    for (const [link, title] of [[row, name], [page.getByRole('link', { name: say('area.contacts') }).first(), say('area.contacts')]]) {
        const [tab] = await Promise.all([context.waitForEvent('page'), link.click({ modifiers: ['Control'] })]);
        await tab.getByRole('heading', { level: 1, name: title, exact: true }).waitFor();
        await tab.close();
        assert.match(page.url(), /\/customers$/, 'this tab stays');
    }
}
