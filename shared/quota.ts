/** How much of a bounded resource of a namespace is in use. */
export interface QuotaUse {
  resource: string;
  used: string;
  hard: string;
  /** Whether nothing more fits. */
  isExhausted: boolean;
}

/** A ResourceQuota, as far as it tells of use. https://kubernetes.io/docs/concepts/policy/resource-quotas/ */
export interface Quota {
  spec?: { hard?: Record<string, string> };
  status?: { used?: Record<string, string> };
}

/** The use of each resource that quotas bound; one that is bounded to nothing is meant so, and no use is told of it. */
export function quotaUse(quotas: Quota[]): QuotaUse[] {
  return quotas.flatMap(({ spec, status }) =>
    Object.entries(spec?.hard ?? {})
      .filter(([, hard]) => amount(hard) > 0)
      .map(([resource, hard]) => {
        const used = status?.used?.[resource] ?? '0';
        return { resource, used, hard, isExhausted: amount(used) >= amount(hard) };
      }),
  );
}

const POWERS = ['', 'k', 'M', 'G', 'T', 'P', 'E'];

/** A quantity such as `64`, `500m`, `256Gi` or `1e3` as a number. https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/ */
export function amount(quantity: string): number {
  const [, number = '', unit = '', binary] = /^([\d.]+(?:[eE][+-]?\d+)?)([a-zA-Z]?)(i?)$/.exec(quantity) ?? [];
  if (unit === 'm') return Number(number) / 1_000;
  const power = POWERS.findIndex((known) => known.toLowerCase() === unit.toLowerCase());
  if (number === '' || power < 0) throw new Error(`${JSON.stringify(quantity)} is no quantity of Kubernetes`);
  return Number(number) * (binary ? 1_024 : 1_000) ** power;
}
