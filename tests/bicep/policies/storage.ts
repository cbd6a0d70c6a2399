import { below, everywhere, is, outsideProd, PUBLIC, SMALL, type Policy } from './policy.ts';
import { at } from '../snapshot.ts';

const STORAGE = 'Microsoft.Storage/storageAccounts';
const CONTAINER = 'Microsoft.Storage/storageAccounts/blobServices/containers';
const BLOBS = 'Microsoft.Storage/storageAccounts/blobServices';

/** Rules about the storage accounts. */
export const storage: Policy[] = [
  { name: 'CKV_AZURE_3', what: 'https alone', on: STORAGE, holds: is('supportsHttpsTrafficOnly', true) },
  {
    name: 'CKV_AZURE_33',
    what: 'queue requests are logged',
    on: STORAGE,
    holds: (each, made) => below('Microsoft.Insights/diagnosticSettings', each, made).length > 0,
    waived: everywhere('the task hub polls its queues all day: the log would say so and cost more than the account'),
  },
  { name: 'CKV_AZURE_34', what: 'containers are private', on: CONTAINER, holds: is('publicAccess', 'None') },
  {
    name: 'CKV_AZURE_35',
    what: 'the network is denied by default',
    on: STORAGE,
    holds: is('networkAcls.defaultAction', 'Deny'),
    waived: outsideProd(PUBLIC),
  },
  {
    name: 'CKV_AZURE_36',
    what: 'trusted services get through',
    on: STORAGE,
    holds: is('networkAcls.bypass', 'AzureServices'),
  },
  { name: 'CKV_AZURE_43', what: 'names by the rules', on: STORAGE, holds: ({ name }) => /^[a-z0-9]{3,24}$/.test(name) },
  { name: 'CKV_AZURE_44', what: 'TLS 1.2', on: STORAGE, holds: is('minimumTlsVersion', 'TLS1_2') },
  {
    name: 'CKV_AZURE_59',
    what: 'no public access',
    on: STORAGE,
    holds: is('publicNetworkAccess', 'Disabled'),
    waived: {
      ...outsideProd(PUBLIC),
      prod: 'the host’s account is closed; the lake answers allowed addresses too, since data comes from outside',
    },
  },
  {
    name: 'Azure.Storage.SecureTransfer',
    what: 'https alone',
    on: STORAGE,
    holds: is('supportsHttpsTrafficOnly', true),
  },
  {
    name: 'Azure.Storage.BlobPublicAccess',
    what: 'no anonymous reading',
    on: STORAGE,
    holds: is('allowBlobPublicAccess', false),
  },
  { name: 'Azure.Storage.MinTLS', what: 'TLS 1.2', on: STORAGE, holds: is('minimumTlsVersion', 'TLS1_2') },
  {
    name: 'Azure.Storage.Firewall',
    what: 'the network is denied by default',
    on: STORAGE,
    holds: is('networkAcls.defaultAction', 'Deny'),
    waived: outsideProd(PUBLIC),
  },
  {
    name: 'Azure.Storage.SoftDelete',
    what: 'deleted blobs can be had back',
    on: BLOBS,
    holds: is('deleteRetentionPolicy.enabled', true),
  },
  {
    name: 'Azure.Storage.ContainerSoftDelete',
    what: 'deleted containers can be had back',
    on: BLOBS,
    holds: is('containerDeleteRetentionPolicy.enabled', true),
  },
  {
    name: 'Azure.Storage.UseReplication',
    what: 'copies beyond one building',
    on: STORAGE,
    holds: (each) => at(each, 'sku.name') !== 'Standard_LRS',
    waived: outsideProd(SMALL),
  },
  {
    name: 'Azure.Storage.BlobAccessType',
    what: 'containers are private',
    on: CONTAINER,
    holds: is('publicAccess', 'None'),
  },
];
