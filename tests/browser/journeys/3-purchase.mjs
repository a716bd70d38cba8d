import assert from 'node:assert/strict';
import { eventually, focused, picture, tabTo } from '../browser.mjs';

export const title = 'a purchase, its payment and its return by keyboard, and what its customer has and owes then';

export default async function ({ browser, company }) {
    const { api, people, customers, products } = await company();
    const customer = customers.find(({ name }) => name.startsWith('西安'));
    await api.patch(`customers/${customer.id}`, await api.get(`customers/${customer.id}`), { credit_days: 30, credit_limit: { amount: '20000', currency: 'CNY' } });
    const visitor = await browser.visitor({ user: people.admin });
    const id = await sell(visitor, api, customer, products);
    await pay(visitor, api, id);
    await giveBack(visitor, api, id);
    await holdings(visitor, customer, products);
    await sums(visitor, customer);
    await reprice(visitor, customer, products);
    await settled(visitor, api, customer);
    await rate(visitor, api);
    await limit(browser, api, people, customer);
    await hidden(browser, api, people, customer);
}

const at = (id) => (focus) => focus.id === id;
const called = (label) => (focus) => focus.name === label;
const yuan = (page, amount) => page.evaluate((amount) => new Intl.NumberFormat('en', { style: 'currency', currency: 'CNY', currencyDisplay: 'narrowSymbol' }).format(amount), amount);

/** What was given back wholly is open on neither side. */
async function settled({ page, say }, api, customer) {
    const made = await api.post('purchases', { customer_id: customer.id, lines: [{ quantity: '2', price: '5' }] });
    const lines = [{ reverses: made.lines[0].id, quantity: '-2', price: '5' }];
    const back = await api.post('purchases', { customer_id: customer.id, reverses_id: made.id, lines });
    for (const { id, code } of [made, back]) {
        await page.goto(`/purchases/${id}`);
        await page.getByRole('heading', { level: 1, name: code }).waitFor();
        await page.locator('main').getByText(say('purchase.paid'), { exact: true }).first().waitFor();
        assert.equal(await page.locator('main').getByText(say('purchase.open'), { exact: true }).count(), 0);
    }
}

/** A price that came with its product is no number for another currency. */
async function reprice({ page, say }, customer, [gauge]) {
    await page.goto(`/customers/${customer.id}`);
    await page.getByRole('heading', { level: 1, name: customer.name }).waitFor();
    await page.keyboard.press('b');
    const dialog = page.getByRole('dialog', { name: say('list.new', { what: say('one.purchase') }) });
    await dialog.waitFor();
    const value = (id) => dialog.locator(`#new-purchases-${id}`);
    await value('lines-0-product_id').fill('硬度');
    await page.getByRole('option', { name: gauge.name }).click();
    await eventually(async () => assert.equal(await value('lines-0-price').inputValue(), '4680'));
    await value('currency').fill('USD');
    await eventually(async () => assert.equal(await value('lines-0-price').inputValue(), '', 'there is none in dollars'));
    await page.reload();
}

