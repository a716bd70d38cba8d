import assert from 'node:assert/strict';
import { eventually, picture } from '../browser.mjs';
import { company } from '../company.mjs';
import { faults, settled, watch } from '../look.mjs';
import { installation } from '../server.mjs';
import { languages } from '../texts.mjs';

export const title = 'every page in both languages, themes and widths';
const sizes = [{ width: 1400, height: 900 }, { width: 360, height: 800 }];
const themes = ['light', 'dark'];
const together = 2;

/** A server that still waits for its first administrator, and one with nothing in it but the company. */
export async function prepare() {
    const places = [installation(), installation()];
    const [empty, server] = await Promise.all(places.map((place) => place.serve()));
    return { places, empty, server };
}

export default async function ({ browser, prepared: { places, empty, server } }) {
    try {
        const made = await company(server);
        const looks = languages.flatMap((language) => sizes.flatMap((size) => themes.map((theme) => ({ language, size, theme }))));
        const free = [...made.customers];
        const found = [];
        let count = 0;
        const work = async () => {
            for (let look = looks.shift(); look; look = looks.shift()) {
                // Each look edits a customer of its own.
                const customer = free.shift();
                const outside = await browser.visitor({ at: empty, ...look });
                const inside = await browser.visitor({ at: server, user: made.people.admin, ...look });
                for (const { context } of [outside, inside]) await watch(context);
                for (const [name, visitor] of [...doors(outside, inside), ...states(inside, made, customer)]) {
                    const place = `${name}-${look.language}-${look.theme}-${look.size.width}`;
                    try {
                        const page = await visitor();
                        await settled(page);
                        const wrong = await faults(page, look.language);
                        await picture(page, place);
                        found.push(...wrong.map((fault) => `${place}: ${fault}`));
                    } catch (error) {
                        await picture(inside.page, place);
                        found.push(`${place}: ${error.message}`);
                        await inside.page.goto('/customers');
                    }
                    count += 1;
                }
                for (const one of [outside, inside]) await one.close();
            }
        };
        await Promise.all(Array.from({ length: together }, work));
        console.log(`  ${count} pages looked at`);
        assert.equal(found.length, 0, [...found, ''].join('\n'));
    } finally {
        for (const place of places) await place.end();
    }
}

/** The pages for nobody: each is a name and the way to it. */
function doors(outside, inside) {
    return [
        ['setup', async () => (await outside.page.goto('/'), await outside.page.getByRole('button', { name: outside.say('setup.done') }).waitFor(), outside.page)],
        ['sign-in', async () => {
            const { page, say, context } = inside;
            const cookies = await context.cookies();
            await context.clearCookies();
            await page.goto('/');
            await page.getByRole('heading', { name: say('session.welcome') }).waitFor();
            await context.addCookies(cookies);
            return page;
        }],
    ];
}

