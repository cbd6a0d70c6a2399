#!/usr/bin/env bash
# Makes all of Landfall in an Azure subscription, and can be run again at any point: each step looks at what Azure has.
set -euo pipefail

usage() {
  cat <<TEXT
Usage: $0 SUBSCRIPTION_ID [--env dev|test|prod] [--location REGION] [--what-if] [--yes]

Makes everything that Landfall needs in Azure, installs the operators on its clusters and publishes the app.
Run it again after a failure or a change: what is there stays.

  --env NAME         environment: dev (default), test or prod; its settings are in bicep/NAME.bicepparam
  --location REGION  region (default: swedencentral, or LANDFALL_LOCATION)
  --what-if          show what would change in Azure, and change nothing
  --yes              do not ask
  -h, --help         this text

LANDFALL_NAME is what names begin with (default: landfall). Settings of *.bicepparam come from the environment too:
LANDFALL_ALERT_EMAIL, LANDFALL_ALLOWED_ADDRESSES, LANDFALL_SIGN_IN_CLIENT_ID and LANDFALL_APP_ACCESS.
App settings of your own (SOURCE_…, REVIEW_WEBHOOK_URL) are read from bicep/NAME.settings.json, else from LANDFALL_SETTINGS.
TEXT
}

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(dirname "$here")
# shellcheck source-path=SCRIPTDIR source=lib/common.sh
. "$here/lib/common.sh"
# shellcheck source-path=SCRIPTDIR source=lib/checks.sh
. "$here/lib/checks.sh"
# shellcheck source-path=SCRIPTDIR source=lib/settings.sh
. "$here/lib/settings.sh"
# shellcheck source-path=SCRIPTDIR source=lib/capacity.sh
. "$here/lib/capacity.sh"
# shellcheck source-path=SCRIPTDIR source=lib/clusters.sh
. "$here/lib/clusters.sh"

main() {
  read_arguments "$@"
  step 'Tools' check_tools
  step 'App settings' read_settings
  step 'Plan' introduce
  step 'Sign-in' check_sign_in
  $what_if || ask 'Make this? (yes/no)' yes
  step 'Resource providers' register_providers
  step 'Rights' check_rights
  step 'Resource group' check_group
  step 'Region and quota' check_capacity
  step 'Names' check_names
  step 'Present settings' check_settings
  if $what_if; then
    step 'What would change' show_changes
    return
  fi
  be_patient
  step 'Stopped clusters' wake_clusters
  step 'Azure resources' deploy_resources
  step 'Base images' build_images
  step 'Cluster data-processing' equip_cluster data-processing "$data_processing" "$spark_client"
  step 'Cluster training' equip_cluster training "$training" "$train_client"
  step 'Cluster serving' equip_cluster serving "$serving" "$serve_client"
  step 'App' publish_app
  step 'Events' deploy_eventing
  step 'Check-up' check_up
  say_where
}

read_arguments() {
  location=${LANDFALL_LOCATION:-swedencentral}
  what_if=false
  while (($# > 0)); do
    case $1 in
      --location)
        location=${2:-}
        [[ $location =~ ^[a-z0-9]+$ ]] || fail "'$location' is no region." 'See: az account list-locations --output table' 2
        shift
        ;;
      --what-if) what_if=true yes=true ;;
      *)
        take_argument "$@"
        [[ $1 != --env ]] || shift
        ;;
    esac
    shift
  done
  check_arguments
  # With the first answer of kubectl it would be an hour too late to say so.
  [[ $environment != prod || -n ${LANDFALL_ALLOWED_ADDRESSES:-} ]] ||
    fail 'The API servers of prod answer allowed addresses only.' 'Set LANDFALL_ALLOWED_ADDRESSES to yours, as 203.0.113.7/32' 2
  check_addresses
  export LANDFALL_LOCATION=$location
}

introduce() {
  read_pools
  printf 'Landfall %s goes into the resource group %s in %s:\n' "$environment" "$group" "$location"
  awk -F '\t' '{ print "  cluster " $1 ": " $3 " to " $4 " nodes " $2 }' "$work/pools"
  cat <<TEXT
  a data lake, storage of the app, a container registry, a function app, Event Grid topics, identities, logs, alerts

Idle cost: $(idle_cost)
Rights:    $rights_needed
Quota:     the vCPUs of the nodes above, GPUs too where they have some; counted before anything is made
Time:      plan an hour at first, most of it for clusters and base images; less when run again
Take down: bicep/destroy-infrastructure.sh $subscription --env $environment
TEXT
}

# The last row of the table in README.md, whose columns are environments.
idle_cost() {
  awk -F ' *[|] *' -v environment="$environment" '
    $2 == "what" { for (i = 3; i <= NF; i++) if ($i == environment) column = i }
    /together/ { gsub(/\*/, "", $column); cost = $column }
    END { print (cost ? cost " US dollars a month, estimated from list prices;" : "") " see bicep/README.md" }' "$here/README.md"
}

