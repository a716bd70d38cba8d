// Real browsers: one Chromium, a context of its own for every person; what they complain about is kept.
import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import { speaker } from './texts.mjs';

/** Where pictures are kept. */
export const pictures = process.env.PERENNIAL_PICTURES ?? new URL('pictures', import.meta.url).pathname;
const flags = ['--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'];
const wide = { width: 1400, height: 900 };
const patience = 15_000;

/** Starts Chromium with a profile of its own. */
export async function launch(server) {
    const executablePath = process.env.PERENNIAL_CHROMIUM ?? '/usr/bin/chromium';
    const browser = await chromium.launch({ executablePath, args: flags, chromiumSandbox: false });
    const faults = [];
    const visitors = new Set();

    /** Somebody with a browser of their own: signed in as `user`, or nobody yet; `at` another server, or with a finger in place of a mouse, perhaps. */
    async function visitor({ at = server, user, language = 'en', theme = 'light', size = wide, touch = false, locale = 'en-GB' } = {}) {
        const context = await browser.newContext({ baseURL: at.url, viewport: size, hasTouch: touch, isMobile: touch, locale, timezoneId: 'Asia/Shanghai', colorScheme: 'light' });
        context.setDefaultTimeout(patience);
        const allowed = [[401, /\/auth\/refresh$/]];
        const complain = (what) => faults.push(what);
        context.on('weberror', (error) => complain(`${error.page()?.url()}: ${error.error().stack}`));
        context.on('console', (message) => {
            if (message.type() !== 'error') return;
            const { url } = message.location();
            const status = Number(/responded with a status of (\d+)/.exec(message.text())?.[1]);
            if (!allowed.some(([code, path]) => code === status && path.test(url))) complain(`${message.page()?.url()}: ${message.text()} ${url}`);
        });
        await context.addInitScript((remembered) => {
            if (remembered && location.protocol === 'http:' && !localStorage.perennial) localStorage.perennial = remembered;
            document.addEventListener('securitypolicyviolation', (event) => console.error(`policy: ${event.violatedDirective} ${event.blockedURI} ${event.sample} at ${event.sourceFile}`));
        }, language && JSON.stringify({ language, theme }));
        if (user) {
            const answer = await context.request.post('/api/v1/auth/sign-in', { data: { email: user.email, password: user.password } });
            assert.ok(answer.ok(), `${user.email} signs in: ${answer.status()} ${await answer.text()}`);
        }
        const one = {
            context,
            page: await context.newPage(),
            say: speaker(language ?? locale),
            /** Such an answer is part of the story: Chromium writes it to the console all the same. */
            allow: (status, path) => allowed.push([status, path]),
            close: () => (visitors.delete(one), context.close()),
        };
        visitors.add(one);
        return one;
    }

    return {
        version: browser.version(),
        visitor,
        faults,
        /** Closes every context; where something failed, shows what was on the screen. */
        async leave(failedIn) {
            const pages = [...visitors].flatMap(({ context }) => context.pages());
            for (const [at, page] of failedIn ? pages.entries() : []) await show(page, `failed-${failedIn}-${at}`);
            for (const { context } of visitors) await context.close();
            visitors.clear();
        },
        close: () => browser.close(),
    };
}

/** Keeps a picture. Playwright's own style for the caret would break our policy, so the caret stays. */
export async function picture(page, name) {
    mkdirSync(pictures, { recursive: true });
    await page.screenshot({ path: join(pictures, `${name}.png`), caret: 'initial' });
}

async function show(page, name) {
    try {
        await picture(page, name);
        const text = await page.locator('body').innerText({ timeout: 2_000 });
        writeFileSync(join(pictures, `${name}.txt`), `${page.url()}\n\n${text}\n`);
        console.log(`  ${page.url()}\n  see ${join(pictures, name)}.png\n${text.replace(/^/gm, '  | ').slice(0, 4_000)}`);
    } catch (error) {
        console.log(`  no picture of ${page.url()}: ${error.message}`);
    }
}

/** Waits until a check passes: it is tried again as long as it throws. */
export async function eventually(check, within = patience) {
    const end = Date.now() + within;
    for (;;) {
        try {
            return await check();
        } catch (error) {
            if (Date.now() > end) throw error;
        }
        await new Promise((again) => setTimeout(again, 30));
    }
}

/** Presses Tab until the focus is where `wanted` says; the keyboard alone must be enough. */
export async function tabTo(page, wanted, key = 'Tab') {
    const passed = [];
    for (let step = 0; step < 80; step += 1) {
        const at = await focused(page);
        if (wanted(at)) return at;
        passed.push(at.id || at.name || at.tag);
        await page.keyboard.press(key);
    }
    assert.fail(`Tab does not lead there, but to ${passed.join(', ')}`);
}

/** Types as an input method does: letters are composed, Enter belongs to the method, then the words stand there. */
export async function compose(page, letters, words) {
    const session = await page.context().newCDPSession(page);
    for (let end = 1; end <= letters.length; end += 1) {
        await session.send('Input.imeSetComposition', { text: letters.slice(0, end), selectionStart: end, selectionEnd: end });
    }
    const enter = { key: 'Enter', code: 'Enter', windowsVirtualKeyCode: 229 };
    await session.send('Input.dispatchKeyEvent', { type: 'rawKeyDown', ...enter });
    await session.send('Input.insertText', { text: words });
    // Some browsers end the composition first and tell of the key afterwards.
    await session.send('Input.dispatchKeyEvent', { type: 'rawKeyDown', ...enter });
    await session.send('Input.dispatchKeyEvent', { type: 'keyUp', ...enter });
    await session.detach();
}

/** What has the focus: its role or tag, and its name. */
export function focused(page) {
    return page.evaluate(() => {
        const at = document.activeElement;
        return { tag: at.tagName, id: at.id, name: at.getAttribute('aria-label') ?? at.textContent.trim().slice(0, 60), value: at.value };
    });
}
