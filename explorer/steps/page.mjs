// Fills in the names of what was bundled. They are relative to /graphql, wherever a proxy puts that.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

const at = name => `graphql/assets/${name}`;

export async function page(root, { js, css, icon, preload }) {
  const template = await readFile(join(root, 'src/index.html'), 'utf8');
  const filled = {
    js: at(js), css: at(css), icon: at(icon),
    preload: preload.map(name => `<link rel="modulepreload" href="${at(name)}">`).join('\n'),
  };
  return template.replace(/\{\{(\w+)\}\}/g, (_, name) => filled[name]);
}
