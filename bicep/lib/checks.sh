# shellcheck shell=bash disable=SC2154 # the variables are common.sh's and the caller's
# What has to be so before anything is made.

# Those that the Bicep files have types of, and OperationsManagement for the monitoring add-on of AKS.
providers=(App Authorization Compute Consumption ContainerRegistry ContainerService EventGrid Insights ManagedIdentity
  Network OperationalInsights OperationsManagement Resources Storage Web)

check_tools() {
  need_azure_cli
  need 'Bicep' 0.36.0 'Run: az bicep upgrade' az bicep version
  need 'kubectl' 1.34.0 'Run: az aks install-cli' kubectl version --client # within one minor version of the clusters'
  need 'Helm' 3.8.0 'See https://helm.sh/docs/intro/install' helm version --short # reads charts from registries
  need 'Node.js' 24.0.0 'See https://nodejs.org/en/download' node --version # as package.json
  need 'npm' 9.0.0 'It comes with Node.js: https://nodejs.org/en/download' npm --version
  need 'Git' 2.0.0 'See https://git-scm.com/downloads' git --version # fetches what kubectl -k names by URL
}

register_providers() {
  local registered missing=() each
  registered=$(run az provider list --query "[?registrationState=='Registered'].namespace" --output tsv)
  for each in "${providers[@]/#/Microsoft.}"; do grep -Fqix "$each" <<<"$registered" || missing+=("$each"); done
  if ((${#missing[@]} == 0)); then
    echo 'Already there.'
    return
  fi
  ! $what_if || fail "Not registered yet, and nothing is to be changed: ${missing[*]}" \
    "Run for each of them: az provider register --wait --subscription $subscription --namespace …"
  for each in "${missing[@]}"; do
    echo "Registering $each"
    run az provider register --namespace "$each" --wait
  done
}

# Custom roles may do without these patterns, so Azure has the last word.
check_rights() {
  local rights
  rights=$(run az rest --method get --output tsv \
    --url "/subscriptions/$subscription/providers/Microsoft.Authorization/permissions?api-version=2022-04-01" \
    --query "join(' ', [value[?contains(actions, '*')] && 'make' || '-', value[?contains(actions, 'Microsoft.Authorization/*') \
      || contains(actions, '*') && !contains(notActions, 'Microsoft.Authorization/*/Write')] && 'grant' || '-'])")
  case $rights in
    'make grant') echo 'You may make resources and give roles.' ;;
    *) echo "Your roles look like less than is needed ($rights_needed): Azure may refuse steps below." ;;
  esac
}

check_group() {
  local found region state owner
  found=$(describe_group)
  read -r region state owner <<<"$found"
  if [[ $state == Deleting ]]; then
    echo 'It is being deleted; waiting until it is gone.'
    run az group wait --name "$group" --deleted
  elif [[ -z $region ]]; then
    echo "$group is free."
  else
    check_owner "$owner"
    [[ $region == "$location" ]] || fail "$group lies in $region already." "Run with --location $region, or take it down first."
    echo 'Already there.'
  fi
}

# Azure itself goes through the templates: that finds what is wrong with them or forbidden, and the names to be made.
# A budget keeps its first month for good, so it is given the one that it has.
check_names() {
  local start id free
  start=$(az rest --method get --query properties.timePeriod.startDate --output tsv 2>/dev/null \
    --url "/subscriptions/$subscription/providers/Microsoft.Consumption/budgets/$group?api-version=2023-11-01") ||
    start=$(date -u +%Y-%m-01)
  export LANDFALL_BUDGET_START=${LANDFALL_BUDGET_START:-${start:0:10}}
  run az deployment sub what-if --name "$group" --location "$location" --parameters "$here/$environment.bicepparam" \
    --no-pretty-print --result-format ResourceIdOnly --query "changes[?changeType=='Create'].resourceId" --output tsv \
    >"$work/new"
  while read -r id <&3; do
    case $id in
      */storageAccounts/*/*) continue ;; # a container, and the like
      */storageAccounts/*) free=$(run az storage account check-name --name "${id##*/}" --query nameAvailable --output tsv) ;;
      */registries/*) free=$(run az acr check-name --name "${id##*/}" --query nameAvailable --output tsv) ;;
      *) continue ;;
    esac
    [[ $free == [Tt]rue ]] || fail "The name ${id##*/} is taken by someone else." 'Choose other names: LANDFALL_NAME=…'
  done 3<"$work/new"
  echo "$(grep -c . "$work/new" || true) resources are new."
}
