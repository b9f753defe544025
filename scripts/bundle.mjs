// @ts-check
/**
 * Writes dist/, what a release runs: `node scripts/bundle.mjs`. Every program is one file and what it shares with others. A start reads
 * a dozen files in place of thousands, which takes a third of the time.
 */
import { cp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { build } from 'esbuild';

const OUT = 'dist';
const SHARED = join(OUT, 'shared');
const A_DAY_MS = 24 * 60 * 60 * 1_000;

/** Packages stay as they are that bring native code, read files beside theirs, or are imported later and no ES modules. */
const external = [
  '@nats-io/jetstream',
  '@nats-io/transport-node',
  'bcrypt',
  'bullmq',
  'dejavu-fonts-ttf',
  'pdfkit',
  'pino',
  'socket.io',
  '@socket.io/redis-streams-adapter',
  'swagger-ui-dist',
  '@zxcvbn-ts/language-common',
];

/** Packages that are no ES modules ask for these by name. */
const banner = [
  "import { createRequire as requireFrom } from 'node:module';",
  'const require = requireFrom(import.meta.url);',
  'const { filename: __filename, dirname: __dirname } = import.meta;',
].join('\n');

/** The server, and each program that a command of package.json runs; not those that write files of the repository. */
async function programs() {
  /** @type {unknown} */
  const description = JSON.parse(await readFile('package.json', 'utf8'));
  const { scripts } = /** @type {{ scripts: Record<string, string> }} */ (description);
  const commands = Object.values(scripts).join('\n');
  const run = [...commands.matchAll(/tsx (src\/\S+\.ts)/g)].map(([, file = '']) => file);
  return ['src/server.ts', ...new Set(run.filter((file) => !file.includes('/write-')))];
}

/**
 * Which file of the sources each part of a written file comes from: pairs of the first line and the file, in order.
 * @param {string} text
 * @returns {[line: number, source: string][]}
 */
function placesIn(text) {
  return text.split('\n').flatMap((line, index) => {
    const [, source] = /^\/\/ (\S+\.[cm]?[jt]s(?:on)?)$/.exec(line) ?? [];
    return source === undefined ? [] : [[index + 2, source]];
  });
}

/** A server that still runs loads some parts only when they are asked for: those of a build before stay for a day. */
async function removeOldParts() {
  for (const name of await readdir(SHARED).catch(() => [])) {
    const file = join(SHARED, name);
    if (Date.now() - (await stat(file)).mtimeMs > A_DAY_MS) await rm(file);
  }
}

await removeOldParts();
const { metafile } = await build({
  entryPoints: await programs(),
  outbase: 'src',
  outdir: OUT,
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20.19',
  external,
  banner: { js: banner },
  chunkNames: `${relative(OUT, SHARED)}/[name]-[hash]`,
  sourcemap: true,
  sourcesContent: false,
  metafile: true,
  logLevel: 'warning',
});
const written = Object.keys(metafile.outputs).filter((file) => file.endsWith('.js'));
const places = written.map(async (file) => [relative(OUT, file), placesIn(await readFile(file, 'utf8'))]);
await writeFile(`${OUT}/places.json`, JSON.stringify(Object.fromEntries(await Promise.all(places))));
await cp('src/database/migrations', `${OUT}/database/migrations`, { recursive: true });
