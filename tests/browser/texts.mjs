// The application's own texts, so that a journey names a button as the person who looks for it does.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './server.mjs';

export const languages = ['zh-CN', 'en'];
const tables = Object.fromEntries(languages.map((language) => [language, table(language)]));

function table(language) {
    const text = readFileSync(join(root, `crates/domain/locales/${language}.txt`), 'utf8');
    const lines = text.split('\n').filter((line) => line && !line.startsWith('#'));
    return Object.fromEntries(lines.map((line) => line.split(/ = (.*)/s, 2)));
}

/** Every key there is. */
export const keys = new Set(Object.keys(tables.en));

/** Says a text in a language: `say('list.new', { what: 'customer' })`. */
export function speaker(language) {
    return (key, parameters = {}) => {
        const text = tables[language][key];
        if (text === undefined) throw new Error(`there is no text ${key}`);
        return text.replace(/\{(\w+)\}/g, (whole, name) => (/^fields?$/.test(name) ? within(parameters[name]) : parameters[name]) ?? whole);
    };
}

/** A field's label in the middle of a sentence. */
const within = (label) => label?.replace(/^\p{Lu}(?=\p{Ll})/u, (letter) => letter.toLowerCase());
