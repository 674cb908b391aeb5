# Sourced by script/setup: PostgreSQL's programs, for the tests that run the recorder on it. They start a server of
# their own on a free port of loopback and need none that runs.

find_postgresql() {
  local program
  for program in "$(command -v initdb)" /usr/lib/postgresql/*/bin/initdb; do
    [[ -x $program ]] && return
  done
  return 1
}

# Nothing but those tests needs it, so a missing server is said and not fatal here. What could not be fetched is tried
# again after an hour, not by every script that calls the set-up.
ensure_postgresql() {
  find_postgresql && return
  done_before no-postgresql "$(date +%F-%H)" && return
  apt_install postgresql && find_postgresql && return
  finished no-postgresql "$(date +%F-%H)"
  say "warning: there is no PostgreSQL server, so the recorder's tests on it cannot run" \
    "  install it (on Debian: apt-get install postgresql) and run script/setup again"
}
