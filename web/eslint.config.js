import js from '@eslint/js';
import ts from 'typescript-eslint';

/** Imports point inward: apps → parts → client → protocol. */
const border = (files, ...foreign) => ({
  files,
  rules: {
    'no-restricted-imports': [
      'error',
      { patterns: foreign.map((room) => ({ regex: `^\\.\\./(.*/)?${room}(/|$)`, message: 'Imports point inward.' })) },
    ],
  },
});

const markup = ['innerHTML', 'outerHTML', 'insertAdjacentHTML', 'dangerouslySetInnerHTML', 'srcdoc'];

export default ts.config(
  { ignores: ['dist', 'node_modules', 'test-results'] },
  js.configs.recommended,
  ts.configs.strict,
  {
    rules: {
      'no-empty': ['error', { allowEmptyCatch: false }],
      'no-eval': 'error',
      'no-implied-eval': 'error',
      'no-new-func': 'error',
      'no-restricted-properties': [
        'error',
        ...markup.map((property) => ({ property, message: 'Text goes in as text, never as HTML.' })),
        { object: 'document', property: 'cookie', message: 'The widget sets no cookies.' },
        { object: 'document', property: 'write', message: 'Text goes in as text, never as HTML.' },
      ],
      'no-restricted-syntax': [
        'error',
        { selector: 'CatchClause > BlockStatement[body.length=0]', message: 'Nothing fails silently.' },
        {
          selector: 'JSXAttribute[name.name=/^(style|dangerouslySetInnerHTML)$/]',
          message: 'Forbidden by strict CSPs.',
        },
        {
          selector: "CallExpression[callee.property.name='setAttribute'][arguments.0.value='style']",
          message: 'Use CSSOM.',
        },
        { selector: 'ExportDefaultDeclaration', message: 'Named exports only.' },
      ],
      eqeqeq: ['error', 'always', { null: 'ignore' }],
      'max-lines': ['error', 400],
      '@typescript-eslint/switch-exhaustiveness-check': 'off',
    },
  },
  border(['protocol/**'], 'client', 'parts', 'loader', 'widget', 'desk'),
  border(['client/**'], 'parts', 'loader', 'widget', 'desk'),
  border(['parts/**'], 'loader', 'widget', 'desk'),
  border(['loader/**'], 'parts', 'widget', 'desk'),
  {
    files: ['client/**'],
    ignores: ['client/browser.ts', 'client/ground.ts', '**/*.test.ts'],
    rules: {
      'no-restricted-globals': [
        'error',
        ...[
          'window',
          'document',
          'location',
          'navigator',
          'localStorage',
          'sessionStorage',
          'WebSocket',
          'setTimeout',
          'setInterval',
          'Date',
          'BroadcastChannel',
        ].map((name) => ({ name, message: 'The client gets its surroundings passed in (browser.ts).' })),
      ],
    },
  },
  {
    files: ['*.js', '*.mjs', '*.ts'],
    languageOptions: { globals: { process: 'readonly', console: 'readonly', URL: 'readonly' } },
    rules: { 'no-restricted-syntax': 'off' },
  },
);
