import js from '@eslint/js';
import tseslint from 'typescript-eslint';

/** What would make an orchestration answer differently on replay. */
const nondeterministic = [
  { selector: "NewExpression[callee.name='Date'][arguments.length=0]", message: 'Use ctx.df.currentUtcDateTime.' },
  {
    selector: "CallExpression[callee.object.name='Date'][callee.property.name='now']",
    message: 'Use ctx.df.currentUtcDateTime.',
  },
  {
    selector: "CallExpression[callee.object.name='Math'][callee.property.name='random']",
    message: 'Use ctx.df.newGuid.',
  },
  { selector: 'AwaitExpression', message: 'Orchestrations are synchronous generators: yield a durable task.' },
  { selector: 'FunctionDeclaration[async=true]', message: 'Orchestrations are synchronous generators.' },
];

export default tseslint.config(
  { ignores: ['node_modules', 'dist', '.landfall', 'tests/fixtures', '**/*.cjs'] },
  js.configs.recommended,
  ...tseslint.configs.strict,
  {
    files: ['**/*.{ts,tsx}'],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      'no-duplicate-imports': ['error', { allowSeparateTypeImports: true }],
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': ['error', { checksVoidReturn: false }],
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/no-unused-vars': [
        'error',
        { argsIgnorePattern: '^_', varsIgnorePattern: '^_', ignoreRestSiblings: true },
      ],
      '@typescript-eslint/consistent-type-imports': 'error',
    },
  },
  {
    files: ['**/*.mjs'],
    languageOptions: {
      globals: {
        process: 'readonly',
        console: 'readonly',
        fetch: 'readonly',
        setTimeout: 'readonly',
        setInterval: 'readonly',
        clearInterval: 'readonly',
        AbortSignal: 'readonly',
        URL: 'readonly',
        Buffer: 'readonly',
      },
    },
  },
  {
    files: ['dashboard/**/*.tsx'],
    rules: {
      'no-restricted-syntax': [
        'error',
        {
          selector: "JSXAttribute[name.name='dangerouslySetInnerHTML']",
          message: 'What the API says is text, never markup.',
        },
        {
          selector: "JSXAttribute[name.name='style']",
          message: 'The policy of the page allows no inline style: use a class.',
        },
      ],
    },
  },
  {
    files: ['orchestrations/*.ts'],
    ignores: ['**/*.test.ts'],
    rules: {
      'no-restricted-syntax': ['error', ...nondeterministic],
      'no-restricted-globals': [
        'error',
        'process',
        'fetch',
        'setTimeout',
        'setInterval',
        'setImmediate',
        'crypto',
        'performance',
        'globalThis',
        'global',
      ],
      'no-restricted-imports': [
        'error',
        {
          patterns: [
            { regex: '^node:', message: 'Orchestrations touch no system.' },
            { regex: '/clients/', message: 'Orchestrations call activities; clients belong to those.' },
            { regex: '^@(azure|kubernetes)/', message: 'Orchestrations call activities; clients belong to those.' },
          ],
        },
      ],
    },
  },
);
