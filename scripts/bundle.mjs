import { build } from 'esbuild';
import { readFile } from 'node:fs/promises';
import { writeFileSync } from 'node:fs';
const opts = JSON.parse(process.env.OPTS ?? '{}');
const jsonAsText = { name: 'json', setup: (b) => { b.onLoad({ filter: /\.json$/ }, async ({ path }) => ({ contents: `module.exports = JSON.parse(${JSON.stringify(JSON.stringify(JSON.parse(await readFile(path, 'utf8'))))})`, loader: 'js' })); } };
const r = await build({
  entryPoints: ['src/server.ts', 'src/start-server.ts', 'src/database/migrate.ts', 'src/seed.ts'],
  outdir: 'dist', outbase: 'src', bundle: true, splitting: true, format: 'esm', platform: 'node', target: 'node20', metafile: true,
  external:'bcrypt,pino,pdfkit,dejavu-fonts-ttf,swagger-ui-dist,@zxcvbn-ts/*'.split(','), sourcemap: true, sourcesContent: false, chunkNames: 'chunks/[name]-[hash]',
  banner: { js: "import { createRequire as requireOf } from 'node:module'; const require = requireOf(import.meta.url); const __filename = import.meta.filename; const __dirname = import.meta.dirname;" },
  plugins: process.env.JSONP ? [jsonAsText] : [],
  ...opts
});
writeFileSync('/tmp/prof/meta.json', JSON.stringify(r.metafile));
