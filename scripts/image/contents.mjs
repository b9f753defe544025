// @ts-check
import { chmodSync, existsSync, lstatSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { asObject } from '../servers/json-file.mjs';

/** @param {string} folder @returns {Generator<string>} */
function* filesBelow(folder) {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* filesBelow(path);
    else yield path;
  }
}

/** What the program is made of: code with its map, also as V8 has compiled it, what names its places, migrations, and what browsers get. */
const OF_THE_PROGRAM = /\.(js|cjs|cjs\.map|code|sql)$|^dist\/places\.json$|^dist\/client-dist\//;
const OF_TESTS = /(^|\/)tests?\/|\.test\./;

/**
 * What is in the folder of the program and should not be, or is not and should.
 * @param {string} app
 * @param {string} lockFile
 * @returns {string[]}
 */
export function complaintsAbout(app, lockFile) {
  const wanted = ['dist', 'node_modules', 'package.json'];
  const found = readdirSync(app).sort();
  const strange = found.filter((name) => !wanted.includes(name)).map((name) => `${name} is in the image`);
  const missing = wanted.filter((name) => !found.includes(name)).map((name) => `${name} is missing`);
  const inDist = [...filesBelow(join(app, 'dist'))]
    .map((path) => relative(app, path))
    .filter((path) => !OF_THE_PROGRAM.test(path) || OF_TESTS.test(path))
    .map((path) => `${path} is in the image`);
  const withSources = [...filesBelow(join(app, 'dist'))]
    .filter((path) => path.endsWith('.cjs.map') && readFileSync(path, 'utf8').includes('"sourcesContent"'))
    .map((path) => `${relative(app, path)} holds the sources`);
  return [...strange, ...missing, ...inDist, ...withSources, ...dependencyComplaints(app, lockFile)];
}

/** @param {string} app @param {string} lockFile @returns {string[]} */
function dependencyComplaints(app, lockFile) {
  const lock = asObject(JSON.parse(readFileSync(lockFile, 'utf8')));
  return Object.entries(asObject(lock?.['packages']) ?? {}).flatMap(([path, details]) => {
    const { dev, devOptional, optional } = asObject(details) ?? {};
    if (path === '') return [];
    const isThere = existsSync(join(app, path));
    if (dev === true && isThere) return [`${path} is only for development`];
    const isNeeded = !(dev || devOptional || optional);
    return isNeeded && !isThere ? [`${path} is missing`] : [];
  });
}

/** Takes the right to write from everybody, as a file system that is only read does. @param {string} path */
export function makeReadOnly(path) {
  const { mode } = lstatSync(path);
  if (lstatSync(path).isSymbolicLink()) return;
  if (lstatSync(path).isDirectory()) for (const name of readdirSync(path)) makeReadOnly(join(path, name));
  chmodSync(path, mode & 0o555);
}

/** So that the folder can be removed again. @param {string} path */
export function makeWritable(path) {
  if (!existsSync(path) || !lstatSync(path).isDirectory()) return;
  chmodSync(path, 0o755);
  for (const entry of readdirSync(path, { withFileTypes: true }))
    if (entry.isDirectory()) makeWritable(join(path, entry.name));
}

/** @param {string} folder */
export function megabytes(folder) {
  let bytes = 0;
  for (const path of filesBelow(folder)) bytes += lstatSync(path).size;
  return Math.round(bytes / 1e6);
}
