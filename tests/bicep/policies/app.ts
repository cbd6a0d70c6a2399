import { below, everywhere, is, outsideProd, type Policy } from './policy.ts';
import { at, listAt, type Resource, type Snapshot } from '../snapshot.ts';

const APP = 'Microsoft.Web/sites';
const NO_AUTH = 'function keys guard the routes; sign-in is set up in prod';
const signsIn = (each: Resource, made: Snapshot) =>
  below('Microsoft.Web/sites/config', each, made).some((config) => at(config, 'properties.platform.enabled') === true);

/** Rules about the function app. */
export const app: Policy[] = [
  { name: 'CKV_AZURE_13', what: 'App Service authentication', on: APP, holds: signsIn, waived: outsideProd(NO_AUTH) },
  {
    name: 'CKV_AZURE_56',
    what: 'authentication of function apps',
    on: APP,
    holds: signsIn,
    waived: outsideProd(NO_AUTH),
  },
  { name: 'CKV_AZURE_14', what: 'https alone', on: APP, holds: is('httpsOnly', true) },
  { name: 'CKV_AZURE_15', what: 'TLS 1.2', on: APP, holds: is('siteConfig.minTlsVersion', '1.2') },
  { name: 'CKV_AZURE_145', what: 'TLS 1.2 of function apps', on: APP, holds: is('siteConfig.minTlsVersion', '1.2') },
  {
    name: 'CKV_AZURE_16',
    what: 'a managed identity',
    on: APP,
    holds: (each) => at(each, 'identity.type') === 'UserAssigned',
  },
  {
    name: 'CKV_AZURE_17',
    what: 'client certificates',
    on: APP,
    holds: is('clientCertEnabled', true),
    waived: everywhere('Event Grid, browsers and the command line present none'),
  },
  { name: 'CKV_AZURE_18', what: 'HTTP 2', on: APP, holds: is('siteConfig.http20Enabled', true) },
  {
    name: 'CKV_AZURE_57',
    what: 'no page of others may call it',
    on: APP,
    holds: (each) => !listAt(each, 'properties.siteConfig.cors.allowedOrigins').includes('*'),
  },
  {
    name: 'CKV_AZURE_222',
    what: 'no public access',
    on: APP,
    holds: is('publicNetworkAccess', 'Disabled'),
    waived: everywhere(
      'Event Grid delivers from public addresses and reviewers open links; keys and sign-in guard the routes',
    ),
  },
];
