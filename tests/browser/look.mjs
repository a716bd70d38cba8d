// What every page has to keep, whatever it shows: accessibility, its own language, its width, its title.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { keys, languages, speaker } from './texts.mjs';

const source = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const rules = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

/** Words that are no language's: names, codes, keys, what the data says. */
const names = /\S+@\S+|[A-Z]{1,3}-\d+|Asia\/\S+|\b(Perennial|English|Ctrl|Enter|Esc|Space|Tab|F2|CNY|USD|CN|Hanse Feinmechanik GmbH|Inga Petersen)\b/g;
/** Texts that are data although they stand in a language's table, too: the standard roles, made in the organization's language. */
const data = new Set(['管理员', '经理', '销售', '只读']);
/** Boxes that may scroll sideways: a matrix is as wide as it has to be, a row of tabs as long. */
const scrolls = '.matrix-scroll, .table-scroll, .settings > nav ul';

/** Gives every page of a context what `faults` needs. */
export const watch = (context) => context.addInitScript(source);

/** Waits until everything is there that the page has asked for. */
export async function settled(page) {
    await page.waitForFunction(() => !document.querySelector('.pf-v6-c-skeleton:not(tr[aria-hidden] *), [aria-busy="true"]') && document.querySelector('h1, [role="alert"]'));
    await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
}

/** Whatever is wrong with the page as it stands. */
export async function faults(page, language) {
    const { violations, said, wide, title } = await page.evaluate(examine, { rules, scrolls });
    const found = violations.map(({ id, help, nodes }) => `${id}: ${help} ${nodes.slice(0, 3).join(' ')}${nodes.length > 3 ? ` and ${nodes.length - 3} more` : ''}`);
    for (const text of said) {
        for (const word of text.match(/\b[a-z_]+\.[a-zA-Z_-]+\b/g) ?? []) if (keys.has(word)) found.push(`a key instead of a text: ${text}`);
        if (language === 'zh-CN' && /[A-Za-z]{2,}/.test(text.replace(names, ''))) found.push(`English: ${text}`);
        if (language === 'en' && chinese.has(text) && !data.has(text)) found.push(`Chinese: ${text}`);
    }
    if (!/^.+ · Perennial$/.test(title)) found.push(`the title is ${title}`);
    return [...found, ...wide.map((what) => `wider than the screen: ${what}`)];
}

const [zh, en] = languages.map(speaker);
const chinese = new Set([...keys].filter((key) => zh(key) !== en(key) && !key.startsWith('language.')).map((key) => zh(key)));

/** Runs in the page. */
async function examine({ rules, scrolls }) {
    const { violations } = await globalThis.axe.run(document, { runOnly: rules, resultTypes: ['violations'], preload: false });
    const said = new Set();
    const own = (element) => element?.closest('[lang]') !== document.documentElement || element.closest('.avatar, kbd, script, style');
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node; node = walker.nextNode()) if (node.data.trim() && !own(node.parentElement)) said.add(node.data.trim());
    for (const name of ['aria-label', 'title', 'placeholder', 'alt']) {
        for (const element of document.querySelectorAll(`[${name}]`)) if (!own(element)) said.add(element.getAttribute(name));
    }
    const label = (element) => `${element.tagName.toLowerCase()}.${[...element.classList].join('.')} "${element.textContent.trim().slice(0, 40)}"`;
    const wide = [];
    if (document.documentElement.scrollWidth > innerWidth) wide.push(`the document, ${document.documentElement.scrollWidth} px`);
    for (const element of document.querySelectorAll('body *')) {
        if (element.closest(scrolls) || !element.checkVisibility()) continue;
        const { right, width } = element.getBoundingClientRect();
        const scrolled = element.scrollWidth > element.clientWidth + 1 && /auto|scroll/.test(getComputedStyle(element).overflowX);
        if ((width > 1 && right > innerWidth + 1) || scrolled) wide.push(label(element));
    }
    return {
        violations: violations.map(({ id, help, nodes }) => ({ id, help, nodes: nodes.map(({ html }) => html.slice(0, 160)) })),
        said: [...said], wide: wide.slice(0, 5), title: document.title,
    };
}