/** Three lines: a product whose price comes by itself, with a discount; a free text with a stated amount; one that is taken away again. */
async function sell({ page, say, allow }, api, customer, [gauge]) {
    allow(422, /\/purchases$/);
    await page.goto('/customers');
    await page.locator('.row-name').first().waitFor();
    await page.keyboard.press('b');
    const dialog = page.getByRole('dialog', { name: say('list.new', { what: say('one.purchase') }) });
    await dialog.waitFor();
    assert.equal((await focused(page)).id, 'new-purchases-customer_id', 'one begins with the customer');
    await page.keyboard.type('西安');
    await page.getByRole('option', { name: customer.name }).waitFor();
    await page.keyboard.press('Enter');
    const cell = (line, field) => dialog.locator(`#new-purchases-lines-${line}-${field}`);
    const stands = (line, field) => eventually(async () => assert.equal((await focused(page)).id, `new-purchases-lines-${line}-${field}`));
    const total = (amount) => eventually(async () => assert.equal(await dialog.locator('.ledger-editor.lines .ledger-total b').innerText(), await yuan(page, amount)));
    const line = (number) => dialog.locator('.ledger-editor.lines').getByRole('group', { name: say('ledger.row', { number }) });

    await tabTo(page, at('new-purchases-lines-0-product_id'));
    // What nobody knows is not dropped.
    await page.keyboard.type('Earl Grey');
    await page.keyboard.press('Tab');
    await stands(0, 'description');
    await line(1).getByRole('alert').filter({ hasText: say('list.nothing_found') }).waitFor();
    assert.equal(await cell(0, 'product_id').inputValue(), 'Earl Grey');
    await page.keyboard.press('Shift+Tab');
    await page.keyboard.press('Control+A');
    await page.keyboard.type('硬度');
    await page.getByRole('option', { name: gauge.name }).waitFor();
    await page.keyboard.press('Tab');
    await stands(0, 'description');
    assert.equal(await cell(0, 'product_id').inputValue(), gauge.name);
    assert.equal(await cell(0, 'price').inputValue(), '4680', 'the price of today stands there');
    await line(2).waitFor();
    await page.keyboard.press('Enter');
    await stands(0, 'quantity');
    await page.keyboard.type('3');
    await total(14040);
    await page.keyboard.press('Enter');
    await stands(0, 'price');
    await page.keyboard.type('14.40');
    await page.keyboard.press('Enter');
    await stands(0, 'discount');
    await page.keyboard.type('15');
    await total(36.72);
    assert.equal(await line(1).getByRole('status').innerText(), await yuan(page, 36.72));
    await page.keyboard.press('Enter');

    await stands(1, 'product_id');
    await page.keyboard.press('Enter');
    await page.keyboard.type('Packing');
    await page.keyboard.press('Enter');
    await page.keyboard.type('1');
    await tabTo(page, at('new-purchases-lines-1-amount'));
    // A comma groups thousands; elsewhere it is not taken away.
    await page.keyboard.type('12,5');
    await page.keyboard.press('Control+Enter');
    await line(2).getByRole('alert').filter({ hasText: say('invalid.amount') }).waitFor();
    await stands(1, 'amount');
    await page.keyboard.press('Control+A');
    await page.keyboard.type('1,250.5');
    await total(1287.22);
    await page.keyboard.press('Enter');

    await stands(2, 'product_id');
    await tabTo(page, at('new-purchases-lines-2-quantity'));
    await page.keyboard.type('7');
    await page.keyboard.press('Enter');
    await page.keyboard.type('0.07');
    await total(1287.71);
    // From the last value Enter leads on; the way back leads to the button that takes a line away.
    await page.keyboard.press('Enter');
    await page.keyboard.press('Enter');
    await stands(3, 'product_id');
    await tabTo(page, at('new-purchases-lines-3-amount'));
    await page.keyboard.press('Enter');
    assert.equal((await focused(page)).tag, 'SUMMARY');
    await tabTo(page, called(say('part.remove', { number: 3 })), 'Shift+Tab');
    await page.keyboard.press('Enter');
    await line(4).waitFor({ state: 'detached' });
    await total(1287.22);
    await picture(page, 'purchase-create');

    // A fault stands at its line, and has the focus.
    await tabTo(page, at('new-purchases-lines-0-discount'), 'Shift+Tab');
    await page.keyboard.press('Control+A');
    await page.keyboard.type('150');
    await page.keyboard.press('Control+Enter');
    await line(1).getByRole('alert').filter({ hasText: say('invalid.fraction') }).waitFor();
    await stands(0, 'discount');
    await page.keyboard.press('Control+A');
    await page.keyboard.type('15');
    // The third line of three: a price to four places.
    await tabTo(page, at('new-purchases-lines-2-description'));
    await page.keyboard.type('Labels');
    await page.keyboard.press('Enter');
    await page.keyboard.type('1001');
    await page.keyboard.press('Enter');
    await page.keyboard.type('0.0125');
    await total(1299.73);
    await page.keyboard.press('Control+Enter');
    await dialog.waitFor({ state: 'detached' });
    await page.getByText(say('purchase.open'), { exact: true }).waitFor();
    const id = page.url().split('/').pop();
    const made = await api.get(`purchases/${id}`);
    assert.deepEqual(made.lines.map(({ product_id, description, quantity, price, discount, amount }) => [product_id, description, quantity, price, discount, amount]), [
        [gauge.id, '', '3', '14.40', '0.15', '36.72'],
        [null, 'Packing', '1', null, '0', '1250.50'],
        [null, 'Labels', '1001', '0.0125', '0', '12.5125'],
    ]);
    assert.deepEqual([made.total.amount, made.due.amount, made.customer_id], ['1299.7325', '1299.73', customer.id]);
    await page.getByRole('region', { name: say('purchases.lines') }).getByRole('row', { name: say('ledger.total') }).getByText(await yuan(page, 1299.73)).waitFor();
    await page.getByText('15%', { exact: true }).waitFor();
    return id;
}

