# shellcheck shell=bash disable=SC2154 # the variables are common.sh's and the caller's
# What people bring along: addresses that may come in, and app settings of their own.

# What may be set beside what follows from the deployment, as in docs/operations.md.
allowed_settings='^(SOURCE_[A-Z0-9_]+|APP_URL|COLLECT_PRIVATE_ADDRESSES|OTEL_EXPORTER_OTLP_ENDPOINT|REVIEW_WEBHOOK_URL|SERVING_GATEWAY)$'

# Storage takes ranges up to /30 and single addresses, all of them public; AKS the same in CIDR notation.
check_addresses() {
  local list=${LANDFALL_ALLOWED_ADDRESSES:-} each part parts
  [[ -n $list ]] || return 0
  IFS=, read -r -a parts <<<"$list,"
  for each in "${parts[@]}"; do
    [[ $each =~ ^([0-9]{1,3})\.([0-9]{1,3})\.([0-9]{1,3})\.([0-9]{1,3})/([1-9]|[12][0-9]|30|32)$ ]] ||
      fail "'$each' in LANDFALL_ALLOWED_ADDRESSES is no address range." \
        'Write ranges as 203.0.113.0/24, single addresses as 203.0.113.7/32, with commas and no blanks between. There is no /31: name both addresses.' 2
    for part in "${BASH_REMATCH[@]:1:4}"; do
      ((10#$part <= 255)) || fail "'$each' in LANDFALL_ALLOWED_ADDRESSES is no address range: $part is above 255." 'Correct it.' 2
    done
    [[ ! $each =~ ^(10\.|192\.168\.|172\.(1[6-9]|2[0-9]|3[01])\.) ]] ||
      fail "'$each' in LANDFALL_ALLOWED_ADDRESSES is private: Azure sees the public address that you come from." \
        'Ask whoever runs your network for it.' 2
  done
}

# App settings from a file that is not committed, handed to *.bicepparam as LANDFALL_SETTINGS. None is printed, or told to
# another command as an argument: they may be secret.
read_settings() {
  local from=LANDFALL_SETTINGS problem
  settings_file=$here/$environment.settings.json
  if [[ -e $settings_file ]]; then
    from=$settings_file
    LANDFALL_SETTINGS=$(<"$settings_file")
  fi
  export LANDFALL_SETTINGS=${LANDFALL_SETTINGS:-'{}'}
  # shellcheck disable=SC2016 # it is JavaScript
  problem=$(node -e '
    const [allowed, names] = process.argv.slice(1);
    const wrong = (text) => (console.log(text), process.exit());
    let given;
    try {
      given = JSON.parse(process.env.LANDFALL_SETTINGS);
    } catch {
      wrong("It is no JSON.");
    }
    if (typeof given !== "object" || given === null || Array.isArray(given)) wrong("It is no object of names and texts.");
    for (const [name, value] of Object.entries(given)) {
      if (!new RegExp(allowed).test(name)) wrong(`${name} is none that may be set.`);
      if (typeof value !== "string") wrong(`${name} is no text.`);
    }
    require("node:fs").writeFileSync(names, Object.keys(given).map((name) => `${name}\n`).join(""));
  ' "$allowed_settings" "$work/settings")
  [[ -z $problem ]] || fail "$from is not as it must be. $problem" \
    'As: {"SOURCE_TOKEN": "@Microsoft.KeyVault(SecretUri=https://…)"}. Names that may be set: SOURCE_…, APP_URL,
COLLECT_PRIVATE_ADDRESSES, OTEL_EXPORTER_OTLP_ENDPOINT, REVIEW_WEBHOOK_URL, SERVING_GATEWAY; the others follow from the deployment.' 2
  echo "$(grep -c . "$work/settings" || true) of your own, from $from."
}

# A deployment leaves the app with the settings that it is given: one that was set by hand would be lost.
check_settings() {
  local found each lost=()
  found=$(run az functionapp list --query "[?resourceGroup=='$group'].name | [0]" --output tsv)
  if [[ -z $found ]]; then
    echo 'There is no app yet.'
    return
  fi
  found=$(run az functionapp config appsettings list --resource-group "$group" --name "$found" --query '[].name' --output tsv)
  for each in $found; do
    [[ ! $each =~ $allowed_settings ]] || grep -Fqx "$each" "$work/settings" || lost+=("$each")
  done
  ((${#lost[@]} == 0)) || fail "The app has settings that it would lose: ${lost[*]}" \
    "Put them into $settings_file, or delete them: az functionapp config appsettings delete"
  echo 'None would be lost.'
}
