import { problemCatalogue } from '../../shared/utils/errors.ts';

export const tenantProblems = problemCatalogue({
  sign_up_disabled: {
    status: 403,
    title: 'Clinics cannot sign up here by themselves',
    advice: 'Ask the operator of this installation for an account.',
  },
  domain_not_found: {
    status: 404,
    title: 'No such hostname',
    advice: 'GET /tenants/current/domains lists the hostnames of the clinic.',
  },
  domain_exists: {
    status: 409,
    title: 'The clinic has this hostname already',
    advice: 'Verify it; GET /tenants/current/domains shows the record that is needed.',
  },
  domain_not_verified: {
    status: 409,
    title: 'The TXT record was not found',
    advice: 'Publish the record that verification names, wait until DNS has it, and verify again.',
  },
  domain_taken: {
    status: 409,
    title: 'Another clinic has proved this hostname',
    advice: 'Remove the TXT record of the other clinic from its DNS first.',
  },
  maintenance_notice_not_found: {
    status: 404,
    title: 'No such announcement',
    advice: 'GET /platform/maintenance-notices lists them.',
  },
  plan_limit_reached: {
    status: 409,
    title: 'The plan of the clinic allows no more',
    advice: 'Deactivate one that is not needed, or ask the operator of this installation for a larger plan.',
  },
  tenant_being_deleted: {
    status: 409,
    title: 'The clinic is being deleted',
    advice: 'Nothing brings it back, except an export that was made before.',
  },
  subdomain_taken: {
    status: 409,
    title: 'Another clinic has this subdomain',
    advice: 'Choose another subdomain.',
  },
});
