import { createLinkTokens } from '../../src/domains/auth/services/link-token.ts';
import type { KeptMail } from '../../src/shared/mail/mail-folder.ts';
import { until } from '../../src/shared/tests/until.ts';
import type { TestServer } from './test-server.ts';

/** What makes the tokens of the server's letters. */
export const linkTokens = ({ config }: TestServer) => createLinkTokens(config.jwt.refreshSecret);

const letters = async ({ url }: TestServer): Promise<KeptMail[]> => {
  const response = await fetch(`${url}/dev/mail`, { headers: { Accept: 'application/json' } });
  return ((await response.json()) as { data: KeptMail[] }).data;
};

export const lettersTo = async (server: TestServer, email: string): Promise<KeptMail[]> =>
  (await letters(server)).filter(({ to }) => to === email);

/** Waits for the newest letter to the address, as soon as there are `count`, and answers the token in it. */
export const tokenFromLetter = async (server: TestServer, email: string, count = 1): Promise<string> => {
  const [newest] = await until(async () => {
    const found = await lettersTo(server, email);
    return found.length >= count ? found : undefined;
  });
  return /#token=([\w-]+)/.exec(newest?.text ?? '')?.[1] ?? '';
};
