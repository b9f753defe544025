import { z } from 'zod';
import { GivenPassword } from '../../../shared/types/password.ts';

const Code = z.string().trim().min(6).max(20);

export const TotpSetUp = z
  .object({
    secret: z
      .string()
      .meta({ description: 'In base32, to be typed in', example: 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP' }),
    otpauthUrl: z.string().meta({
      description: 'To be shown as a QR code',
      example:
        'otpauth://totp/Sunrise:ada%40example.org?secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP&issuer=Sunrise',
    }),
  })
  .meta({ id: 'TotpSetUp' });
export type TotpSetUp = z.output<typeof TotpSetUp>;

export const ActivateTotp = z.strictObject({ code: Code });
export type ActivateTotp = z.output<typeof ActivateTotp>;

export const RecoveryCodes = z
  .object({
    recoveryCodes: z
      .array(z.string().meta({ example: 'k7mq4-x9rta' }))
      .meta({ description: 'Ten codes, each good once; they are not shown again' }),
  })
  .meta({ id: 'RecoveryCodes' });
export type RecoveryCodes = z.output<typeof RecoveryCodes>;

export const DisableTotp = z.strictObject({ password: GivenPassword });
export type DisableTotp = z.output<typeof DisableTotp>;

/** The token of a login that lacks the second factor. */
export const VerifyMfa = z.strictObject({ mfaToken: z.string().min(1).max(4096), code: Code });
export type VerifyMfa = z.output<typeof VerifyMfa>;