/** Every page and what opens over it. */
function states({ page, say, allow }, made, first) {
    const { api, category, customers, contacts, people, products, purchases, teams, roles, tags } = made;
    allow(412, /\/customers\//);
    allow(404, /\/(customers|nothing)/);
    const foreign = customers.find(({ name }) => name.startsWith('Hanse'));
    let begun = false;
    let gone;
    /** Goes to an address as a link would, without loading the application again. */
    const go = async (path) => {
        if (begun) await page.evaluate((to) => (history.pushState(null, '', to), dispatchEvent(new PopStateEvent('popstate'))), path);
        else await page.goto(path);
        begun = true;
        await settled(page);
        return page;
    };
    const at = (path) => () => go(path);
    const then = (path, act) => async () => (await go(path), await act(), page);
    const dialog = page.getByRole('dialog');
    const button = (name, place = page) => place.getByRole('button', { name, exact: true });
    const escape = () => page.keyboard.press('Escape');
    const list = async () => page.locator('.row-name').first().waitFor();
    /** Shows the fields that are empty, too. */
    const unfold = () => page.locator('.fold[aria-expanded=false]').click();
    return [
        ['customers', then('/customers', list)],
        ['customers-panel', then(`/customers?open=${first.id}`, () => page.getByRole('complementary').getByRole('heading', { name: first.name }).waitFor())],
        ['customers-bulk', then('/customers', async () => {
            await list();
            for (const at of [0, 1]) await page.getByRole('row').getByRole('checkbox').nth(at).check();
            await page.getByRole('region', { name: say('bulk.bar') }).waitFor();
        })],
        ['customers-none', then('/customers?q=zzzz&kind_in=person', () => page.getByRole('heading', { name: say('list.nothing_found') }).waitFor())],
        ['customers-filter', then('/customers', async () => {
            await list();
            await button(say('list.filter'), page.getByRole('group', { name: say('list.filters') })).click();
        })],
        ['customers-columns', then('/customers', async () => {
            await escape();
            await page.getByRole('button', { name: say('list.columns_choose') }).click();
        })],
        ['customer-new', then('/customers#new', async () => {
            await dialog.waitFor();
            await button(say('act.create'), dialog).click();
            await dialog.getByRole('alert').first().waitFor();
            await dialog.locator('summary').click();
        })],
        ['customer', async () => (await escape(), await dialog.waitFor({ state: 'detached' }), go(`/customers/${foreign.id}`))],
        ['customer-edit', then(`/customers/${first.id}`, async () => {
            await unfold();
            for (const field of ['addresses', 'tag_ids']) {
                await button(say('record.edit', { field: say(`customers.${field}`) })).click();
                await page.locator(`#field-${field}`).waitFor();
            }
            await page.locator('#field-tag_ids').click();
            await page.locator('[role=option]').first().waitFor();
        })],
        ['customer-conflict', async () => {
            await page.reload();
            await unfold();
            await button(say('record.edit', { field: say('customers.note') })).click();
            const now = await api.get(`customers/${first.id}`);
            await api.patch(`customers/${first.id}`, now, { note: `每周五下午送货。${now.version}`, employees: now.version });
            await page.locator('#field-note').fill('每周四上午送货。');
            await page.keyboard.press('Control+Enter');
            await page.getByRole('dialog', { name: say('conflict.title') }).waitFor();
            return page;
        }],
        ['customer-deleted', async () => {
            await button(say('conflict.back'), dialog).click();
            page.once('dialog', (question) => question.accept());
            await page.locator('#field-note').press('Escape');
            await page.locator('.editing').waitFor({ state: 'detached' });
            gone = (await api.post('customers', { name: '已停业的客户' })).id;
            await go(`/customers/${gone}`);
            await button(say('act.delete')).click();
            await button(say('act.restore')).waitFor();
            return page;
        }],
        ['customers-deleted', then('/customers?include_deleted=true', () => page.getByText(say('list.deleted'), { exact: true }).first().waitFor())],
        ['customer-missing', async () => (await page.goto(`/customers/${crypto.randomUUID()}`), await page.getByRole('alert').waitFor(), page)],
        ['contacts', then('/contacts', list)],
        ['contact', at(`/contacts/${contacts[0].id}`)],
        ['contact-new', then('/contacts#new', () => dialog.waitFor())],
        ['purchases', async () => (await escape(), await dialog.waitFor({ state: 'detached' }), await go('/purchases'), await list(), page)],
        ['purchases-panel', then(`/purchases?open=${purchases.paid.id}`, () => page.getByRole('complementary').getByRole('table').first().waitFor())],
        ['purchase', then(`/purchases/${purchases.paid.id}`, () => page.getByRole('region', { name: say('purchase.returns') }).getByRole('link').waitFor())],
        ['purchase-overdue', then(`/purchases/${purchases.overdue.id}`, () => page.getByText(say('purchase.overdue'), { exact: true }).waitFor())],
        ['purchase-lines', then(`/purchases/${purchases.foreign.id}`, async () => {
            await button(say('record.edit', { field: say('purchases.lines') })).click();
            await page.locator('#field-lines').waitFor();
        })],
        ['purchase-pay', async () => (await button(say('act.cancel')).click(), await button(say('purchase.pay')).click(), await page.locator('#field-payments').waitFor(), page)],
        ['purchase-back', async () => {
            page.once('dialog', (question) => question.accept());
            await button(say('act.cancel')).click();
            await page.locator('.editing').waitFor({ state: 'detached' });
            return go(`/purchases/${purchases.back.id}`);
        }],
        ['purchase-return', then(`/purchases/${purchases.paid.id}`, async () => {
            await button(say('purchase.give_back')).click();
            await dialog.locator('.ledger-row').nth(2).waitFor();
        })],
        ['purchase-new', async () => {
            await escape();
            await dialog.waitFor({ state: 'detached' });
            await go('/purchases#new');
            await dialog.locator('.of-quantity input').first().fill('0');
            await button(say('act.create'), dialog).click();
            await dialog.getByRole('alert').first().waitFor();
            await dialog.locator('summary').click();
            return page;
        }],
        ['purchases-totals', async () => {
            page.once('dialog', (question) => question.accept());
            await escape();
            await dialog.waitFor({ state: 'detached' });
            await go('/purchases/totals?by=month');
            await page.getByRole('table').waitFor();
            return page;
        }],
        ['purchases-by-product', then('/purchases/totals?by=product', () => page.getByRole('rowheader', { name: products[0].name }).waitFor())],
        ['products', async () => (await escape(), await dialog.waitFor({ state: 'detached' }), await go('/products'), await list(), page)],
        ['product', at(`/products/${products[0].id}`)],
        ['product-new', then('/products#new', () => dialog.waitFor())],
        ['account', async () => (await escape(), await dialog.waitFor({ state: 'detached' }), go('/settings/account'))],
        ['organization', then('/settings/organization', () => page.locator('.fact').first().waitFor())],
        ['users', then('/settings/users', list)],
        ['user', at(`/settings/users/${people.seller.id}`)],
        ['teams', then('/settings/teams', () => page.getByRole('link', { name: teams.east.name ?? '华东' }).waitFor())],
        ['team', at(`/settings/teams/${teams.east.id}`)],
        ['roles', then('/settings/roles', list)],
        ['role', then(`/settings/roles/${roles['销售'].id}`, () => page.locator('select.level').first().waitFor())],
        ['product-categories', then('/settings/product_categories', list)],
        ['product-category', at(`/settings/product_categories/${category.id}`)],
        ['exchange-rates', then('/settings/exchange_rates', list)],
        ['exchange-rate', at(`/settings/exchange_rates/${purchases.rate.id}`)],
        ['tags', then('/settings/tags', list)],
        ['tag', at(`/settings/tags/${tags[0].id}`)],
        ['not-found', at('/nothing/here')],
        ['palette', then('/customers', async () => {
            await page.keyboard.press('Control+k');
            await dialog.waitFor();
            await page.keyboard.type('hanse');
            await dialog.getByRole('option').filter({ hasText: 'Hanse' }).waitFor();
        })],
        ['sheet', async () => (await escape(), await dialog.waitFor({ state: 'detached' }), await page.keyboard.press('?'), await dialog.waitFor(), page)],
        ['menu', async () => (await escape(), await dialog.waitFor({ state: 'detached' }), await page.getByRole('button', { name: say('frame.user', { name: people.admin.name }) }).click(), page)],
        ['navigation', async () => {
            await escape();
            const fold = page.getByRole('button', { name: say('frame.menu'), exact: true });
            if (await fold.isVisible()) await fold.click();
            await eventually(async () => assert.ok(await page.getByRole('navigation', { name: say('frame.navigation') }).isVisible()));
            return page;
        }],
    ];
}
