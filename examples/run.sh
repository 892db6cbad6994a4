#!/usr/bin/env bash
# Runs one of the example programs; builds first what is needed. Needs a JDK from 17 on and Maven from 3.8 on.
# Usage: examples/run.sh NAME MAIN-CLASS [JVM-OPTION...] -- [ARGUMENT...]
set -eu
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
name=$1
main=$2
shift 2
options=()
while [ "$1" != -- ]; do
  options+=("$1")
  shift
done
shift
target=$root/examples/target
list=$target/programs.classpath

fail() {
  printf '%s: %s\n' "$name" "$1" >&2
  exit 69
}

if [ -n "${JAVA_HOME:-}" ] && [ -x "$JAVA_HOME/bin/java" ]; then
  java=$JAVA_HOME/bin/java
else
  java=$(command -v java) || fail "no java found; install a JDK from 17 on, or set JAVA_HOME"
fi

# Whether the list of the last build exists, is younger than every source, and names only what is still there.
is_built() {
  [ -s "$list" ] || return 1
  [ -z "$(find "$root/pom.xml" \
    "$root"/{lease-api,lease-inmemory,lease-hazelcast,lease-k8s,sharding-core,examples}/{pom.xml,src/main} \
    -newer "$list" -print)" ] || return 1
  local entries entry
  IFS=: read -r -a entries <"$list"
  for entry in "${entries[@]}"; do
    [ -e "$entry" ] || return 1
  done
}

build() {
  command -v mvn >/dev/null || fail "no mvn found; install Maven from 3.8 on"
  printf '%s: building, once\n' "$name" >&2
  # Maven reads .mvn from the directory it starts in. The checks are the business of mvn verify.
  (cd "$root" && mvn -q -B -ntp -pl examples -am -Dprograms -DskipTests -Dspotless.check.skip=true \
    -Denforcer.skip=true compile >"$target/programs-build.log" 2>&1) || {
    cat "$target/programs-build.log" >&2
    fail "the build failed, as above"
  }
}

# Several programs may be started at once: one builds, the others wait. The lock names who has it.
lock=$target/programs.lock
if ! is_built; then
  mkdir -p "$target"
  until ln -s $$ "$lock" 2>/dev/null; do
    holder=$(readlink "$lock" || true)
    if [ -n "$holder" ] && ! kill -0 "$holder" 2>/dev/null; then
      rm -f "$lock"
    else
      sleep 1
    fi
  done
  trap 'rm -f "$lock"' EXIT
  is_built || build
  rm -f "$lock"
  trap - EXIT
fi

exec "$java" "${options[@]}" -XX:+UseSerialGC -cp "$(<"$list")" "$main" "$@"
