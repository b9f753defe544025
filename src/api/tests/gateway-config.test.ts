import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { gatewayConfig, type ServedGroup, segmentsOf } from '../gateway-config.ts';

const template = readFileSync('ops/nginx/nginx.conf.template', 'utf8');
const groups: ServedGroup[] = [
  { service: 'core', group: { base: '/patients' } },
  { service: 'medical-notes', group: { base: '/medical-notes/templates' } },
  { service: 'medical-notes', group: { base: '/files' } },
];
const urls = { core: 'http://10.0.0.5:3000', 'medical-notes': 'https://notes.internal' };

test('what a service answers goes to it, with the port that its address means', () => {
  const config = gatewayConfig(template, groups, { urls });
  expect(config).toMatch(/upstream medical-notes \{\s+server notes\.internal:443 /);
  expect(config).toMatch(
    /location ~\* \^\/api\/v1\/\(medical-notes\|files\)\(\/\|\$\) \{\s+proxy_pass https:\/\/medical-notes;/,
  );
  expect(config).toContain('server 10.0.0.5:3000 ');
  expect(config).toContain('listen ${HTTPS_PORT} ssl');
});

test('plainly there is one server, without TLS', () => {
  const config = gatewayConfig(template, groups, { urls, isPlain: true });
  expect(config).not.toMatch(/ssl|HTTPS_PORT|308/);
  expect(config.match(/^ {2}server \{$/gm)).toHaveLength(1);
});

test('two services that share the beginning of their paths are refused: no gateway could tell them apart', () => {
  expect(() => segmentsOf([...groups, { service: 'analytics', group: { base: '/files/sizes' } }])).toThrow(
    '/files belongs to medical-notes and to analytics',
  );
});
