// An esbuild plugin: one sheet, and its fonts as files.
import { createHash } from 'node:crypto';

const nameOf = url => {
  const [, type] = /^data:font\/(\w+)/.exec(url);
  return `font-${createHash('sha256').update(url).digest('hex').slice(0, 8)}.${type}`;
};

export const styles = {
  name: 'styles',
  setup(build) {
    // graphiql/style.css has Monaco's styles in it: the copies that Monaco's modules import are left out.
    build.onLoad({ filter: /[\\/]monaco-editor[\\/].*\.css$/ }, () => ({ contents: '', loader: 'css' }));

    // Fonts written as data: become files, so that the policy's font-src stays 'self' and they are loaded when needed.
    build.onResolve({ filter: /^data:font\// }, ({ path }) => ({ path: nameOf(path), namespace: 'font', pluginData: path }));
    build.onLoad({ filter: /./, namespace: 'font' }, ({ pluginData: url }) => ({
      contents: Buffer.from(url.slice(url.indexOf(',') + 1), 'base64'),
      loader: 'file',
    }));
  },
};
