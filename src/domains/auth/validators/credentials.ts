import { z } from 'zod';
import { Email, Phone } from '../../../shared/types/fields.ts';
import { Id } from '../../../shared/types/id.ts';
import { PageQuery } from '../../../shared/types/page.ts';
import { GivenPassword, NewPassword } from '../../../shared/types/password.ts';
import { DateOfBirth } from '../../patients/index.ts';
import { User } from '../models/user.ts';
import { Tokens } from '../models/tokens.ts';

export const Register = z.strictObject({
  email: Email,
  password: NewPassword,
  firstName: User.shape.firstName,
  lastName: User.shape.lastName,
  phone: Phone.nullable().default(null),
  dateOfBirth: DateOfBirth.nullable().default(null),
});
export type Register = z.output<typeof Register>;

export const Login = z.strictObject({ email: Email, password: GivenPassword });
export type Login = z.output<typeof Login>;

export const Refresh = z.strictObject({ refreshToken: z.string().min(1).max(4096) });
export type Refresh = z.output<typeof Refresh>;

export const ChangePassword = z.strictObject({ currentPassword: GivenPassword, newPassword: NewPassword });
export type ChangePassword = z.output<typeof ChangePassword>;

export const SignedIn = z.object({ user: User, tokens: Tokens });
export type SignedIn = z.output<typeof SignedIn>;

export const Refreshed = z.object({ tokens: Tokens });
export type Refreshed = z.output<typeof Refreshed>;

export const SessionParams = z.object({ id: Id });
export const ListSessions = PageQuery;
export type ListSessions = PageQuery;

/** The caller, as `/auth/me` shows them. */
export const Me = z
  .object({
    ...User.pick({ id: true, email: true, role: true, roleId: true, firstName: true, lastName: true }).shape,
    permissions: z.array(z.string()),
    tenant: z
      .object({
        id: Id,
        name: z.string(),
        subdomain: z.string(),
        timezone: z.string(),
        locale: z.string(),
      })
      .nullable()
      .meta({ description: 'null for an operator of the installation' }),
    apiKeyId: Id.exactOptional().meta({
      description: 'There where an API key asks; the rest is of the user for whom it acts',
    }),
    doctorId: Id.exactOptional(),
    patientId: Id.exactOptional(),
    emailVerified: z.boolean(),
    mfaEnabled: z.boolean(),
  })
  .meta({ id: 'Me' });
export type Me = z.output<typeof Me>;
