// @ts-check
/** Runs a program of the build, which has this file as `dist/shared/load.js`. */
import { existsSync, readFileSync } from 'node:fs';
import { createRequire, Module } from 'node:module';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import vm from 'node:vm';

/**
 * What V8 compiled while the build was made lies beside its text. V8 takes it again in the version and with the flags that made it, and
 * compiles anew where it does not.
 * @param {string} file
 */
export const codeOf = (file) => `${file}.${process.version}-${process.arch}.code`;

/** The text is in ASCII: so it is read three times as fast. @param {string} file */
export const compile = (file) => {
  const code = codeOf(file);
  return new vm.Script(readFileSync(file, 'latin1'), {
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

/** What the text is. @typedef {(...given: unknown[]) => { programs: Record<string, () => Promise<unknown>> }} Main */

/** How the text begins and ends. */
export const banner = '(function (require, module, __filename, __dirname, __url) {';
export const footer = 'return module.exports; })';

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
  const main = script.runInThisContext();
  const { programs } = /** @type {Main} */ (main)(
    require,
    module,
    file,
    dirname(file),
    pathToFileURL(file).href,
  );
  void programs[program]?.();
};

/** @param {string} name of the file beside this one @param {string} program */
export const runProgram = (name, program) => {
  const file = join(import.meta.dirname, name);
  run(compile(file), file, program);
};
