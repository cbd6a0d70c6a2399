import { startOperators, type OperatorsOptions } from '../../local/operators/operators.ts';

/** Runs the operators in a process of their own, which a test can kill. The options come as JSON in the first argument. */
await startOperators(JSON.parse(process.argv[2] ?? '{}') as OperatorsOptions);
console.log('ready');
