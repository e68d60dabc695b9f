// The licences of every package of which something is in the bundle.
import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';

const PACKAGE = /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//;

async function notice(folder) {
  const { name, version, license } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'));
  const file = (await readdir(folder)).find(name => /^licen[cs]e/i.test(name));
  const text = file ? await readFile(join(folder, file), 'utf8') : '';
  return `${name} ${version} (${license})\n\n${text}`;
}

export async function notices(root, inputs) {
  const folders = new Set(inputs.map(input => PACKAGE.exec(input)?.[1]).filter(Boolean));
  const all = await Promise.all([...folders].sort().map(folder => notice(join(root, folder))));
  return all.join(`\n${'-'.repeat(80)}\n\n`);
}
