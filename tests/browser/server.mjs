// A server of its own: the built program over a fresh database.
import { execFileSync, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

export const root = new URL('../..', import.meta.url).pathname;
export const kind = process.env.PERENNIAL_TEST_DATABASE ?? 'sqlite';
const program = process.env.PERENNIAL_PROGRAM ?? join(root, 'target/debug/perennial');

/** Makes a database; `serve` serves it, `run` runs another command on it, `end` leaves nothing behind. */
export function installation() {
    const folder = mkdtempSync(join(tmpdir(), 'perennial-browser-'));
    const database = kind === 'sqlite' ? { address: `sqlite:${join(folder, 'perennial.db')}`, drop() {} } : postgresql();
    const env = {
        ...process.env,
        PERENNIAL_DATABASE_URL: database.address,
        PERENNIAL_DATA: folder,
        PERENNIAL_FRONTEND: process.env.PERENNIAL_FRONTEND ?? join(root, 'frontend/dist'),
        PERENNIAL_JWT_SECRET: randomBytes(32).toString('hex'),
        PERENNIAL_LISTEN: '127.0.0.1:0',
        PERENNIAL_LOG: 'info',
        PERENNIAL_LOG_FORMAT: 'json',
        PERENNIAL_RATE_LIMIT: '0',
    };
    const running = new Set();
    const begin = (options, stdin) => {
        const child = spawn(program, options, { env, stdio: [stdin, 'pipe', 'pipe'] });
        running.add(child);
        child.ended = new Promise((done) => child.once('close', (code) => (running.delete(child), done(code))));
        return child;
    };
    const clear = () => {
        database.drop();
        rmSync(folder, { recursive: true, force: true });
    };
    const abort = () => (running.forEach((child) => child.kill('SIGKILL')), clear());
    process.once('exit', abort);
    return {
        folder,
        run: (...options) => command(begin(options, 'pipe')),
        serve: () => serve(begin(['serve'], 'ignore')),
        async end() {
            const ends = [...running].map((child) => (child.kill(), child.ended));
            await Promise.all(ends);
            process.off('exit', abort);
            clear();
        },
    };
}

function postgresql() {
    const server = process.env.PERENNIAL_TEST_POSTGRES_URL;
    if (!server) throw new Error('PERENNIAL_TEST_POSTGRES_URL names the test server: scripts/postgres.sh start');
    const programs = execFileSync(join(root, 'scripts/postgres.sh'), ['programs'], { encoding: 'utf8' }).trim();
    const name = `perennial_browser_${process.pid}_${randomBytes(4).toString('hex')}`;
    const tell = (sql) => execFileSync(join(programs, 'psql'), ['--quiet', '--no-psqlrc', server, '--command', sql], { env: { ...process.env, PGOPTIONS: '-c client_min_messages=warning' } });
    tell(`CREATE DATABASE ${name}`);
    return { address: server.replace(/\/[^/]*$/, `/${name}`), drop: () => tell(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`) };
}

/** What a command printed, given what it reads; or why it failed. */
function command(child) {
    let printed = '';
    child.stdout.on('data', (text) => (printed += text));
    child.stderr.on('data', (text) => (printed += text));
    return {
        async given(text) {
            child.stdin.end(text);
            const code = await child.ended;
            if (code !== 0) throw new Error(`perennial ended with ${code}:\n${printed}`);
            return printed;
        },
    };
}

/** Waits until it serves; keeps what it logs above `info`, and the one-time token it prints. */
function serve(child) {
    const server = { url: '', token: '', log: [] };
    return new Promise((done, fail) => {
        child.ended.then((code) => fail(new Error(`perennial serve ended with ${code}:\n${server.log.join('\n')}`)));
        createInterface({ input: child.stdout }).on('line', (line) => (server.token ||= /^ {4}(\S+)$/.exec(line)?.[1] ?? ''));
        createInterface({ input: child.stderr }).on('line', (line) => {
            if (!line.startsWith('{')) return void server.log.push(line);
            const { level, fields } = JSON.parse(line);
            if (level === 'WARN' || level === 'ERROR') server.log.push(line);
            if (fields.message === 'serving') (server.url = fields.address), done(server);
        });
    });
}
