# Sourced by script/setup: a Chromium for the browser tests, found or fetched, then linked at .tools/chromium.

chromium=$tools/chromium

works_as_browser() { [[ -x $1 ]] && "$1" --version >/dev/null 2>&1; }

link_browser() {
  local candidate path
  for candidate in "${CHROMIUM:-}" chromium chromium-browser google-chrome google-chrome-stable \
    "$tools"/browsers/chromium-*/chrome-linux*/chrome; do
    [[ -n $candidate ]] && path=$(command -v "$candidate") || continue
    works_as_browser "$path" && ln -sfn "$path" "$chromium" && return
  done
  return 1
}

# The demo and most tests do without, so a missing browser is said and not fatal here; the browser tests fail without.
# What could not be fetched is tried again after an hour, not by every script that calls the set-up.
ensure_chromium() {
  [[ -x $chromium ]] && return
  link_browser && return
  done_before no-chromium "$(date +%F-%H)" && return
  apt_install chromium fonts-liberation && link_browser && return
  say "Fetching Chromium (playwright)"
  mkdir -p "$tools/log"
  PLAYWRIGHT_BROWSERS_PATH=$tools/browsers "$python" -m playwright install --no-shell chromium \
    >"$tools/log/chromium.log" 2>&1 </dev/null && link_browser && return
  finished no-chromium "$(date +%F-%H)"
  say "warning: there is no Chromium that runs, so the browser tests will fail" \
    "  install chromium, or name one with CHROMIUM=/path/to/it, and run script/setup again" \
    "  (if it was fetched but lacks libraries: .venv/bin/python -m playwright install-deps chromium, as root)"
}
