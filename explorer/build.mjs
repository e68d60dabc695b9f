// node build.mjs OUT: the whole explorer into OUT, ready to be served: hashed names, packed, with its page and licences.
import { writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { bundle } from './steps/bundle.mjs';
import { notices } from './steps/notices.mjs';
import { pack } from './steps/pack.mjs';
import { page } from './steps/page.mjs';

const out = resolve(process.argv[2] ?? 'dist');
const root = import.meta.dirname;

const { explorer, inputs } = await bundle(root, out);
await pack(out);
await writeFile(join(out, 'index.html'), await page(root, explorer));
await writeFile(join(out, 'LICENSES.txt'), await notices(root, inputs));
