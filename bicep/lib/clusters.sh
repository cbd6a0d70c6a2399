# shellcheck shell=bash disable=SC2154 # the variables are common.sh's and the caller's
# Installs operators and our own documents on a cluster.

# As workloads/clusters/README.md has it.
equip_cluster() {
  local purpose=$1 cluster=$2 client=$3 action a b c d e
  connect "$cluster"
  cp -R "$root/workloads/clusters" "$work/"
  cd "$work/clusters/$purpose" || exit
  cat >values.yaml <<YAML
apiVersion: v1
kind: ConfigMap
metadata: {name: values, annotations: {config.kubernetes.io/local-config: 'true'}}
data: {appObjectId: $app_object, workloadClientId: $client}
YAML
  run kubectl apply --server-side -k .
  while read -r action a b c d e <&3; do
    case $action in
      '') ;;
      # It would have no node to run on.
      helm) [[ $b == nvidia-device-plugin && $gpu == none ]] || install_chart "$a" "$b" "$c" "$d" "$e" ;;
      apply) run kubectl apply --server-side --force-conflicts --field-manager "$a" -f "$b" ;;
      kustomize) run kubectl apply --server-side --force-conflicts --field-manager "$a" -k "$b" ;;
      wait) run kubectl wait --for "condition=$b" "$c" --timeout 10m --namespace "${a/#-/default}" ;;
      *) fail "operators.txt of $purpose has a step '$action'." 'See workloads/clusters/README.md' ;;
    esac
  done 3< <(sed 's/#.*//' operators.txt)
  cd "$root" || exit
}

# Local accounts are off: kubectl and Helm ask the Azure CLI for a token each time, so none lies in a file. The id is that
# of AKS in every tenant: https://learn.microsoft.com/azure/aks/kubelogin-authentication
connect() {
  run az aks get-credentials --resource-group "$group" --name "$1" --file "$work/cluster.yaml" --overwrite-existing
  cat >"$work/user.yaml" <<YAML
apiVersion: v1
kind: Config
current-context: $1
contexts: [{name: $1, context: {cluster: $1, user: azure-cli}}]
users:
  - name: azure-cli
    user:
      exec:
        apiVersion: client.authentication.k8s.io/v1
        interactiveMode: Never
        command: az
        args:
          - account
          - get-access-token
          - --subscription=$subscription
          - --resource=6dae42f8-4368-4678-94ff-3960e28e3630
          - --output=json
          - "--query={apiVersion: 'client.authentication.k8s.io/v1', kind: 'ExecCredential', status: {token: accessToken}}"
YAML
  export KUBECONFIG=$work/user.yaml:$work/cluster.yaml
}

install_chart() {
  local namespace=$1 chart=$2 version=$3 repository=$4 values=$5 source=()
  case $repository in
    oci://*) source=("$repository/$chart") ;;
    *) source=("$chart" --repo "$repository") ;;
  esac
  [[ $values == - ]] || source+=(--values "$values")
  # What an interrupted Helm leaves behind would lock the release for ever.
  run kubectl delete secret --namespace "$namespace" --ignore-not-found \
    --selector "owner=helm,name=$chart,status in (pending-install, pending-upgrade, pending-rollback)"
  run helm upgrade --install "$chart" "${source[@]}" --namespace "$namespace" --create-namespace --version "$version"
}
