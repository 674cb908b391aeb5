# Sourced by script/setup: uv, a Python that Home Assistant accepts, and the virtual environment from the lock.

wanted_python='>=3.14.2,<3.15'
uv=$tools/bootstrap/bin/uv
export UV_PYTHON_INSTALL_DIR=$tools/uv-python UV_NO_PROGRESS=1

# usable_python INTERPRETER: right version, whole standard library, headers to build extension modules with.
usable_python() {
  [[ -x $1 ]] && "$1" - <<'PY' >/dev/null 2>&1
import ctypes, lzma, os, sqlite3, ssl, sys, sysconfig, zlib
ok = (3, 14, 2) <= sys.version_info < (3, 15) and sys.version_info.releaselevel == "final"
sys.exit(0 if ok and os.path.exists(os.path.join(sysconfig.get_path("include"), "Python.h")) else 1)
PY
}

# Any Python that can make a virtual environment will do to fetch uv, which is pinned and checked by hash.
ensure_uv() {
  local key candidate maker=
  key=$(hash_of "$root/requirements/bootstrap.txt")
  done_before bootstrap "$key" && [[ -x $uv ]] && return
  for round in 1 2; do
    for candidate in python3 python3.14 python3.13 python3.12 python3.11 /usr/bin/python3; do
      have "$candidate" && "$candidate" -c 'import ensurepip, venv' 2>/dev/null && maker=$candidate && break 2
    done
    [[ $round == 1 ]] && apt_install python3 python3-venv || break
  done
  [[ -n $maker ]] || fail "no Python with venv and pip was found, which is needed to fetch uv" \
    "install it (on Debian: apt-get install python3 python3-venv) and run script/setup again"
  rm -rf "$tools/bootstrap"
  quietly "Making $tools/bootstrap" "$maker" -m venv "$tools/bootstrap" || exit 1
  quietly "Fetching uv" "$tools/bootstrap/bin/python" -m pip install --disable-pip-version-check \
    --require-hashes --only-binary :all: -r "$root/requirements/bootstrap.txt" ||
    fail "uv could not be fetched from the Python package index" "check the network and pip's configuration"
  finished bootstrap "$key"
}

# Sets `base` to a suitable interpreter: one that exists, else uv's own download, else Debian's packages unpacked here.
find_python() {
  for base in "$tools/python/usr/bin/python3.14" "$("$uv" python find --system "$wanted_python" 2>/dev/null)"; do
    usable_python "$base" && return
  done
  say "Fetching Python 3.14"
  if UV_HTTP_RETRIES=0 UV_HTTP_CONNECT_TIMEOUT=10 "$uv" python install -q 3.14 --no-bin >/dev/null 2>&1; then
    base=$("$uv" python find --managed-python "$wanted_python" 2>/dev/null) && usable_python "$base" && return
  fi
  if bash "$root/script/lib/debian_python.sh" "$tools/python" "$tools/bootstrap/bin/patchelf"; then
    base=$tools/python/usr/bin/python3.14
    usable_python "$base" && return
  fi
  fail "no Python $wanted_python was found, and none could be fetched" \
    "uv's download and Debian's archive were both tried" \
    "install Python 3.14 with its headers so that python3.14 is on the PATH, and run script/setup again"
}

# Two of Home Assistant's requirements (pymicro-vad, pyspeex-noise) come as C++ source only.
ensure_compiler() {
  have cc && have c++ && return
  apt_install gcc g++ libc6-dev ||
    fail "a C and C++ compiler is needed to install Home Assistant" "install one (on Debian: apt-get install g++)"
}

ensure_venv() {
  local lock=$root/requirements/dev.txt key base
  key="$(hash_of "$lock") $root"
  done_before venv "$key" && [[ -x $python ]] && "$python" -c '' 2>/dev/null && return
  ensure_uv
  if ! usable_python "$python"; then
    find_python
    quietly "Making $venv with $base" "$uv" venv --clear --no-project --python "$base" "$venv" || exit 1
  fi
  ensure_compiler
  # Bytecode is compiled once here: Home Assistant and its libraries are 20,000 modules.
  quietly "Installing Home Assistant and the development tools from the lock" \
    "$uv" pip sync --python "$python" --require-hashes --compile-bytecode "$lock" ||
    fail "the locked packages could not be installed" "check the network, or read what failed above"
  finished venv "$key"
}

# The engine is run as the package `engine` from a folder that holds nothing else: beside it in the integration lie
# calendar.py and select.py, which would hide the standard library's modules of these names.
ensure_engine_path() {
  local link=$tools/path/engine
  [[ $(readlink "$link" 2>/dev/null) == "$root/custom_components/merit_order/engine" ]] && return
  mkdir -p "$tools/path"
  ln -sfn "$root/custom_components/merit_order/engine" "$link"
}
