#!/usr/bin/env bash
# Takes down what deploy-infrastructure.sh made, data and models included. Can be run again.
set -euo pipefail

usage() {
  cat <<TEXT
Usage: $0 SUBSCRIPTION_ID [--env dev|test|prod] [--yes]

Deletes an environment of Landfall: its resource group with all data and models, and what lies outside the group.

  --env NAME  environment: dev (default), test or prod
  --yes       do not ask
  -h, --help  this text

LANDFALL_NAME is what names begin with (default: landfall). Nothing is purged: deleted logs can be recovered for 14 days,
and what Azure keeps by itself (activity log, bills) stays.
TEXT
}

# shellcheck source-path=SCRIPTDIR source=lib/common.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib/common.sh"

main() {
  while (($# > 0)); do
    take_argument "$@"
    [[ $1 != --env ]] || shift
    shift
  done
  check_arguments
  step 'Tools' need_azure_cli
  step 'Sign-in' check_sign_in
  step 'What goes' describe
  ask "Type $group to delete it for good:" "$group"
  be_patient
  step 'Event subscriptions' delete_event_subscriptions
  step 'Role of the clusters' delete_role
  step 'Resource group' delete_group
  step 'Budget and deployment record' delete_records
  echo "Landfall $environment is gone."
}

describe() {
  local found region state owner
  found=$(describe_group)
  read -r region state owner <<<"$found"
  if [[ -n $region ]]; then
    [[ $state == Deleting ]] || check_owner "$owner"
    run az resource list --resource-group "$group" --query "[].join(' ', [type, name])" --output tsv
    echo "and all that is in them: data, models, runs, images, logs."
  else
    echo "The resource group $group is gone already."
  fi
  echo "Outside the group: a custom role, a budget and the record of the deployment, where they are left."
}

# First of all, so that nothing is delivered into what goes.
delete_event_subscriptions() {
  local each topic=(--resource-group "$group" --system-topic-name "$group-lake")
  # Where the topic is gone, this fails and there is nothing to delete.
  for each in $(az eventgrid system-topic event-subscription list "${topic[@]}" --query '[].name' --output tsv 2>/dev/null); do
    run az eventgrid system-topic event-subscription delete --yes --name "$each" "${topic[@]}"
    echo "Deleted: $each"
  done
}

# Azure keeps a custom role outside the group that it is for, and lets it go only when nobody has it any more.
delete_role() {
  local all="/subscriptions/$subscription/providers/Microsoft.Authorization/roleDefinitions" role assignments
  role=$(run az rest --method get --url "$all?api-version=2022-04-01&\$filter=atScopeAndBelow()" --output tsv \
    --query "value[?starts_with(properties.roleName, 'Landfall Cluster User') \
      && ends_with(properties.assignableScopes[0], '/resourceGroups/$group')].name")
  if [[ -z $role ]]; then
    echo 'Already gone.'
    return
  fi
  assignments=$(run az role assignment list --all --fill-principal-name false --output tsv \
    --query "[?ends_with(roleDefinitionId, '$role')].id")
  # shellcheck disable=SC2086 # ids have no blanks
  [[ -z $assignments ]] || run az role assignment delete --ids $assignments
  run az rest --method delete --url "$all/$role?api-version=2022-04-01" --output none
  echo "Deleted: $role"
}

delete_group() {
  local found
  found=$(describe_group)
  if [[ -z $found ]]; then
    echo 'Already gone.'
    return
  fi
  echo 'This takes about a quarter of an hour.'
  run az group delete --name "$group" --yes
}

delete_records() {
  local budget="/subscriptions/$subscription/providers/Microsoft.Consumption/budgets/$group?api-version=2023-11-01"
  delete 'the budget' az rest --method delete --url "$budget" --output none
  delete 'the record' az deployment sub delete --name "$group"
}

# delete WHAT COMMAND...: what is not there any more counts as deleted.
delete() {
  local what=$1
  shift
  if "$@" 2>"$work/error"; then
    echo "Deleted: $what"
  else
    grep -Eqi 'not ?found' "$work/error" || run "$@"
    echo "Already gone: $what"
  fi
}

main "$@"
