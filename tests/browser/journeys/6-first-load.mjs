import assert from 'node:assert/strict';
import { settled } from '../look.mjs';

export const title = 'what a browser loads, the first and the second time';
const kilobytes = (bytes) => `${(bytes / 1000).toFixed(1)} kB`;

export default async function ({ browser, company }) {
    const { people } = await company();
    const { context } = await browser.visitor({ user: people.admin });
    const visit = async () => {
        const page = await context.newPage();
        const session = await context.newCDPSession(page);
        const requests = new Map();
        await session.send('Network.enable');
        session.on('Network.responseReceived', ({ requestId, response, type }) => {
            const { pathname } = new URL(response.url);
            requests.set(requestId, { pathname, type, encoding: response.headers['content-encoding'], cached: response.fromDiskCache, bytes: 0 });
        });
        session.on('Network.requestServedFromCache', ({ requestId }) => requests.set(requestId, { cached: true }));
        session.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => {
            const request = requests.get(requestId);
            if (request) request.bytes = request.cached ? 0 : encodedDataLength;
        });
        await page.goto('/customers');
        await page.locator('.row-name').first().waitFor();
        await settled(page);
        await page.close();
        return [...requests.values()].filter(({ pathname, cached }) => pathname && !cached);
    };
    const sum = (requests, wanted = () => true) => requests.filter(wanted).reduce((sum, { bytes }) => sum + bytes, 0);
    const isApi = ({ pathname }) => pathname.startsWith('/api/');

    const first = await visit();
    const files = first.filter((request) => !isApi(request));
    for (const { pathname, encoding } of files.filter(({ pathname }) => /\.(js|css|wasm)$/.test(pathname))) assert.equal(encoding, 'br', `${pathname} is sent in brotli`);
    assert.ok(files.some(({ pathname }) => pathname.endsWith('.wasm')));
    const of = (ending) => `${ending} ${kilobytes(sum(files, ({ pathname }) => pathname.endsWith(`.${ending}`)))}`;
    console.log(`  first load: ${kilobytes(sum(files))} over the wire (${['wasm', 'js', 'css'].map(of).join(', ')}), and ${kilobytes(sum(first, isApi))} from the API`);

    const second = (await visit()).filter((request) => !isApi(request));
    console.log(`  second load: ${kilobytes(sum(second))}`);
    assert.deepEqual(second.map(({ pathname }) => pathname), ['/customers'], 'the second time only the page itself is asked for');
}
