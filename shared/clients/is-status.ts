/** Whether an error of an Azure or Kubernetes client is an HTTP answer with one of these statuses. */
export function isStatus(error: unknown, ...statuses: number[]): boolean {
  if (typeof error !== 'object' || error === null) return false;
  const status = 'statusCode' in error ? error.statusCode : 'code' in error ? error.code : undefined;
  return typeof status === 'number' && statuses.includes(status);
}
