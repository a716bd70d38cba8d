import assert from 'node:assert/strict';
import { eventually, picture } from '../browser.mjs';

export const title = 'users, teams, roles, tags, the organization; what a seller sees';

export default async function ({ browser, company }) {
    const made = await company();
    const visitor = await browser.visitor({ user: made.people.admin, language: 'zh-CN' });
    for (const walk of [teams, users, roles, tags, organization]) await walk(visitor, made);
    await visitor.close();
    await password(browser, made.people.other);
    await seller(browser, made);
    await narrowest(browser, made);
}

const heading = ({ page, say }, key) => page.getByRole('heading', { level: 1, name: say(key), exact: true }).waitFor();
const section = ({ page, say }, key) => page.getByRole('navigation', { name: say('settings.title') }).getByRole('link', { name: say(key) }).click();

/** Opens the dialog for a new one. */
async function begin({ page, say }, what) {
    const name = say('list.new', { what: say(`one.${what}`) });
    await page.getByRole('main').getByRole('button', { name }).first().click();
    return page.getByRole('dialog', { name });
}

async function create({ page, say }, dialog, name) {
    await dialog.getByRole('button', { name: say('act.create') }).click();
    await page.getByRole('status').getByText(say('create.done', { name })).waitFor();
    await dialog.waitFor({ state: 'detached' });
}

