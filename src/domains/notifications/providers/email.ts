import { MailError } from '../../../shared/mail/mail-error.ts';
import type { Mailer } from '../../../shared/mail/mailer.ts';
import { type Provider, ProviderError } from './provider.ts';

/** Mail. Every attempt has the same Message-ID, by which mail programs tell a repetition. */
export const createEmailProvider = (mailer: Mailer): Provider => {
  const host = mailer.address.split('@').at(-1) ?? 'localhost';
  return {
    send: async ({ delivery, person, message, calendar }, handOver) => {
      if (person.email === null) throw new ProviderError('refused', 'no_address', 'There is no address');
      const messageId = `<${delivery.id}@${host}>`;
      const { title: subject, text, html } = message;
      const mail = { to: person.email, subject, text, html, messageId, ...(calendar && { calendar }) };
      try {
        await mailer.send(mail, handOver);
      } catch (error) {
        if (!(error instanceof MailError)) throw error;
        throw new ProviderError(error.fate, error.problem, error.message, { cause: error });
      }
      return { messageId };
    },
  };
};