show_changes() {
  run az deployment sub what-if --name "$group" --location "$location" --parameters "$here/$environment.bicepparam"
  echo 'Nothing was changed.'
}

# A stopped cluster takes no deployment. https://learn.microsoft.com/azure/aks/start-stop-cluster
wake_clusters() {
  local cluster power
  while IFS=$'\t' read -r cluster power <&3; do
    if [[ $power != Stopped ]]; then continue; fi
    echo "Starting $cluster"
    run az aks start --resource-group "$group" --name "$cluster"
  done 3<"$work/existing"
}

# The outputs are deployed in types.bicep.
deploy_resources() {
  local state outputs
  state=$(az deployment sub show --name "$group" --query properties.provisioningState --output tsv 2>/dev/null) || state=none
  if [[ $state == Running || $state == Accepted ]]; then
    echo 'An earlier deployment is still at work; waiting for its end.'
    az deployment sub wait --name "$group" --created --interval 30 --timeout 3600 || true # how it ends does not matter
  fi
  echo 'Azure makes what is missing and changes what differs; clusters take about ten minutes.'
  run az deployment sub create --name "$group" --location "$location" --parameters "$here/$environment.bicepparam" --output none
  outputs=$(run az deployment sub show --name "$group" --output tsv --query 'properties.outputs.landfall.value.[functionApp,
    functionHost, lake, registry, clusters."data-processing", clusters.training, clusters.serving, appObjectId,
    serviceAccounts.spark, serviceAccounts.train, serviceAccounts.serve, gpu]')
  {
    read -r app && read -r host && read -r lake && read -r registry &&
      read -r data_processing && read -r training && read -r serving && read -r app_object &&
      read -r spark_client && read -r train_client && read -r serve_client && read -r gpu
  } <<<"$outputs" || fail 'The deployment has other outputs than expected.' "See: az deployment sub show --name $group"
}

build_images() {
  local image
  for image in spark training serving; do
    if az acr repository show --name "$registry" --image "$image:base" --output none </dev/null 2>/dev/null; then
      echo "Already there: $image:base. To build it anew: workloads/images/build.sh $registry --image $image"
    else
      run "$root/workloads/images/build.sh" "$registry" --image "$image"
    fi
  done
}

publish_app() {
  cd "$root"
  run npm ci
  run npm run package
  run az functionapp deployment source config-zip --resource-group "$group" --name "$app" --src dist/landfall.zip --output none
  run find_functions
}

# Event Grid is refused a function that the host has not indexed yet.
find_functions() {
  local names each
  names=$(az functionapp function list --resource-group "$group" --name "$app" --query '[].name' --output tsv) || return
  for each in landingBlobCreated jobResultCreated; do
    grep -q "/$each\$" <<<"$names" || {
      echo "(NotFound) the host has no function $each. If health is all it has, https://$host/api/health says why." >&2
      return 1
    }
  done
  echo "$(grep -c . <<<"$names") functions are there."
}

deploy_eventing() {
  run az deployment group create --resource-group "$group" --name "$group-eventing" \
    --parameters "$here/eventing-$environment.bicepparam" --output none
}

# The app's own roles may hold only minutes from now, so whatever is not well yet is asked again.
check_up() {
  local LANDFALL_KEY LANDFALL_TOKEN='' transient='.*'
  if people_sign_in; then
    LANDFALL_TOKEN=$(az account get-access-token --resource "api://$LANDFALL_SIGN_IN_CLIENT_ID" --query accessToken \
      --output tsv 2>"$work/error") || {
      tail -n 3 "$work/error" >&2
      echo "People sign in to this one, and you got no token for it: see Sign-in in bicep/README.md. The rest is done."
      return
    }
    export LANDFALL_TOKEN
  fi
  LANDFALL_KEY=$(run az functionapp keys list --resource-group "$group" --name "$app" --query functionKeys.default --output tsv)
  export LANDFALL_KEY # as an argument it would show in the list of processes
  run npm run --silent doctor -- --api "https://$host"
}

# The parameter is prod's alone.
people_sign_in() { [[ $environment == prod && -n ${LANDFALL_SIGN_IN_CLIENT_ID:-} ]]; }

say_where() {
  local token=''
  current=''
  ! people_sign_in || token="
  your token    az account get-access-token --resource api://$LANDFALL_SIGN_IN_CLIENT_ID --query accessToken
                  (as LANDFALL_TOKEN, beside the key)"
  cat <<TEXT

Landfall $environment is up: https://$host
  its key       az functionapp keys list --subscription $subscription --resource-group $group --name $app \\
                  --query functionKeys.default$token
  drop data     az storage fs file upload --account-name $lake --auth-mode login --file-system landing \\
                  --path iris/iris.csv --source workloads/pipelines/iris/sample/iris.csv
  save money    az aks stop --subscription $subscription --resource-group $group --name CLUSTER
                (the app starts it when a run needs it)
  take it down  bicep/destroy-infrastructure.sh $subscription --env $environment
TEXT
}

main "$@"
