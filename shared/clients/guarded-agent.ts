import { lookup as systemLookup, type LookupAddress } from 'node:dns';
import http from 'node:http';
import https from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import { addressRule, clearTextRule, type AddressRule } from '../sources/addresses.ts';
import { SourceRefusal } from '../sources/refusal.ts';

/** Resolves a name to all its addresses. */
export type Resolve = (host: string) => Promise<LookupAddress[]>;

/** Agents for the two protocols that connect to no address that is refused. */
export interface GuardedAgents {
  http: http.Agent;
  https: https.Agent;
}

/**
 * Agents that judge a host by the very addresses that they then connect to: a name that is resolved anew could answer
 * otherwise the second time. Connections are not kept, so that each is judged.
 */
export function guardedAgents(allowed: string[], resolve: Resolve = resolveAll): GuardedAgents {
  const isRefused = judged('PrivateAddress', addressRule(allowed));
  const isRefusedInClear = judged('NotEncrypted', clearTextRule(allowed));
  return {
    https: guard(new https.Agent(), isRefused, resolve),
    http: guard(
      new http.Agent(),
      (host, address) => isRefused(host, address) ?? isRefusedInClear(host, address),
      resolve,
    ),
  };
}

const HINTS = {
  PrivateAddress:
    'If that is meant, allow it in the app setting COLLECT_PRIVATE_ADDRESSES (hosts, addresses, networks).',
  NotEncrypted: 'Use https; in a network that you trust, allow the host in the app setting COLLECT_PRIVATE_ADDRESSES.',
};

/** The refusal of a connection, by its reason; undefined where the reason is none of these. */
export function connectionRefusal(reason: string | undefined, message: string): SourceRefusal | undefined {
  if (reason !== 'PrivateAddress' && reason !== 'NotEncrypted') return undefined;
  return new SourceRefusal(reason, message, HINTS[reason]);
}

type Judge = (host: string, address: string) => SourceRefusal | undefined;

function judged(reason: keyof typeof HINTS, rule: AddressRule): Judge {
  return (host, address) => {
    const refused = rule(host, address);
    return refused === undefined
      ? undefined
      : connectionRefusal(reason, `${refused}: nothing is collected from there.`);
  };
}

function guard<A extends http.Agent>(agent: A, judge: Judge, resolve: Resolve): A {
  const connect = agent.createConnection.bind(agent);
  const lookup = guardedLookup(judge, resolve);
  agent.createConnection = (options, callback) => {
    const host = (options as { host?: string }).host ?? '';
    // An address is connected to as it is, without a look-up.
    const refused = isIP(host) === 0 ? undefined : judge(host, host);
    if (refused === undefined) return connect({ ...options, lookup } as typeof options, callback);
    callback?.(refused, undefined as never);
    return undefined;
  };
  return agent;
}

function guardedLookup(judge: Judge, resolve: Resolve): LookupFunction {
  return (host, { all }, callback) => {
    resolve(host).then(
      (found) => {
        const refused = found.map(({ address }) => judge(host, address)).find((refusal) => refusal !== undefined);
        const [first] = found;
        if (refused !== undefined) callback(refused, []);
        else if (all) callback(null, found);
        else callback(first ? null : new Error(`${host} has no address`), first?.address ?? '', first?.family);
      },
      (error: unknown) => callback(error as Error, []),
    );
  };
}

function resolveAll(host: string): Promise<LookupAddress[]> {
  return new Promise((resolve, reject) => {
    systemLookup(host, { all: true }, (error, found) => (error ? reject(error) : resolve(found)));
  });
}