/** What is open is proposed, and today. */
async function pay({ page, say }, api, id) {
    const payments = page.getByRole('region', { name: say('purchases.payments') });
    await tabTo(page, called(say('purchase.pay')));
    await page.keyboard.press('Enter');
    await eventually(async () => assert.equal((await focused(page)).id, 'field-payments-0-amount'));
    assert.equal((await focused(page)).value, '1299.73');
    await page.keyboard.press('Control+A');
    await page.keyboard.type('1000');
    await page.keyboard.press('Enter');
    await page.keyboard.type('deposit');
    await picture(page, 'purchase-pay');
    await page.keyboard.press('Control+Enter');
    await payments.getByRole('cell', { name: 'deposit' }).waitFor();
    const { payments: [payment], open } = await api.get(`purchases/${id}`);
    const today = await page.evaluate(() => new Date().toLocaleDateString('sv-SE', { timeZone: 'Asia/Shanghai' }));
    assert.deepEqual([payment, open.amount], [{ on: today, amount: '1000', note: 'deposit' }, '299.73']);
    await page.locator('.figure', { hasText: say('purchases.open') }).getByText(await yuan(page, 299.73)).waitFor();
}

/** What is left is proposed; more is refused at its line. */
async function giveBack({ page, say, allow }, api, id) {
    allow(422, /\/purchases$/);
    const { code } = await api.get(`purchases/${id}`);
    const begin = async () => {
        await tabTo(page, called(say('purchase.give_back')), 'Shift+Tab');
        await page.keyboard.press('Enter');
        const dialog = page.getByRole('dialog', { name: say('purchase.return_of', { name: code }) });
        await dialog.waitFor();
        return dialog;
    };
    const quantity = (line) => `new-purchases-lines-${line}-quantity`;
    const line = (dialog, number) => dialog.locator('.ledger-editor.lines').getByRole('group', { name: say('ledger.row', { number }) });
    let dialog = await begin();
    await eventually(async () => assert.deepEqual(await focused(page).then(({ id, value }) => [id, value]), [quantity(0), '-3']));
    assert.equal(await dialog.locator('.lines .ledger-row.blank').count(), 0, 'nothing is given back that was not bought');
    await page.keyboard.press('Control+A');
    await page.keyboard.type('-4');
    // The other two stay with the customer.
    for (const number of [3, 2]) {
        await tabTo(page, called(say('part.remove', { number })));
        await page.keyboard.press('Enter');
        await line(dialog, number).waitFor({ state: 'detached' });
    }
    await page.keyboard.press('Control+Enter');
    await line(dialog, 1).getByRole('alert').filter({ hasText: say('invalid.reversed') }).waitFor();
    await eventually(async () => assert.equal((await focused(page)).id, quantity(0)));
    await picture(page, 'purchase-return-fault');
    // One piece is one less, however it is typed.
    await page.keyboard.press('Control+A');
    await page.keyboard.type('1');
    await eventually(async () => assert.equal((await focused(page)).value, '-1'));
    await page.keyboard.press('Control+Enter');
    await dialog.waitFor({ state: 'detached' });
    await page.getByText(say('purchase.partly'), { exact: true }).waitFor();
    const returns = page.getByRole('region', { name: say('purchase.returns') });
    await returns.getByText(await yuan(page, -12.24)).waitFor();
    const { data: [back] } = await api.get(`purchases?reverses_id=${id}`);
    assert.deepEqual([back.total.amount, back.lines.length], ['-12.24', 1]);

    // What is left after that, and the way from one to the other.
    dialog = await begin();
    await eventually(async () => assert.equal((await focused(page)).value, '-2'));
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
    await returns.getByRole('link', { name: back.code }).click();
    await page.getByRole('heading', { level: 1, name: back.code }).waitFor();
    assert.equal(await page.getByRole('button', { name: say('purchase.give_back'), exact: true }).count(), 0, 'a return is not given back itself');
    await page.getByRole('region', { name: say('record.about') }).getByRole('link', { name: code }).click();
    await page.getByRole('heading', { level: 1, name: code }).waitFor();
}

