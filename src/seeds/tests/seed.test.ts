import { spawnSync } from 'node:child_process';
import { expect, test } from '@jest/globals';

const secrets = {
  JWT_ACCESS_SECRET: 'a'.repeat(32),
  JWT_REFRESH_SECRET: 'b'.repeat(32),
  MASTER_KEY: Buffer.alloc(32, 'c').toString('base64'),
};

test.each(['staging', 'production'])('the demo clinic is not made in %s without --force', (NODE_ENV) => {
  const env = { ...process.env, ...secrets, NODE_ENV, NODE_OPTIONS: '' };
  const { status, stderr } = spawnSync(process.execPath, ['--import', 'tsx', 'src/command-line/seed.ts'], { env });
  expect(status).toBe(1);
  expect(stderr.toString()).toContain(`where NODE_ENV is ${NODE_ENV} it is made with --force only`);
});
