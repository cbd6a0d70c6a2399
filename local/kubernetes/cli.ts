import { Command } from 'commander';
import { ensureCertificates } from '../tls.ts';
import { startApiServer } from './api-server.ts';
import { loadCrds } from './crds.ts';

interface Options {
  port: string;
  data: string;
  token: string;
  name: string;
}

const program = new Command('api-server')
  .description('Runs one Kubernetes API server by itself, with the definitions of the three operators.')
  .option('--port <number>', 'port to listen on; 0 takes a free one', '0')
  .option('--name <name>', 'name of the cluster', 'cluster')
  .option('--token <token>', "the administrator's bearer token", 'admin')
  .requiredOption('--data <dir>', 'folder to keep the objects and the certificates in')
  .parse();
const { port, data, token, name } = program.opts<Options>();
const { key, cert, ca } = await ensureCertificates(data);
const server = await startApiServer({
  name,
  port: Number(port),
  dataDir: data,
  tls: { key, cert },
  tokens: { [token]: { user: 'admin', groups: ['system:masters'] } },
  crds: loadCrds(),
  kubelet: { token, ca },
});
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void server.close());
console.log(`api server ready ${server.url}`);
