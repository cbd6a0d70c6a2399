# shellcheck shell=bash
# What deploy-infrastructure.sh and destroy-infrastructure.sh share: steps that say what failed and how to go on.

again=$0
for argument in "$@"; do again+=$(printf ' %q' "$argument"); done
name=${LANDFALL_NAME:-landfall} # as in *.bicepparam
subscription=''
environment=dev
yes=false
current=''
work=$(mktemp -d)
wait_seconds=${LANDFALL_WAIT_SECONDS:-30}
tries=1
rights_needed='Owner, or Contributor and User Access Administrator, on the subscription'
raise_quota=https://learn.microsoft.com/azure/quotas/quickstart-increase-quota-portal

# What passes by itself: roles replicate for up to ten minutes, webhooks and new hosts take a moment to answer.
# https://learn.microsoft.com/azure/role-based-access-control/troubleshooting#symptom---role-assignment-changes-are-not-being-detected
transient='AuthorizationFailed|Forbidden|Unauthorized|does not have (authorization|permission)|provide credentials'
transient+='|PrincipalNotFound|RoleDefinitionHasAssignments|TooManyRequests|status code:? (40[134]|5..)|failed to resolve'
transient+='|RoleDefinitionDoesNotExist|AnotherOperationInProgress|StorageAccountOperationInProgress'
transient+='|failed calling webhook|connection refused|no endpoints available|handshake|\(NotFound\)|conditions accessor'
# Docker Hub counts anonymous pulls by address, and ACR's builders share theirs: another builder may get through.
docker_hub_refuses='toomanyrequests|pull rate limit'
transient+="|$docker_hub_refuses"

# Every call names the subscription, also those of workloads/images/build.sh: the Azure CLI's own choice stays as it is.
az() { command az "$@" --subscription "$subscription" --only-show-errors; }
export -f az

fail() {
  printf '\n%s\n%s\n' "$1" "$2" >&2
  exit "${3:-1}"
}

finish() {
  local status=$?
  rm -rf "$work"
  ((status == 0)) || [[ -z $current ]] || printf '\nStopped at: %s. Go on with:\n  %s\n' "$current" "$again" >&2
}
trap finish EXIT

step() {
  current=$1
  printf '\n== %s\n' "$current"
  shift
  "$@"
}

# From here on things are made, and what fails may pass.
be_patient() { tries=20; }

# Runs a command; waits and tries again while what it says is transient.
run() {
  local try
  for ((try = 1; ; try++)); do
    if "$@" 2>"$work/error" | tee "$work/said"; then
      cat "$work/error" >&2
      return
    fi
    # The log of a builder comes on standard output.
    grep -Ei "$docker_hub_refuses" "$work/said" | tail -n 1 >>"$work/error" || true
    if ((try == tries)) || ! grep -Eqi "$transient" <<<"$(<"$work/error")"; then break; fi
    printf 'Not yet, once more in %s s (%s of %s): %s\n' "$wait_seconds" "$try" "$tries" \
      "$(tail -n 1 "$work/error" | cut -c 1-160)" >&2
    sleep "$wait_seconds"
  done
  tail -n 15 "$work/error" >&2
  fail "This failed: $1 ${2:-} ${3:-} ${4:-}" "$(likely_cause)"
}

# What the text in $work/error means more often than not, and what to do.
likely_cause() {
  case $(<"$work/error") in
    *'az login'* | *AADSTS*) echo 'The sign-in has ended. Run: az login' ;;
    *toomanyrequests* | *'pull rate limit'*) echo 'Docker Hub refuses pulls without sign-in for now: try again in some hours.' ;;
    *InsufficientVCPUQuota* | *QuotaExceeded* | *'exceeding approved'*) echo "Quota is missing: $raise_quota" ;;
    *SkuNotAvailable* | *AllocationFailed*) echo 'The region has no room for this size now: try later, or another --location.' ;;
    *AlreadyTaken* | *AlreadyInUse*) echo 'A name is taken by someone else. Choose other names: LANDFALL_NAME=…' ;;
    *DeploymentActive*) echo 'An earlier deployment is still at work: wait for its end.' ;;
    *RequestDisallowedByPolicy*) echo 'A policy of your organisation forbids it; the lines above name it.' ;;
    *ScopeLocked*) echo 'A lock forbids it. See: az lock list' ;;
    *TasksOperationsNotAllowed*) echo 'This subscription may run no ACR Tasks: build and push workloads/images with Docker.' ;;
    *'i/o timeout'*) echo 'No way through: closed API servers answer to LANDFALL_ALLOWED_ADDRESSES only.' ;;
    *'timed out waiting'*) echo 'It is not ready yet. Look with kubectl describe, or wait a little.' ;;
    *AuthorizationFailed* | *orbidden* | *Unauthorized*) echo "A right is missing: $rights_needed." ;;
    *) echo 'The lines above say why.' ;;
  esac
}

