import type { Tx } from '../../../database/db.ts';
import { Id } from '../../../shared/types/id.ts';
import type { Mailer } from '../../../shared/mail/mailer.ts';
import { writeLetter } from '../models/account-letter.ts';
import type { AccountLinks } from './account-links.ts';

type HappenedEvent = { readonly type: string; readonly payload: Readonly<Record<string, unknown>> };
type Deps = { mailer: Mailer; links: Pick<AccountLinks, 'letterOf'> };

/**
 * Sends the letter that each new link is made for. To be called with one event at a time: one that fails, such as while
 * the mail server is away, comes again until the link has expired.
 */
export const createLetterCarrier =
  ({ mailer, links }: Deps) =>
  async (tx: Tx, { type, payload }: HappenedEvent): Promise<void> => {
    if (type !== 'auth.link_created') return;
    const letter = await links.letterOf(tx, Id.parse(payload['linkId']));
    if (letter) await mailer.send({ to: letter.email, ...writeLetter(letter) });
  };