/** The customer's page says what it has, owes and bought. */
async function holdings({ page, say }, customer, [gauge]) {
    await page.locator('.figure').getByRole('link', { name: customer.name }).click();
    await page.getByRole('heading', { level: 1, name: customer.name }).waitFor();
    const region = (key) => page.getByRole('region', { name: say(key), exact: true });
    const held = region('holdings.title').getByRole('row', { name: gauge.name });
    await held.getByText('2', { exact: true }).waitFor();
    await held.getByText(await yuan(page, 24.48)).waitFor();
    const fact = async (key, text) => region('credit.title').locator(`dt:text-is("${say(key)}") + dd`, { hasText: text }).waitFor();
    await fact('customers.credit_limit', await yuan(page, 20000));
    await fact('credit.open', await yuan(page, 287.49));
    await fact('credit.overdue', await yuan(page, 0));
    await fact('credit.left', await yuan(page, 19712.51));
    await page.locator('.figure', { hasText: say('sales.revenue') }).getByText(await yuan(page, 1287.49)).waitFor();
    await picture(page, 'purchase-customer');
    const purchases = region('area.purchases');
    assert.equal(await purchases.getByRole('listitem').count(), 2);
    // A new one begins with the customer, at the lines; also by its key, and by the menu at the top.
    const name = say('list.new', { what: say('one.purchase') });
    const dialog = page.getByRole('dialog', { name });
    const menu = async () => {
        await page.getByRole('banner').getByRole('button', { name: say('frame.new') }).click();
        await page.getByRole('banner').getByRole('button', { name }).click();
    };
    for (const begin of [() => purchases.getByRole('button', { name }).press('Enter'), () => page.keyboard.press('b'), menu]) {
        await begin();
        await eventually(async () => assert.equal((await focused(page)).id, 'new-purchases-lines-0-product_id'));
        assert.equal(await dialog.locator('#new-purchases-customer_id').inputValue(), customer.name);
        for (const _ of ['the proposals', 'the dialog']) await page.keyboard.press('Escape');
        await dialog.waitFor({ state: 'detached' });
        assert.match(page.url(), new RegExp(`/customers/${customer.id}$`));
    }
}

/** From the list to its totals, and from a group to its purchases. */
async function sums({ page, say }, customer) {
    await page.goto(`/purchases?customer_id_in=${customer.id}`);
    await page.locator('.row-name').nth(1).waitFor();
    await page.getByRole('link', { name: say('totals.title') }).press('Enter');
    await page.getByRole('heading', { level: 1, name: say('totals.title') }).waitFor();
    const sum = page.getByRole('row', { name: say('ledger.total') });
    await sum.getByText(await yuan(page, 1287.49)).waitFor();
    const by = page.locator('.by select');
    await by.selectOption({ label: say('grouping.product') });
    await page.getByRole('row').filter({ hasText: await yuan(page, 24.48) }).waitFor();
    await sum.getByRole('cell', { name: '1,004', exact: true }).waitFor();
    await by.selectOption({ label: say('grouping.month') });
    assert.match(page.url(), /by=month/);
    await page.getByRole('rowheader').getByRole('link').press('Enter');
    await page.getByRole('heading', { level: 1, name: say('area.purchases') }).waitFor();
    await page.locator('.row-name').nth(1).waitFor();
    assert.match(page.url(), /purchased_on_gte=\d{4}-\d\d-01/);
}

