import { randomBytes } from 'node:crypto';
import { createDomains } from '../../src/composition/domains.ts';
import { createInfrastructure } from '../../src/infrastructure.ts';
import { createLogger } from '../../src/shared/utils/logger.ts';
import { expectStatus, PASSWORD } from './clinic.ts';
import type { Api } from './api.ts';
import type { TestServer } from './test-server.ts';

export type Operator = { readonly email: string; readonly userId: string; readonly api: Api };

/** An operator of the installation, as `npm run create-super-admin` makes one, logged in. */
export const anOperator = async ({ config, clock, api }: TestServer): Promise<Operator> => {
  const email = `operator-${randomBytes(6).toString('hex')}@example.org`;
  const infrastructure = createInfrastructure(config, createLogger(config), clock);
  await createDomains(infrastructure).auth.createSuperAdmin({
    email,
    password: PASSWORD,
    firstName: 'Op',
    lastName: 'Erator',
  });
  await infrastructure.close();
  const { body } = expectStatus(await api.post('/auth/login', { email, password: PASSWORD }), 200);
  const { user, tokens } = body;
  return { email, userId: user.id, api: api.with({ Authorization: `Bearer ${tokens.accessToken}` }) };
};
