// Takes the README's pictures from the demonstration company: `node tests/browser/readme.mjs`.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { signIn } from './api.mjs';
import { launch } from './browser.mjs';
import { settled } from './look.mjs';
import { installation, root } from './server.mjs';

const most = (records, measure) => records.reduce((best, one) => (measure(one) > measure(best) ? one : best));
const known = ({ figures }) => figures.contacts;

const shots = [
    { file: 'list', language: 'zh-CN', async open({ page }, api) {
        const view = 'kind_in=company&relationship_type_in=partnership,strategic_alliance';
        const { data } = await api.get(`customers?${view}&limit=12`);
        const open = most(data, (one) => known(one) + one.tag_ids.length + (one.note ? 1 : 0));
        await page.goto(`/customers?${view}&open=${open.id}`);
        await page.getByRole('complementary').getByRole('heading', { name: open.name }).waitFor();
    } },
    { file: 'record', language: 'en', async open({ page, say }, api) {
        const { data } = await api.get('customers?kind_in=company&sort=-updated_at&limit=60');
        const { id } = most(data, known);
        await page.goto(`/customers/${id}`);
        await page.getByRole('region', { name: say('timeline.title') }).waitFor();
    } },
];

for (const { file, language, open } of shots) {
    const place = installation();
    await place.run('demo', '--language', language).given('');
    const [email, password] = readFileSync(join(place.folder, 'demo-sign-in'), 'utf8').trim().split('\n');
    const server = await place.serve();
    const browser = await launch(server);
    const visitor = await browser.visitor({ user: { email, password }, language });
    await open(visitor, await signIn(server, { email, password }));
    await settled(visitor.page);
    await visitor.page.mouse.move(700, 20);
    await visitor.page.screenshot({ path: join(root, `docs/pictures/${file}.png`), caret: 'initial' });
    await browser.close();
    await place.end();
}
