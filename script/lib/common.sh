# Sourced by the scripts: where the repository is, how to speak, and how to do a thing once.
# Everything a script makes lies in .tools, .venv and cards/node_modules; deleting those undoes it all.

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)
tools=$root/.tools
venv=$root/.venv
python=$venv/bin/python

# Standard output belongs to the command that was asked for, so news goes to standard error.
say() { printf '%s\n' "$@" >&2; }

fail() {
  local line
  say "error: $1"
  for line in "${@:2}"; do say "  $line"; done
  exit 1
}

have() { command -v "$1" >/dev/null 2>&1; }

is_root() { [[ $(id -u) == 0 ]]; }

# hash_of FILE…: one hash over the names and contents of the files.
hash_of() { { printf '%s\n' "$@"; cat -- "$@"; } | git hash-object --stdin; }

# done_before NAME KEY: was step NAME finished with this very KEY? finished NAME KEY: it is now.
done_before() { [[ -f $tools/stamps/$1 && $(<"$tools/stamps/$1") == "$2" ]]; }
finished() { mkdir -p "$tools/stamps" && printf '%s\n' "$2" >"$tools/stamps/$1"; }

# quietly WHAT COMMAND…: runs it, and shows what it printed only if it failed.
quietly() {
  local what=$1 log
  shift
  say "$what"
  mkdir -p "$tools/log"
  log=$tools/log/$(date +%s)-$$.log
  if "$@" >"$log" 2>&1 </dev/null; then
    rm -f "$log"
  else
    local code=$?
    tail -n 40 "$log" >&2
    say "failed ($code): $what (all of it: $log)"
    return "$code"
  fi
}

# apt_install PACKAGE…: as root on a Debian system; otherwise false.
apt_install() {
  is_root && have apt-get || return 1
  local apt=(env DEBIAN_FRONTEND=noninteractive apt-get -y -o DPkg::Lock::Timeout=120)
  quietly "Installing $* (apt)" "${apt[@]}" install --no-install-recommends "$@" && return
  quietly "Refreshing apt's lists" "${apt[@]}" update &&
    quietly "Installing $* (apt)" "${apt[@]}" install --no-install-recommends "$@"
}
