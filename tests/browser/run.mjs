// Drives the application in a real Chromium, on one database: `node tests/browser/run.mjs [journey …]`.
// PERENNIAL_TEST_DATABASE (sqlite or postgresql), PERENNIAL_TEST_POSTGRES_URL, PERENNIAL_PROGRAM and PERENNIAL_CHROMIUM say with what.
import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { launch } from './browser.mjs';
import { company } from './company.mjs';
import { installation, kind } from './server.mjs';

const folder = new URL('journeys/', import.meta.url);
const asked = process.argv.slice(2);
const files = readdirSync(folder).sort().filter((file) => asked.length === 0 || asked.some((name) => file.includes(name)));
const seconds = (since) => `${((Date.now() - since) / 1000).toFixed(1)} s`;

const begun = Date.now();
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(130));
const journeys = await Promise.all(files.map(async (file) => ({ name: file.replace(/^\d+-|\.mjs$/g, ''), ...(await import(new URL(file, folder))) })));
const place = installation();
const server = await place.serve();
const browser = await launch(server);
// Everything a journey needs beforehand is begun at once and waited for when its turn comes.
const prepared = new Map(journeys.filter(({ prepare }) => prepare).map(({ name, prepare }) => [name, settled(prepare())]));
let made;
const world = { server, browser, company: () => (made ??= company(server)) };

console.log(`${kind}, Chromium ${browser.version}: server and browser ready after ${seconds(begun)}`);
let failed = 0;
for (const { name, title, default: travel } of journeys) {
    const since = Date.now();
    try {
        await travel({ ...world, prepared: await prepared.get(name)?.() });
        assert.deepEqual(browser.faults.splice(0), [], 'the console is clean');
        await browser.leave();
        console.log(`ok      ${name}: ${title}, ${seconds(since)}`);
    } catch (error) {
        failed += 1;
        console.log(`FAILED  ${name}: ${title}, ${seconds(since)}\n${error.stack}`);
        for (const fault of browser.faults.splice(0)) console.log(`  console: ${fault}`);
        await browser.leave(name);
    }
}
await browser.close();
await place.end();
for (const line of server.log) console.log(`  server: ${line}`);
console.log(`${journeys.length - failed} of ${journeys.length} journeys, ${seconds(begun)}`);
process.exitCode = failed ? 1 : 0;

/** A promise whose failure is thrown where it is waited for, not before. */
function settled(promise) {
    const outcome = promise.then((value) => () => value, (error) => () => { throw error; });
    return async () => (await outcome)();
}
