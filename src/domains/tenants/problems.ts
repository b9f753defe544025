import { problemCatalogue } from '../../shared/utils/errors.ts';

export const tenantProblems = problemCatalogue({
  sign_up_disabled: {
    status: 403,
    title: 'Clinics cannot sign up here by themselves',
    advice: 'Ask the operator of this installation for an account.',
  },
  subdomain_taken: {
    status: 409,
    title: 'Another clinic has this subdomain',
    advice: 'Choose another subdomain.',
  },
});
