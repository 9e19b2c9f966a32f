# shellcheck shell=bash
# For the scripts beside this file: steps that say what they run and how long it took.

cd "$(dirname "${BASH_SOURCE[0]}")/.." || exit
name=${0##*/}
debug_folder=.build/debug

# Runs a command after showing it; on failure the script's last line says what failed.
step() {
  local words started=$EPOCHREALTIME status=0
  printf -v words '%q ' "$@"
  printf '\n$ %s\n' "${words% }"
  "$@" || status=$?
  if [ "$status" -ne 0 ]; then
    fail "exit code $status after $(seconds_since "$started") s: ${words% }"
  fi
  printf '# %s s\n' "$(seconds_since "$started")"
}

# Says what is wrong as the script's last line, and ends it.
fail() {
  printf '\n%s: FAILED: %s\n' "$name" "$*" >&2
  exit 1
}

# Seconds with one decimal since a value of EPOCHREALTIME.
seconds_since() {
  local tenths=$(((${EPOCHREALTIME/[.,]/} - ${1/[.,]/}) / 100000))
  printf '%d.%d' $((tenths / 10)) $((tenths % 10))
}

# Builds everything, with the arrows between the targets checked.
build_everything() {
  step swift build --build-tests --explicit-target-dependency-import-check error
}

# Checks every runbook with the binary that was just built.
check_runbooks() {
  local runbooks=(runbooks/*.opsh)
  [ -e "${runbooks[0]}" ] || fail 'there is no runbook in runbooks/'
  step "$debug_folder/opsh" check "${runbooks[@]}"
}

# Tests block while they wait for servers and programs, so one more than the cores is under way. With
# many more, the later ones would use up their time limits in the queue. (Older toolchains do not
# know it.)
SWT_EXPERIMENTAL_MAXIMUM_PARALLELIZATION_WIDTH=$(($(nproc) + 1))
export SWT_EXPERIMENTAL_MAXIMUM_PARALLELIZATION_WIDTH

# Runs every test that was built; its closing line counts them.
run_tests() {
  step swift test --skip-build --disable-xctest "$@"
}
