import { is, isNot, outsideProd, PUBLIC, type Policy } from './policy.ts';
import { at } from '../snapshot.ts';

const TOPIC = 'Microsoft.EventGrid/topics';
const QUERY_ALERT = 'Microsoft.Insights/scheduledQueryRules';
const GROUP = 'Microsoft.Resources/resourceGroups';

/** Rules about topics, alerts and secrets. */
export const others: Policy[] = [
  {
    name: 'CKV_AZURE_131',
    what: 'no secret among parameters, settings and outputs',
    on: GROUP,
    holds: (_, made) => !/list\w*(Keys|Secrets?)\s*\(|AccountKey=|password"/i.test(JSON.stringify(made)),
  },
  {
    name: 'Azure.EventGrid.ManagedIdentity',
    what: 'topics have an identity',
    on: TOPIC,
    holds: (each) => at(each, 'identity.type') === 'SystemAssigned',
  },
  {
    name: 'Azure.EventGrid.DisableLocalAuth',
    what: 'topics take no keys',
    on: TOPIC,
    holds: is('disableLocalAuth', true),
  },
  {
    name: 'Azure.EventGrid.TopicPublicAccess',
    what: 'no public access',
    on: TOPIC,
    holds: is('publicNetworkAccess', 'Disabled'),
    waived: outsideProd(PUBLIC),
  },
  {
    name: 'Azure.Alert.HighFrequencyQuery',
    what: 'queries run less than once a minute',
    on: QUERY_ALERT,
    holds: isNot('evaluationFrequency', 'PT1M'),
  },
  {
    name: 'Azure.Alert.MetricAutoMitigate',
    what: 'alerts resolve themselves',
    on: 'Microsoft.Insights/metricAlerts',
    holds: is('autoMitigate', true),
  },
];
