// @ts-check
/**
 * Writes dist/, what a release runs: `node scripts/bundle.mjs`. All programs and their packages are one file, with what V8 compiles of it
 * for a start of the server, so that a start reads and compiles next to nothing.
 */
import { execFileSync } from 'node:child_process';
import { cp, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { build } from 'esbuild';

const OUT = 'dist';
const SHARED = join(OUT, 'shared');

/** Packages stay as they are that bring native code, read files beside theirs, or are much that is rarely needed. */
const external = ['bcrypt', 'dejavu-fonts-ttf', 'pdfkit', 'swagger-ui-dist', '@zxcvbn-ts/language-common'];

/** What is built, by the name of its file in `src` without the ending: the server, and what the commands of package.json run; not what writes files of the repository. */
async function programs() {
  /** @type {unknown} */
  const description = JSON.parse(await readFile('package.json', 'utf8'));
  const { scripts } = /** @type {{ scripts: Record<string, string> }} */ (description);
  const commands = Object.values(scripts).join('\n');
  const run = [...commands.matchAll(/tsx src\/(\S+)\.ts/g)].map(([, name = '']) => name);
  return ['server', ...new Set(run.filter((name) => !name.includes('/write-')))];
}

/** @param {readonly string[]} names */
const tableOf = (names) =>
  `export const programs = {${names.map((name) => `'${name}': () => import('./src/${name}.ts')`).join(',\n')}};`;

/**
 * Which source each part of the written file comes from: pairs of the first line and the file, in order. Packages are told apart from
 * sources, not from each other.
 * @param {string} text
 * @returns {[line: number, source: string][]}
 */
function placesIn(text) {
  const parts = text.split('\n').flatMap((line, index) => {
    const [, source] = /^\/\/ (\S+\.[cm]?[jt]s(?:on)?)$/.exec(line) ?? [];
    const place = source?.startsWith('src/') === false ? 'node_modules' : source;
    return place === undefined ? [] : [{ line: index + 2, place }];
  });
  return parts.flatMap(({ line, place }, index) =>
    parts[index - 1]?.place === place ? [] : [[line, place]],
  );
}

/** What is left beyond ASCII stands in comments and tagged templates, which read the same with it. @param {string} text */
const inAscii = (text) =>
  text.replaceAll(
    /[^\0-\x7f]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );

/** Removes what builds before have left. A server that runs has read all of its own. @param {string} file */
async function removeOthers(file) {
  for (const name of await readdir(SHARED)) {
    if (name !== 'load.js' && !name.startsWith(basename(file))) await rm(join(SHARED, name));
  }
}

/** Builds the file of all programs. @param {readonly string[]} names @returns {Promise<string>} its path */
async function buildAll(names) {
  const { metafile } = await build({
    stdin: { contents: tableOf(names), sourcefile: 'programs.js', resolveDir: '.' },
    outdir: SHARED,
    entryNames: 'programs-[hash]',
    outExtension: { '.js': '.cjs' },
    bundle: true,
    format: 'cjs',
    platform: 'node',
    target: 'node20.19',
    external,
    // Socket.IO and Engine.IO bring an older copy each, with all media types of the world.
    alias: { accepts: './node_modules/accepts' },
    // What V8 takes back compiled cannot import: Node 20 does not know any more for whom.
    supported: { 'dynamic-import': false },
    define: { 'import.meta.url': '__url' },
    banner: { js: `'use strict'; const __url = require('node:url').pathToFileURL(__filename).href;` },
    sourcemap: true,
    sourcesContent: false,
    metafile: true,
    logLevel: 'warning',
  });
  return Object.keys(metafile.outputs).find((file) => file.endsWith('.cjs')) ?? '';
}

const names = await programs();
const file = await buildAll(names);
const text = inAscii(await readFile(file, 'utf8'));
await writeFile(file, text);
await writeFile(join(OUT, 'places.json'), JSON.stringify({ [relative(OUT, file)]: placesIn(text) }));
await cp('src/database/migrations', join(OUT, 'database/migrations'), { recursive: true });
// Socket.IO looks for what it hands to browsers in the folder above its own.
await cp('node_modules/socket.io/client-dist', join(OUT, 'client-dist'), { recursive: true });
await cp('scripts/bundle/load.mjs', join(SHARED, 'load.js'));
// Of the settings around it only what decides how V8 compiles reaches the server, and no .env.
execFileSync(process.execPath, [resolve('scripts/bundle/keep-code.mjs'), resolve(file)], {
  cwd: OUT,
  env: { NODE_OPTIONS: process.env['NODE_OPTIONS'] },
  stdio: 'inherit',
});
for (const name of names) {
  const program = join(OUT, `${name}.js`);
  const load = relative(dirname(program), join(SHARED, 'load.js'));
  await mkdir(dirname(program), { recursive: true });
  await writeFile(
    program,
    `import { runProgram } from './${load}';\nrunProgram('${basename(file)}', '${name}');\n`,
  );
}
await removeOthers(file);
