import { everywhere, is, outsideProd, ORGANISATION, type Policy } from './policy.ts';
import { at } from '../snapshot.ts';

const REGISTRY = 'Microsoft.ContainerRegistry/registries';
const BUILD_MACHINES =
  '`az acr build` works from outside any network of ours, and needs the public endpoint; Entra tokens guard it';
const PREMIUM = 'a feature of the Premium tier, ten times the price of Basic';

/** Rules about the registry. */
export const registry: Policy[] = [
  { name: 'CKV_AZURE_137', what: 'no admin account', on: REGISTRY, holds: is('adminUserEnabled', false) },
  { name: 'CKV_AZURE_138', what: 'no anonymous pull', on: REGISTRY, holds: is('anonymousPullEnabled', false) },
  {
    name: 'CKV_AZURE_139',
    what: 'no public access',
    on: REGISTRY,
    holds: is('publicNetworkAccess', 'Disabled'),
    waived: everywhere(BUILD_MACHINES),
  },
  {
    name: 'CKV_AZURE_163',
    what: 'images are scanned',
    on: REGISTRY,
    holds: () => false,
    waived: everywhere(`Defender for Containers, ${ORGANISATION}`),
  },
  {
    name: 'CKV_AZURE_166',
    what: 'images wait in quarantine for a scan',
    on: REGISTRY,
    holds: is('policies.quarantinePolicy.status', 'enabled'),
    waived: everywhere('without a scanner that lets them go, no image would ever come out'),
  },
  { name: 'Azure.ACR.AdminUser', what: 'no admin account', on: REGISTRY, holds: is('adminUserEnabled', false) },
  {
    name: 'Azure.ACR.AnonymousAccess',
    what: 'no anonymous pull',
    on: REGISTRY,
    holds: is('anonymousPullEnabled', false),
  },
  {
    name: 'Azure.ACR.ExportPolicy',
    what: 'images cannot be exported',
    on: REGISTRY,
    holds: is('policies.exportPolicy.status', 'disabled'),
    waived: everywhere(`${PREMIUM}, and of closed registries`),
  },
  {
    name: 'Azure.ACR.Firewall',
    what: 'no public access',
    on: REGISTRY,
    holds: is('publicNetworkAccess', 'Disabled'),
    waived: everywhere(BUILD_MACHINES),
  },
  {
    name: 'Azure.ACR.MinSku',
    what: 'Standard or Premium',
    on: REGISTRY,
    holds: (each) => at(each, 'sku.name') !== 'Basic',
    waived: outsideProd('Basic differs in throughput and room alone'),
  },
  {
    name: 'Azure.ACR.Retention',
    what: 'untagged manifests go',
    on: REGISTRY,
    holds: is('policies.retentionPolicy.status', 'enabled'),
    waived: everywhere(PREMIUM),
  },
  {
    name: 'Azure.ACR.SoftDelete',
    what: 'deleted images can be had back',
    on: REGISTRY,
    holds: is('policies.softDeletePolicy.status', 'enabled'),
    waived: everywhere('a preview; every image can be built again from the lake'),
  },
  {
    name: 'Azure.ACR.ContentTrust',
    what: 'images are signed',
    on: REGISTRY,
    holds: is('policies.trustPolicy.status', 'enabled'),
    waived: everywhere('deprecated; images are deployed by digest'),
  },
];
