#!/usr/bin/env bash
# debian_python.sh FOLDER PATCHELF: unpacks Debian testing's CPython 3.14 and every library it needs into FOLDER.
#
# For a Debian machine that reaches Debian's archive but no download of Python. apt works on lists and a package status
# of its own, so it needs no root, checks signatures as ever, and resolves the whole closure down to the C library;
# patchelf points the interpreter at that C library. Nothing of the system is used or changed.
set -euo pipefail
prefix=$1 patchelf=$2
suite=forky
keyring=/usr/share/keyrings/debian-archive-keyring.gpg

give_up() { printf 'Python from Debian: %s\n' "$1" >&2; exit 1; }
command -v apt-get >/dev/null && command -v dpkg-deb >/dev/null || give_up "this is no Debian system"
[[ -f $keyring ]] || give_up "$keyring is missing"
[[ -x $patchelf ]] || give_up "patchelf is missing"

# The archive this machine already uses for its own release.
codename=$(. /etc/os-release && echo "${VERSION_CODENAME:-}")
mirror=$(apt-get indextargets --format '$(RELEASE) $(COMPONENT) $(REPO_URI)' 'Created-By: Packages' |
  awk -v release="$codename" '$1 == release && $2 == "main" { print $3; exit }')
[[ -n $mirror ]] || give_up "apt knows no archive for $codename"

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$work"/{lists/partial,cache/archives/partial,none}
: >"$work/status"
echo "deb [signed-by=$keyring] $mirror $suite main" >"$work/sources.list"
private_apt() {
  apt-get -qq -o Dir::Etc::sourcelist="$work/sources.list" -o Dir::Etc::sourceparts="$work/none" \
    -o Dir::Etc::preferencesparts="$work/none" -o Dir::State="$work" -o Dir::State::lists="$work/lists" \
    -o Dir::State::status="$work/status" -o Dir::Cache="$work/cache" -o APT::Sandbox::User= \
    -o APT::Install-Recommends=0 -o Acquire::Languages=none -o Debug::NoLocking=1 "$@" >&2
}
private_apt update || give_up "$suite's package lists could not be fetched"
private_apt --download-only -y install python3.14-dev libstdc++6 || give_up "$suite's packages could not be fetched"

rm -rf "$prefix"
mkdir -p "$prefix"
for deb in "$work"/cache/archives/*.deb; do
  case ${deb##*/} in
    linux-libc-dev_* | libc6-dev_* | libc-dev-bin_*) ;; # the system's compiler has the headers of its own C library
    *) dpkg-deb -x "$deb" "$prefix" ;;
  esac
done

only() { [[ $# == 1 && -e $1 ]] && printf '%s\n' "$1" || give_up "expected one file: $*"; }
lib=$(dirname "$(only "$prefix"/usr/lib/*/libc.so.6)")
loader=$(only "$lib"/ld-linux-*.so.*)
triplet=${lib##*/}
interpreter=$prefix/usr/bin/python3.14
ln -sfn "../$triplet" "$prefix/usr/include/python3.14/$triplet" # where Debian's pyconfig.h looks for its other half
"$patchelf" --set-interpreter "$loader" --force-rpath --set-rpath "$lib" "$interpreter"
"$interpreter" -m compileall -q "$prefix/usr/lib/python3.14" >/dev/null 2>&1 || true # some test files are wrong on purpose
