import assert from 'node:assert/strict';
import { anybody, signIn } from '../api.mjs';
import { eventually } from '../browser.mjs';
import { admin, organization } from '../company.mjs';
import { settled } from '../look.mjs';
import { installation } from '../server.mjs';
import { languages, speaker } from '../texts.mjs';

export const title = 'hostile words in every text of every record stay words';

/** Each would call `bad`, or leave an element or a link of its own, wherever it was taken for more than a text. Forty letters at most: so short is a code. */
const words = [
    '<script>bad()</script>',
    '</title><script>bad()</script>',
    '</script><script>bad()//',
    '<img bad src=x onerror=bad()>',
    '"><img bad src=x onerror=bad()>',
    "'><img bad src=x onerror='bad()'>",
    '<svg bad onload=bad()>',
    '<svg><script bad>bad()</script></svg>',
    '<iframe bad srcdoc="<b bad>x">',
    '<details bad open ontoggle=bad()>',
    '<body bad onload=bad()>',
    '<form bad action=//x><input autofocus>',
    '<a bad href=javascript:bad()>x</a>',
    'javascript:bad()',
    'JaVa\tScRiPt:bad()'.replace('\t', ' '),
    'data:text/html,<script>bad()</script>',
    '" onmouseover="bad()" bad="',
    "' autofocus onfocus=bad() bad='",
    '` onclick=bad() bad=`',
    '{{constructor.constructor("bad()")()}}',
    '${bad()}#{bad()}<%= bad() %>',
    '<style bad>*{display:none}</style>',
    '<base bad href=//127.0.0.1:1/>',
    '<meta bad http-equiv=refresh content=0>',
    '&lt;img bad src=x onerror=bad()&gt;',
    '\u202egnp.<img bad src=x onerror=bad()>',
    '\uff1cscript\uff1ebad()\uff1c/script\uff1e',
    '<math><mtext><b bad onclick=bad()>x',
    'x@y.cn?bcc=<img bad src=x>',
];

/** A server whose every text is hostile. */
export async function prepare() {
    const place = installation();
    try {
        const server = await place.serve();
        return { place, server, made: await fill(server) };
    } catch (error) {
        await place.end();
        throw error;
    }
}

export default async function ({ browser, prepared: { place, server, made } }) {
    try {
        await Promise.all(languages.map((language, turn) => walk(browser, server, language, turn, made)));
    } finally {
        await place.end();
    }
}

