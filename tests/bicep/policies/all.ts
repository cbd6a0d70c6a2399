import { app } from './app.ts';
import { clusters } from './clusters.ts';
import { others } from './others.ts';
import { registry } from './registry.ts';
import { storage } from './storage.ts';

/** All rules, each of which holds or is waived with a reason. */
export const POLICIES = [...clusters, ...storage, ...app, ...registry, ...others];
