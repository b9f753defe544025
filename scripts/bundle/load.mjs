// @ts-check
/** Runs a program of the build, which has this file as `dist/shared/load.js`. */
import { existsSync, readFileSync } from 'node:fs';
import { createRequire, Module } from 'node:module';
import { dirname, join } from 'node:path';
import vm from 'node:vm';

/**
 * What V8 compiled while the build was made lies beside its text. V8 takes it again in the version and with the flags that made it, and
 * compiles anew where it does not.
 * @param {string} file
 */
export const codeOf = (file) => `${file}.${process.version}-${process.arch}.code`;

/**
 * Compiles the file in the wrapper of a CommonJS module. Without one the text would lie outside the heap of V8, which then collects garbage more
 * often: a request took a seventh longer.
 * @param {string} file
 */
export const compile = (file) => {
  const code = codeOf(file);
  return new vm.Script(Module.wrap(readFileSync(file, 'latin1')), {
    filename: file,
    cachedData: existsSync(code) ? readFileSync(code) : undefined,
  });
};

/** Node reads the map of a file for traces when it compiles a module of that name, and only then: here one without a word. @param {Module} module */
const readMap = (module) => {
  const { _compile } = /** @type {{ _compile(text: string, file: string): void }} */ (
    /** @type {unknown} */ (module)
  );
  _compile.call(module, `//# sourceMappingURL=${module.id}.map`, module.id);
};

/** @typedef {(...given: unknown[]) => void} Wrapped */
/** @typedef {{ readonly programs: Readonly<Record<string, () => Promise<unknown>>> }} Exported */

/**
 * @param {vm.Script} script
 * @param {string} file
 * @param {string} program
 */
export const run = (script, file, program) => {
  const module = new Module(file);
  const require = createRequire(file);
  require.cache[file] = module;
  readMap(module);
  /** @type {unknown} */
  const wrapped = script.runInThisContext();
  /** @type {Wrapped} */ (wrapped)(module.exports, require, module, file, dirname(file));
  /** @type {unknown} */
  const exported = module.exports;
  void (/** @type {Exported} */ (exported).programs[program]?.());
};

/** @param {string} name of the file beside this one @param {string} program */
export const runProgram = (name, program) => {
  const file = join(import.meta.dirname, name);
  run(compile(file), file, program);
};
