// Packs what packs well, once, so that no request has to. The plain form is left out: .gz gives it back.
import { readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';

const WORTHWHILE = 1024; // bytes; below this a packed form saves nothing
const { BROTLI_PARAM_QUALITY, BROTLI_PARAM_SIZE_HINT } = constants;

async function packed(file) {
  const plain = await readFile(file);
  if (plain.length < WORTHWHILE) return;
  // 11 takes ten times as long as 9 and saves some 5 %.
  const params = { [BROTLI_PARAM_QUALITY]: 9, [BROTLI_PARAM_SIZE_HINT]: plain.length };
  await writeFile(`${file}.br`, await promisify(brotliCompress)(plain, { params }));
  await writeFile(`${file}.gz`, await promisify(gzip)(plain, { level: 9 }));
  await rm(file);
}

export async function pack(folder) {
  const files = (await readdir(folder)).filter(name => /\.(js|css|svg|ttf)$/.test(name));
  await Promise.all(files.map(name => packed(join(folder, name))));
}