# Takes the arguments that both commands have; the caller has taken its own.
take_argument() {
  case $1 in
    --env)
      case ${2:-} in
        dev | test | prod) environment=$2 ;;
        *) fail "--env must be dev, test or prod; not '${2:-}'." "Run: $0 --help" 2 ;;
      esac
      ;;
    --yes) yes=true ;;
    -h | --help)
      usage
      exit
      ;;
    -*) fail "There is no option $1." "Run: $0 --help" 2 ;;
    *) [[ -z $subscription ]] || fail "Only one subscription can be named: $subscription or $1." "Run: $0 --help" 2
      subscription=$1 ;;
  esac
}

check_arguments() {
  local hex='[0-9a-fA-F]'
  [[ $subscription =~ ^$hex{8}(-$hex{4}){3}-$hex{12}$ ]] ||
    fail "'$subscription' is no subscription id." 'Find it with: az account list --output table' 2
  $yes || [[ -t 0 ]] || fail 'There is no terminal to ask at.' "Run: $again --yes" 2
  export subscription
  group=$name-$environment # as in names.bicep
}

# need NAME LEAST CURE COMMAND...: the command prints the version that is there.
need() {
  local tool=$1 least=$2 cure=$3 found=''
  shift 3
  if type -P "$1" >/dev/null; then
    found=$("$@" 2>/dev/null | grep -Eo '[0-9]+(\.[0-9]+)+' | head -n 1) || true
  fi
  [[ -n $found ]] || fail "$tool is not installed; $least or newer is needed." "$cure"
  printf '%s\n' "$least" "$found" | sort -V -C || fail "$tool $found is too old; $least or newer is needed." "$cure"
}

need_azure_cli() {
  need 'The Azure CLI' 2.70.0 'See https://learn.microsoft.com/cli/azure/install-azure-cli' az version
}

check_sign_in() {
  local account
  if ! account=$(az account show --query '[name, user.name, tenantId, state]' --output tsv 2>"$work/error"); then
    ! grep -q 'az login' "$work/error" || fail 'You are not signed in to Azure.' 'Run: az login'
    fail "The account that is signed in has no subscription $subscription." \
      'Run: az login --tenant TENANT, with the tenant of the subscription'
  fi
  { read -r account_name && read -r user && read -r tenant && read -r state; } <<<"$account"
  [[ $state == Enabled ]] || fail "The subscription $account_name is $state." 'Enable it in the portal, under Subscriptions.'
  az account get-access-token --query tenant --output tsv >/dev/null 2>"$work/error" ||
    fail 'The sign-in has ended.' "Run: az login --tenant $tenant"
  echo "$account_name ($subscription), as $user"
}

# Prints REGION STATE OWNER of the resource group, or nothing where there is none.
describe_group() {
  local exists
  exists=$(run az group exists --name "$group" --output tsv) || exit
  [[ $exists != true ]] || run az group show --name "$group" --output tsv \
    --query "join(' ', [location, properties.provisioningState, tags.application || '-'])"
}

# Anyone may call a group landfall-dev.
check_owner() {
  [[ $1 == "$name" ]] || fail "The resource group $group exists and is not Landfall's: it has no tag application=$name." \
    'Choose other names: LANDFALL_NAME=…'
}

ask() {
  local answer
  $yes && return
  read -r -p "$1 " answer
  [[ $answer == "$2" ]] && return
  current='' # nothing has failed
  fail 'Nothing was changed.' "To go on: $again"
}
