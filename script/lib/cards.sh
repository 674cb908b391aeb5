# Sourced by script/setup: the dashboard cards, built from cards/ into the integration.

cards=$root/cards
built_card=$root/custom_components/merit_order/www/merit-order.js

card_sources() {
  find "$cards" \( -name node_modules -o -name dist -o -name coverage -o -name '*.tsbuildinfo' \) -prune -o -type f -print | sort
}

ensure_node() {
  have node && have npm || fail "Node.js with npm is needed to build the cards" "install Node.js 20 or newer"
  local version
  version=$(node --version)
  version=${version#v}
  ((${version%%.*} >= 20)) || fail "Node.js $version is too old to build the cards" "install Node.js 20 or newer"
}

ensure_cards() {
  [[ -f $cards/package.json ]] || return 0
  local lock=$cards/package-lock.json dependencies build sources
  [[ -f $lock ]] || fail "cards/package-lock.json is missing" "make it with npm install in cards/"
  mapfile -t sources < <(card_sources)
  dependencies="$(hash_of "$lock" "$cards/package.json")"
  build="$(hash_of "${sources[@]}")"
  if ! done_before cards-dependencies "$dependencies" || [[ ! -d $cards/node_modules ]]; then
    ensure_node
    quietly "Installing the cards' packages (npm ci)" npm --prefix "$cards" ci --no-audit --no-fund ||
      fail "the cards' packages could not be installed" "check the network and npm's configuration"
    finished cards-dependencies "$dependencies"
  fi
  if ! done_before cards-build "$build" || [[ ! -f $built_card ]]; then
    ensure_node
    quietly "Building the cards" npm --prefix "$cards" run build || fail "the cards could not be built"
    [[ -f $built_card ]] || fail "the cards' build did not make ${built_card#"$root"/}"
    finished cards-build "$build"
  fi
}
