// Bundles the workers first, since the explorer needs to know what their files are called, then the explorer.
import { basename } from 'node:path';
import { build } from 'esbuild';
import { styles } from './styles.mjs';

const WORKERS = {
  editor: 'monaco-editor/esm/vs/editor/editor.worker.js',
  json: 'monaco-editor/esm/vs/language/json/json.worker.js',
  graphql: 'monaco-graphql/esm/graphql.worker.js',
};

const common = (root, outdir) => ({
  absWorkingDir: root, outdir, bundle: true, splitting: true, minify: true, format: 'esm', target: 'es2022',
  entryNames: '[name]-[hash]', chunkNames: 'part-[hash]', assetNames: '[name]-[hash]',
  metafile: true, legalComments: 'none', logLevel: 'warning',
  define: { 'process.env.NODE_ENV': '"production"' },
});

// The metafile: https://esbuild.github.io/api/#metafile
const entries = ({ outputs }) => Object.entries(outputs).filter(([, output]) => output.entryPoint);

async function workers(root, out) {
  const entryPoints = Object.entries(WORKERS).map(([label, path]) => ({ in: path, out: `${label}-worker` }));
  const { metafile } = await build({ ...common(root, out), entryPoints });
  const fileOf = path => entries(metafile).find(([, { entryPoint }]) => entryPoint.endsWith(path))[0];
  const files = Object.entries(WORKERS).map(([label, path]) => [label, basename(fileOf(path))]);
  return { metafile, files: Object.fromEntries(files) };
}

// What the browser will ask for at once: the entry's imports, and theirs.
function imported(outputs, file, seen = new Set()) {
  for (const { path, kind } of outputs[file].imports) {
    if (kind === 'import-statement' && !seen.has(path)) imported(outputs, path, seen.add(path));
  }
  return seen;
}

export async function bundle(root, out) {
  const made = await workers(root, out);
  const shared = common(root, out);
  const { metafile } = await build({
    ...shared,
    entryPoints: [{ in: 'src/main.jsx', out: 'explorer' }, { in: 'src/icon.svg', out: 'icon' }],
    jsx: 'automatic',
    loader: { '.svg': 'copy', '.graphql': 'text' },
    plugins: [styles],
    // @graphiql/react imports these two under names that are CommonJS, whose exports esbuild cannot see.
    alias: {
      'prettier/parser-graphql': 'prettier/plugins/graphql',
      'prettier/parser-babel': 'prettier/plugins/babel',
    },
    define: { ...shared.define, __WORKERS__: JSON.stringify(made.files) },
  });
  const [[js, main]] = entries(metafile).filter(([, { entryPoint }]) => entryPoint === 'src/main.jsx');
  const icon = Object.keys(metafile.outputs).find(file => /icon-\w+\.svg$/.test(file));
  const explorer = { js: basename(js), css: basename(main.cssBundle), icon: basename(icon),
    preload: [...imported(metafile.outputs, js)].map(path => basename(path)) };
  const inputs = [made.metafile, metafile].flatMap(({ inputs }) => Object.keys(inputs));
  return { explorer, inputs };
}
