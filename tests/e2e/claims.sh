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

# broker_config KEY: broker.yaml of a broker in this folder, whose administrator has that public key.
broker_config() {
    cat >broker.yaml <<END
listen: tcp://127.0.0.1:*
admin: ipc://b.sock
store: log
people: people
keys: broker.keys
administrators: [$1]
store_gib: 1
END
    export OGNIWO_BROKER=$folder/broker.yaml
}
# start_broker: its pid stays in `broker_pid`.
start_broker() {
    ogniwo-broker -c broker.yaml 2>>broker.log &
    broker_pid=$!
    started+=($broker_pid)
    until_holds the_broker_starts ogniwo status --broker broker.yaml
}
# start_exchange: keys of an administrator (anna.keys) and of a broker, which is started.
start_exchange() {
    ogniwo keys new administrator -o anna.keys >out && ogniwo keys new broker -o broker.keys >out
    broker_config "$(ogniwo keys show anna.keys --format json | jq -r .signing_key)"
    start_broker
}
# start_office ID=KEYS,...: enrols a node of the partner PUP for these programmes and starts it in `node`.
start_office() {
    mkdir office
    expect 0 a_node_is_enrolled ogniwo node enrol --programme "$1" --partner PUP --name pup --admin anna.keys \
        -o office/pup.join
    ogniwo-node --join office/pup.join 2>node.log &
    started+=($!)
    node=$folder/office/ogniwo-node
    until_holds the_node_connects node_is '.node.uplink == "ready" and ([.node.programmes[].in_force] | all)'
}
node_is() { ogniwo status --node "$node" --format json | jq -e "$1"; }
