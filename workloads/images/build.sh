#!/usr/bin/env bash
# Builds the base images in the registry itself and tags them as the app looks for them: spark:base, training:base and
# serving:base. `az acr build` has no BuildKit, so the Dockerfiles do without: https://github.com/Azure/acr/issues/721.
set -euo pipefail

images=(spark training serving)

usage() {
  cat <<EOF
Usage: $0 REGISTRY [--image NAME]

Builds the base images in an Azure Container Registry, with its own build agents: no Docker is needed. What they are based
on is copied into the registry once, since Docker Hub turns agents away that share their address with many.

  REGISTRY      name of the registry, without .azurecr.io
  --image NAME  only this image: ${images[*]}
  -h, --help    this text

LANDFALL_WAIT_SECONDS is the pause before Docker Hub is asked again (30).

Needs the Azure CLI, signed in (az login), and the right to run builds in the registry (Contributor on it).
EOF
}

fail() {
  echo "$1" >&2
  echo "$2" >&2
  exit "${3:-1}"
}

registry=''
while (($# > 0)); do
  case $1 in
    -h | --help)
      usage
      exit
      ;;
    --image)
      case ${2:-} in
        spark | training | serving) images=("$2") ;;
        *) fail "--image must be one of: ${images[*]}; not '${2:-}'." "Run: $0 REGISTRY --image ${images[0]}" 2 ;;
      esac
      shift
      ;;
    -*) fail "There is no option $1." "Run: $0 --help" 2 ;;
    *)
      [[ -z $registry ]] || fail "Only one registry can be named: $registry or $1." "Run: $0 $registry" 2
      registry=${1%.azurecr.io}
      ;;
  esac
  shift
done

[[ -n $registry ]] || fail 'The name of the registry is missing.' "Run: $0 REGISTRY, or $0 --help" 2
command -v az >/dev/null || fail 'The Azure CLI is not installed.' 'See https://learn.microsoft.com/cli/azure/install-azure-cli'

# Copies an image NAME:TAG@DIGEST of Docker Hub's own into the registry, unless it is there. The digest stays the same.
import_base() {
  local base=$1 name=${1%%:*} digest=${1#*@} try
  az acr repository show --name "$registry" --image "$name@$digest" --output none 2>/dev/null && return
  echo "Importing $base"
  for try in 1 2 3; do
    az acr import --name "$registry" --source "docker.io/library/$name@$digest" --image "${base%@*}" --force && return
    ((try == 3)) || sleep "${LANDFALL_WAIT_SECONDS:-30}"
  done
  fail "$base was not imported; the lines above say why." "Where Docker Hub refuses, sign in to it, then run this again:
az acr import --name $registry --source docker.io/library/$name@$digest --image ${base%@*} --username USER --password TOKEN"
}

cd "$(dirname "${BASH_SOURCE[0]}")/.."
for image in "${images[@]}"; do
  [[ $(<"images/$image/Dockerfile") =~ ARG\ BASE=([^[:space:]]+) ]] # the default, which names no registry
  base=${BASH_REMATCH[1]}
  import_base "$base"
  echo "Building $registry.azurecr.io/$image:base"
  az acr build --registry "$registry" --image "$image:base" --platform linux/amd64 \
    --build-arg "BASE=$registry.azurecr.io/$base" --file "images/$image/Dockerfile" . ||
    fail "$image:base was not built; the lines above say why." "When it is cured, run: $0 $registry --image $image"
done
echo "Built: ${images[*]/%/:base}"
