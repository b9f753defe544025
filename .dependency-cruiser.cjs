/** The boundaries of house and domains, as a test. Tests themselves may look anywhere. */
const domain = '^src/domains/([^/]+)/';
const tests = '/tests/';

module.exports = {
  forbidden: [
    {
      name: 'domains-meet-at-index',
      comment:
        'One domain sees of another what its index.ts exports: it may be a service of its own one day.',
      severity: 'error',
      from: { path: domain, pathNot: tests },
      to: { path: domain, pathNot: ['^src/domains/$1/', '^src/domains/[^/]+/index[.]ts$'] },
    },
    {
      name: 'outside-sees-only-index',
      severity: 'error',
      from: { path: '^src/', pathNot: [domain, tests] },
      to: { path: domain, pathNot: '^src/domains/[^/]+/index[.]ts$' },
    },
    {
      name: 'ground-floor-knows-no-domain',
      severity: 'error',
      from: { path: '^src/(shared|database|events)/', pathNot: tests },
      to: { path: '^src/(domains|api|websocket)/' },
    },
    {
      name: 'shared-knows-no-database',
      severity: 'error',
      from: { path: '^src/shared/', pathNot: tests },
      to: { path: '^src/(database|events)/' },
    },
    {
      name: 'layers-point-down',
      severity: 'error',
      from: { path: '/(models|validators|repositories)/', pathNot: tests },
      to: { path: '/(services|controllers|routes)/' },
    },
    {
      name: 'services-know-no-http',
      severity: 'error',
      from: { path: '/(services|repositories|models)/', pathNot: tests },
      to: { path: '(^|/)express($|/)|/(controllers|routes)/' },
    },
    {
      name: 'only-database-speaks-mysql',
      severity: 'error',
      from: { path: '^src/', pathNot: ['^src/database/', tests] },
      to: { path: 'mysql2' },
    },
    {
      name: 'websocket-reacts-only',
      comment:
        'Sockets are told what happened; they ask the domains through functions that are handed to them.',
      severity: 'error',
      from: { path: '^src/websocket/', pathNot: tests },
      to: { path: '^src/(domains|api|database)/' },
    },
    {
      name: 'tracing-is-loaded-when-it-is-on',
      comment:
        'Most installations have no collector: open-tracing.ts imports the libraries when an address is set.',
      severity: 'error',
      from: { path: '^src/', pathNot: ['^src/shared/tracing/(otlp-tracing|exporter|sampler)[.]ts$', tests] },
      to: {
        path: ['@opentelemetry/(?!api/)', '^src/shared/tracing/(otlp-tracing|exporter|sampler)[.]ts$'],
        dynamic: false,
      },
    },
    {
      name: 'no-circular',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
  ],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    doNotFollow: { path: 'node_modules' },
  },
};
