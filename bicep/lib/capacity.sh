# shellcheck shell=bash disable=SC2154 # the variables are common.sh's and the caller's
# Which virtual machines the clusters take, and whether region and quota have them.

# Lines of CLUSTER, SIZE, LEAST, MOST, ZONES, from the parameters of the environment.
read_pools() {
  run az bicep build-params --file "$here/$environment.bicepparam" --stdout >"$work/compiled.json"
  node -e '
    const { parameters } = JSON.parse(JSON.parse(require("node:fs").readFileSync(0, "utf8")).parametersJson);
    const { dataProcessing, training, trainingGpu, serving } = parameters.clusterSettings.value;
    const zones = parameters.resilience.value === "zones" ? 3 : 0;
    const clusters = {
      "data-processing": [dataProcessing.system, dataProcessing.work],
      training: [training.system, training.work, ...(trainingGpu ? [trainingGpu] : [])],
      serving: [serving.system, serving.work],
    };
    for (const [cluster, pools] of Object.entries(clusters))
      for (const { vmSize, minCount, maxCount } of pools)
        console.log([cluster, vmSize, minCount, maxCount, zones].join("\t"));
  ' <"$work/compiled.json" >"$work/pools"
}

# Only for clusters that are not there yet: those that are have their part of the quota. A pool from zero counts as one
# node, since without it nothing would ever run.
check_capacity() {
  local sizes verdict
  run az aks list --query "[?resourceGroup=='$group'].[name, powerState.code]" --output tsv >"$work/existing"
  sizes=$(cut -f 2 "$work/pools" | sort -u | sed "s/.*/name=='&'/" | paste -s -d '|' - | sed 's/|/ || /g')
  run az vm list-skus --location "$location" --resource-type virtualMachines --all --output tsv --query "[?$sizes].[
    name, family, capabilities[?name=='vCPUs'].value | [0], length(locationInfo[0].zones || \`[]\`),
    length(restrictions[?type=='Zone'].restrictionInfo.zones[]), restrictions[?type=='Location'].reasonCode | [0] || '-']" \
    >"$work/skus"
  run az vm list-usage --location "$location" --query '[].[name.value, currentValue, limit]' --output tsv >"$work/usage"
  verdict=$(judge_capacity)
  echo "${verdict:-Already there: the clusters.}"
  ! grep -q '^No' <<<"$verdict" || fail "Region $location does not have what the clusters take." \
    "Another region: --location …. More quota: $raise_quota, or
az quota update --scope /subscriptions/$subscription/providers/Microsoft.Compute/locations/$location --resource-type dedicated \\
  --resource-name FAMILY --limit-object value=VCPUS"
}

judge_capacity() {
  awk -F '\t' -v prefix="$group-" '
    FILENAME ~ /existing$/ { there[$1]; next }
    FILENAME ~ /skus$/ { family[$1] = $2; vcpus[$1] = $3; zones[$1] = $4 - $5; barred[$1] = $6; next }
    FILENAME ~ /usage$/ { free[tolower($1)] = $3 - $2; next }
    prefix $1 in there { next }
    !($2 in family) { print "No " $2 ": the region does not offer it."; next }
    barred[$2] != "-" { print "No " $2 ": closed to this subscription (" barred[$2] ")."; next }
    zones[$2] < $5 { print "No " $2 ": the region has it in " zones[$2] " of " $5 " zones."; next }
    {
      nodes = $3 > 0 ? $3 : 1
      least[family[$2]] += nodes * vcpus[$2]; most[family[$2]] += $4 * vcpus[$2]
      least["cores"] += nodes * vcpus[$2]; most["cores"] += $4 * vcpus[$2]
    }
    END {
      for (each in least) {
        have = free[tolower(each)] + 0
        word = have < least[each] ? "No" : have < most[each] ? "Few" : "Yes"
        what = each == "cores" ? "all families together (cores)" : each
        print word " vCPUs of " what ": needs " least[each] ", up to " most[each] " under load; " have " are free."
      }
    }' "$work/existing" "$work/skus" "$work/usage" "$work/pools" | sort -u
}
