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
ensure_chromium() {
  [[ -x $chromium ]] && return
  link_browser && return
  apt_install chromium fonts-liberation && link_browser && return
  PLAYWRIGHT_BROWSERS_PATH=$tools/browsers quietly "Fetching Chromium (playwright)" \
    "$python" -m playwright install --no-shell chromium && link_browser && return
  say "warning: no Chromium was found or could be fetched, so the browser tests will fail" \
    "(install chromium or name one with CHROMIUM=/path, then run script/setup again)"
}
