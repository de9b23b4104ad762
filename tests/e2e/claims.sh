# Sourced by the tests of programs with `bin source-folder`: a folder of its own, and what a claim is. Programs that
# are started go into `started`, by number; claims that do not hold are counted in `faults`.
set -u
export PATH=$1:$PATH LC_ALL=C
source_folder=$2
unset OGNIWO_BROKER OGNIWO_NODE
folder=$(mktemp -d)
started=()
finish() {
    for pid in "${started[@]}"; do kill "$pid" 2>/dev/null; done
    wait
    rm -rf "$folder"
}
trap finish EXIT
cd "$folder" || exit 1
faults=0

# expect CODE CLAIM COMMAND...: the command ends with that code; its output stays in `out` and `err`.
expect() {
    local code=$1 claim=$2
    shift 2
    "$@" >out 2>err </dev/null
    local got=$?
    if [ $got -ne "$code" ]; then
        echo "FAILED $claim: exit $got instead of $code from: $*"
        cat out err
        faults=$((faults + 1))
    fi
}
# holds CLAIM COMMAND...: the command succeeds.
holds() {
    local claim=$1
    shift
    if ! "$@" >/dev/null 2>&1; then
        echo "FAILED $claim: $*"
        cat out err
        faults=$((faults + 1))
    fi
}
# until_holds CLAIM COMMAND...: it does so within a minute.
until_holds() {
    local claim=$1 end=$((SECONDS + 60))
    shift
    until "$@" >/dev/null 2>&1; do
        if [ $SECONDS -ge $end ]; then
            echo "FAILED $claim within a minute"
            cat ./*.log
            exit 1
        fi
    done
}
same() { [ "$2" = "$3" ] || { echo "FAILED $1: \"$2\" is not \"$3\""; faults=$((faults + 1)); }; }