/** One record of each kind for each word, which names the others. */
async function fill(server) {
    const token = await eventually(async () => (assert.ok(server.token), server.token));
    await anybody(server)('POST', 'setup', { body: { token, organization: { ...organization, name: words[3] }, ...admin, name: words[4] } });
    const api = await signIn(server, admin);
    const contract = await (await fetch(`${server.url}/api/openapi.json`)).json();
    const role = (await api.get('roles?limit=1')).data[0].id;
    const today = new Date().toISOString().slice(0, 10);
    const made = {};
    let texts = 0;

    /** What a client may write by a schema, with the word in every text that takes it. */
    function draft(schema, word, own = {}) {
        const resolved = schema.$ref ? contract.components.schemas[schema.$ref.split('/').pop()] : schema;
        const [one] = resolved.oneOf ?? [];
        if (one) return draft(one, word, own);
        const type = [resolved.type].flat()[0];
        if (type === 'array') {
            const item = draft(resolved.items, word);
            return typeof item === 'object' ? [item] : undefined;
        }
        if (type === 'object') {
            const body = Object.entries(resolved.properties).map(([name, property]) => [name, name in own ? own[name] : draft(property, word)]);
            const complete = (resolved.required ?? []).every((name) => body.some(([known, value]) => known === name && value !== undefined));
            return complete ? Object.fromEntries(body.filter(([, value]) => value !== undefined)) : undefined;
        }
        if (type !== 'string') return undefined;
        if (resolved.enum) return resolved.enum[0];
        if (resolved.format) return { date: today }[resolved.format];
        if (schema.$ref) return { Decimal: '1', Currency: 'CNY' }[schema.$ref.split('/').pop()];
        const fits = word.length <= (resolved.maxLength ?? Infinity) && new RegExp(resolved.pattern ?? '', 'u').test(word);
        texts += fits;
        return fits ? word : undefined;
    }
    const create = async (plural, name, own) => {
        const drafts = words.map((word, at) => draft({ $ref: `#/components/schemas/New${name}` }, word, own(word, at)));
        made[plural] = await api.createAll(plural, drafts);
    };
    await create('tags', 'Tag', () => ({}));
    await create('teams', 'Team', (word, at) => ({ parent_id: at ? null : undefined }));
    await create('roles', 'Role', () => ({ permissions: [], field_rules: [] }));
    await create('users', 'User', (word, at) => ({ role_id: role, team_ids: [made.teams[at].id], email: null, zone: undefined, active: false }));
    await create('product-categories', 'ProductCategory', () => ({}));
    await create('products', 'Product', (word, at) => ({ category_id: made['product-categories'][at].id }));
    const identifiers = (word) => [
        { kind: 'external', system: word, value: word },
        { kind: 'phone', value: word },
        { kind: 'mobile', value: `javascript:bad('${word}')` },
        { kind: 'email', value: "x?body='onclick=bad()&bad@y.cn" },
    ];
    await create('customers', 'Customer', (word, at) => ({
        owner_id: made.users[at].id, tag_ids: [made.tags[at].id], identifiers: identifiers(word), kind: 'company',
        influences: undefined, acquisition_cost: undefined, switching_costs: [{ kind: 'relational', amount: { amount: '1', currency: 'CNY' }, note: word }],
    }));
    for (const [at, word] of words.entries()) {
        const now = await api.get(`customers/${made.customers[at].id}`);
        const other = made.customers[(at + 1) % words.length].id;
        await api.patch(`customers/${now.id}`, now, { influences: [{ customer_id: other, note: word }], parent_id: at ? made.customers[0].id : null, name: `${word}.` });
    }
    await create('contacts', 'Contact', (word, at) => ({ identifiers: identifiers(word), positions: [{ customer_id: made.customers[at].id, title: word }] }));
    await create('purchases', 'Purchase', (word, at) => ({
        customer_id: made.customers[at].id, seller_id: made.users[at].id, currency: undefined, cost: undefined, required_on: undefined, shipped_on: undefined, due_on: undefined,
        lines: [{ product_id: made.products[at].id, description: word, quantity: '1', amount: '5' }],
        payments: [{ on: today, amount: '1', note: word }],
    }));
    assert.ok(texts > words.length * 30, `${texts} texts are hostile`);
    return made;
}