async function teams(visitor, { api, teams: { east } }) {
    const { page, say } = visitor;
    await page.goto('/settings');
    await section(visitor, 'area.teams');
    await heading(visitor, 'area.teams');
    await page.getByRole('button', { name: `${say('teams.add_below')}: ${east.name}` }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel(say('teams.name')).fill('苏州');
    assert.equal(await dialog.getByLabel(say('teams.parent_id')).inputValue(), east.name);
    await create(visitor, dialog, '苏州');
    await page.getByRole('listitem').filter({ hasText: east.name }).getByRole('listitem').getByRole('link', { name: '苏州' }).waitFor();
    const { data } = await api.get('teams?limit=50');
    assert.equal(data.find((team) => team.name === '苏州').parent_id, east.id);
}

async function users(visitor, { api, roles }) {
    const { page, say, allow } = visitor;
    allow(409, /\/users$/);
    await section(visitor, 'area.users');
    await heading(visitor, 'area.users');
    const dialog = await begin(visitor, 'user');
    await dialog.getByLabel(say('users.name')).fill('赵敏');
    await dialog.getByLabel(say('users.email')).fill('wang@example.com');
    await dialog.getByLabel(say('users.role_id')).fill('销');
    await dialog.getByRole('option', { name: '销售' }).click();
    await dialog.getByRole('button', { name: say('act.create') }).click();
    await dialog.getByRole('alert').filter({ hasText: say('invalid.duplicate') }).waitFor();
    await picture(page, 'settings-user-create');
    await dialog.getByLabel(say('users.email')).fill('zhao@example.com');
    await create(visitor, dialog, '赵敏');
    // The page of a new user says how to get in.
    await page.getByRole('heading', { level: 1, name: '赵敏' }).waitFor();
    await page.getByText(say('users.link_first')).waitFor();
    await section(visitor, 'area.users');
    const row = page.getByRole('row').filter({ hasText: 'zhao@example.com' });
    await row.getByText('销售').waitFor();
    const [user] = (await api.get('users?email=zhao%40example.com')).data;
    assert.deepEqual([user.role_id, user.active, user.language], [roles['销售'].id, true, 'zh-CN']);
    await row.getByRole('link').press('Enter');
    await page.getByRole('heading', { level: 1, name: '赵敏' }).waitFor();
    await page.getByRole('button', { name: say('record.edit', { field: say('users.active') }) }).click();
    await page.locator('#field-active').uncheck();
    await page.locator('.editing').getByRole('button', { name: say('act.save') }).click();
    await eventually(async () => assert.equal((await api.get(`users/${user.id}`)).active, false));
}

async function roles(visitor, { api }) {
    const { page, say } = visitor;
    await section(visitor, 'area.roles');
    await heading(visitor, 'area.roles');
    const dialog = await begin(visitor, 'role');
    await dialog.getByLabel(say('roles.name')).fill('实习');
    await create(visitor, dialog, '实习');
    const role = (await api.get('roles?limit=50')).data.find(({ name }) => name === '实习');
    await page.getByRole('heading', { level: 1, name: '实习' }).waitFor();
    const level = page.getByLabel(`${say('area.customers')} · ${say('action.read')}`);
    await level.selectOption({ label: say('level.own') });
    await eventually(async () => assert.deepEqual((await api.get(`roles/${role.id}`)).permissions, [{ area: 'customers', action: 'read', level: 'own' }]));
    // It holds at once, and can be taken back.
    await level.selectOption({ label: say('level.all') });
    const status = page.getByRole('status').locator('.toast').last();
    await eventually(async () => assert.equal((await api.get(`roles/${role.id}`)).permissions[0].level, 'all'));
    await eventually(async () => assert.equal(await page.getByRole('button', { name: say('act.undo') }).count(), 2));
    await status.getByRole('button', { name: say('act.undo') }).click();
    await eventually(async () => assert.equal((await api.get(`roles/${role.id}`)).permissions[0].level, 'own'));
    await eventually(async () => assert.equal(await level.inputValue(), 'own'));
    await page.getByLabel(say('class.credit'), { exact: true }).selectOption({ label: say('field_access.hide') });
    await eventually(async () => assert.deepEqual((await api.get(`roles/${role.id}`)).field_rules, [{ class: 'credit', access: 'hide' }]));
    // Choices that are made faster than they are saved are all kept.
    const slow = `**/roles/${role.id}`;
    await page.route(slow, async (route) => (await new Promise((later) => setTimeout(later, 300)), route.continue()));
    for (const action of ['create', 'update']) await page.getByLabel(`${say('area.customers')} · ${say(`action.${action}`)}`).selectOption({ label: say('level.team') });
    const levels = async () => (await api.get(`roles/${role.id}`)).permissions.map(({ action, level }) => `${action} ${level}`).sort();
    await eventually(async () => assert.deepEqual(await levels(), ['create team', 'read own', 'update team']));
    await page.unroute(slow);
    await page.reload();
    await eventually(async () => assert.equal(await level.inputValue(), 'own'));
    await picture(page, 'settings-role');
}

async function tags(visitor, { api }) {
    const { page, say } = visitor;
    await section(visitor, 'area.tags');
    await heading(visitor, 'area.tags');
    const dialog = await begin(visitor, 'tag');
    await dialog.getByLabel(say('tags.name')).fill('老客户');
    await dialog.getByLabel(say('tags.colour')).selectOption({ label: say('tag_colour.purple') });
    await create(visitor, dialog, '老客户');
    await section(visitor, 'area.tags');
    await page.getByRole('row').filter({ hasText: '老客户' }).getByText(say('tag_colour.purple')).waitFor();
    assert.equal((await api.get('tags?limit=50')).data.find(({ name }) => name === '老客户').colour, 'purple');
}

async function organization(visitor, { api }) {
    const { page, say, allow } = visitor;
    allow(422, /\/organization$/);
    await section(visitor, 'area.organization');
    const edit = async (field, text) => {
        await page.getByRole('button', { name: say('record.edit', { field: say(`organization.${field}`) }) }).click();
        await page.locator(`#field-${field}`).fill(text);
        await page.keyboard.press('Enter');
    };
    await edit('name', '云岭国际');
    await eventually(async () => assert.equal((await api.get('organization')).name, '云岭国际'));
    await page.getByText('云岭国际', { exact: true }).waitFor();
    await edit('zone', 'Nowhere/Land');
    await page.getByRole('alert').filter({ hasText: say('invalid.zone') }).waitFor();
    await page.keyboard.press('Escape');
    assert.equal((await api.get('organization')).zone, 'Asia/Shanghai');
    await picture(page, 'settings-organization');
}

/** One's own password: a wrong one is told at its field. */
async function password(browser, user) {
    const visitor = await browser.visitor({ user, language: 'zh-CN' });
    const { page, say, allow } = visitor;
    allow(422, /\/auth\/password$/);
    await page.goto('/settings');
    await section(visitor, 'account.title');
    const fill = (key, text) => page.getByLabel(say(key), { exact: true }).fill(text);
    const change = page.getByRole('button', { name: say('account.password_change') });
    await fill('account.current_password', 'not this one');
    await fill('account.new_password', user.password);
    await change.click();
    await page.getByRole('alert').filter({ hasText: say('account.password_wrong') }).waitFor();
    await fill('account.current_password', user.password);
    await change.click();
    await page.getByRole('status').getByText(say('account.password_changed')).waitFor();
    await page.reload();
    await heading(visitor, 'account.title');
}

/** A seller reads the settings that the role may read, changes none, and sees the customers of the own team alone. */
async function seller(browser, { api, people, customers, roles, teams: { east }, tags }) {
    const visitor = await browser.visitor({ user: people.seller, language: 'zh-CN' });
    const { page, say, allow } = visitor;
    allow(404, /\/customers\//);
    await page.goto('/customers');
    const own = customers.filter((customer) => customer.owner_id === people.seller.id).map(({ name }) => name).sort();
    const hidden = customers.find((customer) => customer.owner_id === people.other.id);
    const names = page.locator('.row-name');
    await eventually(async () => {
        const seen = await names.allInnerTexts();
        for (const name of own) assert.ok(seen.includes(name), `${name} is seen`);
        assert.ok(!seen.includes(hidden.name), `${hidden.name} is not seen`);
    });
    await page.goto(`/customers/${hidden.id}`);
    await page.getByRole('alert').filter({ hasText: say('problem.not_found') }).waitFor();
    assert.ok(!(await page.locator('body').innerText()).includes(hidden.name));

    await page.goto('/settings');
    for (const [area, one] of [['users', 'user'], ['teams', 'team'], ['roles', 'role'], ['tags', 'tag']]) {
        await section(visitor, `area.${area}`);
        await heading(visitor, `area.${area}`);
        assert.equal(await page.getByRole('main').getByRole('button', { name: say('list.new', { what: say(`one.${one}`) }) }).count(), 0, `no new ${one}`);
    }
    for (const path of [`users/${people.other.id}`, `teams/${east.id}`, `tags/${tags[0].id}`, `roles/${roles['销售'].id}`, 'organization']) {
        const { name } = await api.get(path);
        await page.goto(`/settings/${path}`);
        await page.getByText(name, { exact: true }).first().waitFor();
        for (const key of ['act.delete', 'act.edit']) {
            const button = key === 'act.delete' ? page.getByRole('button', { name: say(key), exact: true }) : page.locator('.fact button.edit');
            assert.equal(await button.count(), 0, `${path}: ${key}`);
        }
        assert.equal(await page.locator('select.level:enabled').count(), 0, `${path} has no level to choose`);
    }
}

/** Who may read customers alone is shown nothing else. */
async function narrowest(browser, { api, people: { reader } }) {
    const role = await api.post('roles', { name: '仅客户', permissions: [{ area: 'customers', action: 'read', level: 'all' }], field_rules: [{ class: 'credit', access: 'hide' }] });
    const user = await api.get(`users/${reader.id}`);
    await api.patch(`users/${reader.id}`, user, { role_id: role.id });
    const { page, say } = await browser.visitor({ user: reader, language: 'zh-CN' });
    await page.goto('/customers');
    await page.locator('.row-name').first().waitFor();
    const links = (name) => page.getByRole('navigation', { name: say(name) }).getByRole('link').allInnerTexts();
    assert.deepEqual(await links('frame.navigation'), [say('area.customers'), say('settings.title')]);
    assert.equal(await page.getByRole('button', { name: say('frame.new') }).count(), 0);
    for (const field of ['owner_id', 'tag_ids']) assert.equal(await page.getByRole('columnheader', { name: say(`customers.${field}`) }).count(), 0, `no column ${field}`);
    await page.locator('.row-name').first().press('Enter');
    await page.getByRole('region', { name: say('record.about') }).waitFor();
    await page.getByRole('button', { name: new RegExp(say('record.empty', { count: '\\d+' })) }).click();
    assert.equal(await page.getByRole('region', { name: say('people.title') }).count(), 0, 'a card that may not be read is not there');
    assert.equal(await page.getByText(say('problem.forbidden')).count(), 0);
    assert.equal(await page.getByText(say('customers.credit_limit')).count(), 0, 'hidden fields are not there');
    await page.goto('/settings');
    await page.getByRole('heading', { level: 1, name: say('account.title') }).waitFor();
    assert.deepEqual(await links('settings.title'), [say('account.title')]);
    await api.patch(`users/${reader.id}`, await api.get(`users/${reader.id}`), { role_id: user.role_id });
}
