// Takes the README's pictures from the demonstration company: `node tests/browser/readme.mjs`.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { launch } from './browser.mjs';
import { settled } from './look.mjs';
import { installation, root } from './server.mjs';

const shots = [
    { file: 'list', language: 'zh-CN', async open({ page }) {
        await page.goto('/customers');
        await page.locator('.row-name').first().waitFor();
        await page.locator('tr[aria-rowindex] .col-name').nth(3).click({ position: { x: 4, y: 20 } });
        await page.getByRole('complementary').getByRole('heading').waitFor();
    } },
    { file: 'record', language: 'en', async open({ page, say }) {
        await page.goto('/customers');
        await page.locator('.row-name').nth(2).press('Enter');
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
    await open(visitor);
    await settled(visitor.page);
    await visitor.page.mouse.move(700, 20);
    await visitor.page.screenshot({ path: join(root, `docs/pictures/${file}.png`), caret: 'initial' });
    await browser.close();
    await place.end();
}