/** Every page in one language. */
async function walk(browser, server, language, turn, made) {
    const { context, page, allow } = await browser.visitor({ at: server, user: admin, language });
    const say = speaker(language);
    const found = [];
    allow(404, /./);
    allow(400, /./);
    context.on('dialog', (dialog) => (found.push(`a dialog: ${dialog.message()}`), dialog.dismiss()));
    context.on('page', (other) => found.push(`a window: ${other.url()}`));
    await context.addInitScript(() => (globalThis.bad = () => console.error('a hostile word ran')));
    let seen = 0;
    const look = async (place) => {
        await settled(page);
        found.push(...(await page.evaluate(strange)).map((what) => `${place}: ${what}`));
        seen += 1;
    };
    /** Goes to an address as a link would. */
    const go = async (path) => {
        await page.evaluate((to) => (history.pushState(null, '', to), dispatchEvent(new PopStateEvent('popstate'))), path);
        await look(path);
    };
    await page.goto('/customers');
    await look('customers');
    assert.ok((await page.locator('body').innerText()).includes(words[0]), 'the words are there, as words');

    const planted = await page.evaluate(() => {
        const link = document.body.appendChild(document.createElement('a'));
        for (const [name, value] of [['bad', ''], ['href', 'gopher:x']]) link.setAttribute(name, value);
    }).then(() => page.evaluate(strange));
    assert.equal(planted.length, 2, 'what is strange is seen');
    await page.evaluate(() => document.querySelector('[bad]').remove());

    const settings = { tags: 'tags', teams: 'teams', roles: 'roles', users: 'users', 'product-categories': 'product_categories' };
    for (const list of ['customers', 'contacts', 'purchases', 'products', ...Object.values(settings).map((name) => `settings/${name}`)]) await go(`/${list}`);
    for (const path of ['settings/account', 'settings/organization', 'settings/exchange_rates']) await go(`/${path}`);
    for (const by of ['customer', 'seller', 'category', 'country', 'product']) await go(`/purchases/totals?by=${by}`);
    // A third of the records in one language, a third in the other, of every kind others; of what is only a name, a few.
    const mine = (records, step, from = 0) => records.filter((_, at) => (at + from) % step === turn);
    for (const [from, plural] of ['customers', 'contacts', 'purchases', 'products'].entries()) for (const { id } of mine(made[plural], 3, from)) await go(`/${plural}/${id}`);
    for (const [plural, path] of Object.entries(settings)) for (const { id } of mine(made[plural], 8)) await go(`/settings/${path}/${id}`);
    for (const plural of ['customers', 'contacts', 'purchases']) for (const { id } of mine(made[plural], 12)) await go(`/${plural}?open=${id}`);

    // What an address says is a word, too.
    for (const word of words.slice(0, 7).map(encodeURIComponent)) {
        await go(`/customers?q=${word}&industry=${word}&sort=${word}`);
        await go(`/customers/${word}#${word}`);
        await go(`/nothing/${word}?${word}#${word}`);
    }
    // The palette shows what it finds; an editor what stands there; a choice what there is.
    const dialog = page.getByRole('dialog');
    await go('/customers');
    await page.keyboard.press('Control+k');
    await dialog.waitFor();
    await page.keyboard.type('script');
    await dialog.getByRole('option').filter({ hasText: words[0] }).first().waitFor();
    await look('palette');
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
    for (const field of ['name', 'addresses', 'parent_id', 'owner_id']) {
        await page.goto(`/customers/${made.customers[4].id}`);
        await settled(page);
        await page.getByRole('button', { name: say('record.edit', { field: say(`customers.${field}`) }) }).first().click();
        await page.locator(`#field-${field}`).first().waitFor();
        if (field.endsWith('_id')) await eventually(async () => assert.ok((await page.locator('[role=option]').count()) > 3));
        await look(`editing ${field}`);
    }
    // A deed is told in its record's words.
    await page.goto(`/customers/${made.customers[5 + turn].id}`);
    await settled(page);
    await page.getByRole('button', { name: say('act.delete'), exact: true }).click();
    await page.getByRole('button', { name: say('act.restore'), exact: true }).first().waitFor();
    await look('deleted');
    assert.deepEqual(found, [], `${found.length} of ${seen} pages`);
    console.log(`  ${seen} pages with hostile words in ${language}`);
}

/** Runs in the page: what only a word that was taken for more can have made. */
function strange() {
    const found = [];
    const tell = (element, why) => found.push(`${why}: ${element.outerHTML.slice(0, 120)}`);
    for (const element of document.querySelectorAll('*')) {
        const names = element.getAttributeNames();
        if (names.includes('bad') || names.some((name) => name.startsWith('on'))) tell(element, 'an attribute');
        if (element.matches('iframe, object, embed, base, math, frame, img[src="x"], form[action], meta[http-equiv=refresh], body script:not([type=module])')) tell(element, 'an element');
        for (const name of ['href', 'src', 'action', 'formaction', 'srcdoc', 'xlink:href']) {
            if (!element.hasAttribute(name)) continue;
            const { protocol, host } = new URL(element.getAttribute(name), location.origin);
            const good = ['mailto:', 'tel:'].includes(protocol) || (/^https?:$/.test(protocol) && host === location.host) || (protocol === 'data:' && element.matches('link, img'));
            if (!good) tell(element, 'a link');
        }
    }
    return found;
}
