// Puts a .br and a .gz beside each file of a folder that gains by it, as small as they get: the server sends them as they are.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';

const folder = process.argv[2];
for (const name of readdirSync(folder)) {
    if (!/\.(html|js|css|wasm|svg|json)$/.test(name)) continue;
    const path = join(folder, name);
    const plain = readFileSync(path);
    const quality = { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: plain.length };
    writeFileSync(`${path}.br`, brotliCompressSync(plain, { params: quality }));
    writeFileSync(`${path}.gz`, gzipSync(plain, { level: 9 }));
}
