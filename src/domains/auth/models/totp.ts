import { generateSecret, generateURI, verifySync } from 'otplib';

const STEP_SECONDS = 30;

/** 160 bits in base32, as authenticators take it (RFC 4226, section 4). */
export const newTotpSecret = (): string => generateSecret();

/** What the QR code for an authenticator says. */
export const otpauthUrlOf = (secret: string, clinic: string, email: string): string =>
  generateURI({ secret, issuer: clinic, label: email });

/**
 * The time step of the code, where it is the one of now, of just before or of just after (RFC 6238, section 5.2), and
 * later than the last one that was taken; else nothing.
 */
export const timeStepOf = (
  secret: string,
  code: string,
  now: Date,
  lastTimeStep: number | null,
): number | undefined => {
  if (!/^\d{6}$/.test(code)) return undefined;
  const result = verifySync({
    secret,
    token: code,
    epoch: Math.floor(now.getTime() / 1000),
    epochTolerance: STEP_SECONDS,
    ...(lastTimeStep !== null && { afterTimeStep: lastTimeStep }),
  });
  return result.valid && 'timeStep' in result ? result.timeStep : undefined;
};