/** A currency is worth something from a day on: the settings say so. */
async function rate({ page, say }, api) {
    await page.goto('/settings/exchange_rates#new');
    const dialog = page.getByRole('dialog', { name: say('list.new', { what: say('one.exchange_rate') }) });
    await dialog.getByLabel(say('exchange_rates.currency') + '*', { exact: true }).fill('JPY');
    await dialog.getByLabel(say('exchange_rates.units')).fill('100');
    await dialog.getByLabel(say('exchange_rates.rate')).fill('4.87');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { level: 1, name: 'JPY' }).waitFor();
    const { data: [made] } = await api.get('exchange-rates?currency=JPY');
    assert.deepEqual([made.units, made.rate], [100, '4.87']);
}

/** Above the credit limit who sells is told that somebody has to approve, and who may approve says why. */
async function limit(browser, api, { admin, reader }, customer) {
    const permissions = ['customers', 'purchases', 'products'].flatMap((area) => ['read', 'create'].map((action) => ({ area, action, level: 'all' })));
    const role = await api.post('roles', { name: '柜台', permissions, field_rules: [{ class: 'credit', access: 'read' }] });
    await api.patch(`users/${reader.id}`, await api.get(`users/${reader.id}`), { role_id: role.id });
    const begin = async (user) => {
        const { page, say, allow } = await browser.visitor({ user });
        allow(422, /\/purchases$/);
        await page.goto(`/customers/${customer.id}`);
        await page.getByRole('region', { name: say('area.purchases') }).getByRole('button', { name: say('list.new', { what: say('one.purchase') }) }).press('Enter');
        const dialog = page.getByRole('dialog');
        const left = dialog.getByRole('region', { name: say('credit.title') }).locator(`dt:text-is("${say('credit.left')}") + dd`);
        await left.getByText(await yuan(page, 19712.51)).waitFor();
        await dialog.locator('#new-purchases-lines-0-description').fill('Machine');
        await dialog.locator('#new-purchases-lines-0-quantity').fill('1');
        await dialog.locator('#new-purchases-lines-0-price').fill('20000');
        await page.keyboard.press('Control+Enter');
        await dialog.getByRole('alert').filter({ hasText: say('invalid.over_credit_limit') }).waitFor();
        return { page, say, dialog };
    };
    const seller = await begin(reader);
    assert.equal(await seller.dialog.locator('#new-purchases-credit_approval').count(), 0);
    await picture(seller.page, 'purchase-over-limit');
    const { page, say, dialog } = await begin(admin);
    await eventually(async () => assert.equal((await focused(page)).id, 'new-purchases-credit_approval'));
    await picture(page, 'purchase-approval');
    await page.keyboard.type('Paid by letter of credit');
    await page.keyboard.press('Control+Enter');
    await dialog.waitFor({ state: 'detached' });
    const { data: [made] } = await api.get(`purchases?customer_id=${customer.id}&sort=-created_at&limit=1`);
    assert.deepEqual([made.credit_approval, made.total.amount], ['Paid by letter of credit', '20000']);
    await page.getByRole('region', { name: say('credit.title') }).locator('dd.bad').first().waitFor();
}

/** Who may not see credit has no panel of it; who may read no purchases sees none. */
async function hidden(browser, api, { reader }, customer) {
    const user = await api.get(`users/${reader.id}`);
    const as = async (permissions) => {
        const role = await api.post('roles', { name: `仅看 ${permissions.length}`, permissions: permissions.map((area) => ({ area, action: 'read', level: 'all' })), field_rules: [{ class: 'credit', access: 'hide' }] });
        await api.patch(`users/${reader.id}`, await api.get(`users/${reader.id}`), { role_id: role.id });
        const { page, say } = await browser.visitor({ user: reader });
        await page.goto(`/customers/${customer.id}`);
        await page.getByRole('region', { name: say('timeline.title') }).waitFor();
        await page.waitForLoadState('networkidle');
        return Promise.all(['holdings.title', 'credit.title', 'area.purchases'].map((key) => page.getByRole('region', { name: say(key), exact: true }).count()));
    };
    assert.deepEqual(await as(['customers', 'purchases']), [1, 0, 1]);
    assert.deepEqual(await as(['customers']), [0, 0, 0]);
    await api.patch(`users/${reader.id}`, await api.get(`users/${reader.id}`), { role_id: user.role_id });
}
