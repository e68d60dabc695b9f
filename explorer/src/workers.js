/* global __WORKERS__ */ // label -> file name, put in by steps/bundle.mjs

// Monaco does its parsing in workers; each is a module of its own beside this one.
globalThis.MonacoEnvironment = {
  getWorker(_id, label) {
    const file = __WORKERS__[label] ?? __WORKERS__.editor;
    return new Worker(new URL(file, import.meta.url), { type: 'module', name: label });
  },
};
