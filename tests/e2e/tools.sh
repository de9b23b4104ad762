#!/bin/bash
# The command line from end to end: an exchange is set up, filled, questioned, tampered with.
# Usage: tools.sh FOLDER-OF-PROGRAMS SOURCE-FOLDER
. "$2/tests/e2e/claims.sh"

# ---- keys ----
expect 0 keys_are_made ogniwo keys new administrator -o anna.keys
expect 73 keys_are_never_overwritten ogniwo keys new administrator -o anna.keys
same keys_are_secret "$(stat -c %a anna.keys)" 600
expect 0 keys_show_public_parts ogniwo keys show anna.keys --format json
administrator=$(jq -r .signing_key out)
holds keys_show_no_secret bash -c "! grep -q \"\$(sed -n 's/^signing_seed: *//p' anna.keys | tr -d '\\\"')\" out"
expect 0 strangers_have_keys_too ogniwo keys new administrator -o stranger.keys
expect 0 broker_keys ogniwo keys new broker -o broker.keys
expect 0 programme_keys ogniwo keys new programme ABC -o abc.keys
expect 0 other_programme_keys ogniwo keys new programme ABC -o wrong.keys
expect 64 a_programme_key_has_an_id ogniwo keys new programme -o x.keys

# ---- configuration ----
broker_config "$administrator"
sed 's/^store:/stroe:/' broker.yaml >wrong.yaml
cp -r "$source_folder/config/programmes" "$source_folder/config/regions" .
expect 0 good_files_are_fine ogniwo config check broker.yaml anna.keys programmes/abc.yaml
same shipped_parts_add_up "$(ogniwo config check programmes/*.yaml | grep -c notice)" 0
sed 's/value: 471,/value: 470,/' programmes/lubuskie.yaml >programmes/sums.yaml
expect 0 parts_that_do_not_add_up_are_no_fault ogniwo config check programmes/sums.yaml
holds parts_that_do_not_add_up_are_told grep -qx \
    'programmes/sums.yaml: notice: the targets of the 2 parts of "vocational_completed" add up to 471, its own is 470' out
expect 78 a_fault_is_named_with_its_place ogniwo config check wrong.yaml
holds a_fault_is_named_with_its_place grep -q '^wrong.yaml:3:1: .*stroe' err
expect 66 a_missing_file_is_told ogniwo config check nothing.yaml
expect 0 a_programme_is_shown ogniwo config show programmes/abc.yaml
sed 's/^/  /' out >abc.json
expect 0 what_is_shown_is_known_as_a_programme_though_no_key_is_at_the_margin ogniwo config check abc.json
holds what_is_shown_is_known_as_a_programme_though_no_key_is_at_the_margin grep -q 'abc.json: fine (programme file)' out
printf 'titel: x\n' >other.yaml
expect 78 a_file_of_no_kind_is_told ogniwo config check other.yaml
holds a_file_of_no_kind_is_told grep -q '^other.yaml:1:1: none of .*programme file.*: no line starts with a key' err
expect 64 a_demo_that_is_not_there_is_told ogniwo demo abc lubusk
holds a_demo_that_is_not_there_is_told grep -q '"lubusk" (did you mean "LUBUSKIE"?): there are ABC' err
expect 69 no_broker_no_status ogniwo status --broker broker.yaml
expect 75 no_broker_in_time ogniwo status --broker broker.yaml --wait 1

# ---- the broker and its programme ----
ogniwo-broker -c broker.yaml 2>broker.log &
broker_pid=$!
started+=($broker_pid)
expect 0 the_broker_starts ogniwo status --broker broker.yaml --wait 60
export OGNIWO_BROKER=$folder/broker.yaml
expect 77 a_stranger_decides_nothing \
    ogniwo programme put programmes/abc.yaml --key abc.keys --admin stranger.keys
expect 0 a_programme_comes_into_force \
    ogniwo programme put programmes/abc.yaml --key abc.keys --admin anna.keys
expect 0 programmes_are_listed ogniwo programme ls --format csv
holds programmes_are_listed grep -q '^ABC,.*,2,true,' out

# ---- the node ----
enrol() { ogniwo node enrol --programme "$1" --partner "$2" --name klucz-1 --admin anna.keys -o "$3"; }
mkdir office
expect 78 a_wrong_programme_key_is_refused enrol ABC=wrong.keys KLUCZ office/klucz.join
expect 66 an_unknown_partner_is_refused enrol ABC=abc.keys KLUCZZ office/klucz.join
holds nothing_is_left_of_it test ! -e office/klucz.join
expect 0 a_node_is_enrolled enrol ABC=abc.keys KLUCZ office/klucz.join
same join_files_are_secret "$(stat -c %a office/klucz.join)" 600
holds join_files_are_checked ogniwo config check office/klucz.join
ogniwo-node --join office/klucz.join 2>node.log &
node_pid=$!
started+=($node_pid)
node=$folder/office/ogniwo-node
expect 0 a_wait_ends_when_the_node_has_all_that_it_needs ogniwo status --node "$node" --wait 60 --format json
holds the_node_connects jq -e '.node.uplink == "ready" and .node.programmes[0].in_force' out
expect 75 a_wait_has_an_end ogniwo status --node office/nobody --wait 1
holds a_wait_says_for_what grep -q 'after 1 s: the node has not been started' err
expect 64 a_watch_waits_for_nothing ogniwo status --watch --wait 1

# ---- import ----
cat >a.csv <<END
key;kind;occurred_on;task;region;person;sex;support
1;enrolled;2009-03-01;A;PL-1218;44051401359;;
2;started;2009-03-02;A;PL-1218;44051401359;;coaching
3;completed;2009-05-02;A;PL-1218;44051401359;;coaching
4;completed;2009-05-02;A;PL-1218;44051401358;;coaching
END
expect 65 a_dry_run_changes_nothing ogniwo import --node "$node" -n a.csv --format json
holds a_dry_run_changes_nothing jq -e '.dry_run and .accepted == 3 and .rejected == 1' out
expect 65 bad_rows_are_named ogniwo import --node "$node" a.csv
holds bad_rows_are_named grep -q 'line 5.*PESEL_CHECKSUM' out
expect 65 importing_twice_is_harmless ogniwo import --node "$node" --lang pl a.csv
holds importing_twice_is_harmless grep -q 'przyjęte 0 .* już znane 3' out
expect 66 a_missing_file_is_told ogniwo import --node "$node" nothing.csv
expect 66 an_unknown_programme_is_told ogniwo import --node "$node" --programme XYZ a.csv
expect 65 a_socket_will_do ogniwo import --node "$node/node.sock" --format csv a.csv
holds a_socket_will_do grep -q '^a.csv,5,6,person,PESEL_CHECKSUM,' out
expect 0 the_lead_has_it ogniwo status --node "$node" --wait 60 --format json
holds the_lead_has_it jq -e '.node.head_seq == 3 and .node.waiting == 0' out
expect 0 rejects_are_listed ogniwo rejects ls --node "$node" --format json
holds rejects_are_listed jq -e 'length == 1 and .[0].line == 5 and .[0].replaced_by == 0' out
expect 0 the_lead_sees_that_a_row_is_to_be_mended ogniwo status --broker broker.yaml
holds the_lead_sees_that_a_row_is_to_be_mended grep -Eq '^klucz-1 +to mend +[0-9]+ s +3 +0 +- +1 +0 KLUCZ$' out
expect 0 the_office_sees_it_too ogniwo status --node "$node"
holds the_office_sees_it_too grep -q 'to mend 1$' out
expect 64 a_watch_is_of_the_broker ogniwo status --watch --node "$node"
expect 64 a_watch_takes_its_time ogniwo status --watch --every 0 --broker broker.yaml
expect 65 dropping_again_names_the_same_rows ogniwo import --node "$node" a.csv
expect 0 the_lead_refused_nothing ogniwo rejects ls --broker broker.yaml --format json
holds the_lead_refused_nothing jq -e 'length == 0' out

# ---- totals ----
expect 0 totals_are_live ogniwo totals --format json
cp out live.json
holds totals_are_live jq -e '.live and (.rows[] | select(.indicator == "coached") | .value) == 1' out
expect 0 folded_totals_are_the_same ogniwo totals --known-at 4 --format json
holds folded_totals_are_the_same test "$(jq -cS .rows out)" = "$(jq -cS .rows live.json)"
expect 0 csv_agrees ogniwo totals --format csv
holds csv_agrees test "$(sed -n 's/^coached,[^,]*,person,\([0-9]*\),.*/\1/p' out)" = 1
expect 0 table_agrees ogniwo totals --indicator coached --lang pl
holds table_agrees grep -Eq '^coached .* person +1 +1 +0 +- +391' out
holds headings_are_polish grep -q 'OSIĄGNIĘTO' out
expect 0 it_was_not_known_before ogniwo totals --known-at 3 --format json --indicator coached
holds it_was_not_known_before jq -e '.rows[0].value == 0' out
expect 0 it_had_not_happened_before ogniwo totals --until 2009-03-01 --format json --indicator coached
holds it_had_not_happened_before jq -e '.rows[0].value == 0' out
expect 0 any_breakdown_is_folded ogniwo totals --indicator coached --by month,sex --format csv
holds any_breakdown_is_folded grep -q '^coached,.*,2009-03,man,person,1,1,0,,,$' out
expect 64 unknown_dimensions_are_told ogniwo totals --by regon
holds unknown_dimensions_are_told grep -q 'did you mean "region"' err
expect 66 unknown_indicators_are_told ogniwo totals --indicator coched
expect 64 unknown_verbs_get_the_nearest ogniwo totls
holds unknown_verbs_get_the_nearest grep -q 'did you mean "totals"' err

# ---- what is behind a figure ----
expect 0 a_figure_is_explained \
    ogniwo explain coached --where region=PL-12,sex=man --level voivodeship --format json
holds a_figure_is_explained jq -e '.parts[0] | .value == 1 and .event_count == 1 and
    .events[0].position == 4 and .events[0].seq == 2 and .events[0].person == "klucz-1:1" and
    .events[0].counts and .people == [{row: "person", partner: "KLUCZ", identity: 1, net: 1,
    partners: 1, counts: true}]' out
expect 0 rows_add_up_for_scripts_too ogniwo explain coached --format csv
holds rows_add_up_for_scripts_too grep -Eq '^sum,coached,.*,1,1,,$' out
expect 0 nobody_is_behind_an_empty_cell ogniwo explain coached --where sex=woman --lang pl
holds nobody_is_behind_an_empty_cell grep -q '^Suma coached: 0 ' out
expect 66 labels_that_nothing_has_are_told ogniwo explain coached --where region=PL-9999
expect 64 a_cell_needs_dimensions ogniwo explain coached --where regon=PL-12
holds a_cell_needs_dimensions grep -q 'did you mean "region"' err
expect 66 unknown_indicators_are_not_explained ogniwo explain coched

# ---- the log ----
expect 0 the_log_verifies ogniwo log verify --format json
holds the_log_verifies jq -e '.verified and .events == 3' out
expect 0 digests_agree ogniwo log digest --format json
jq -cS 'del(.live, .exchange, .incarnation)' out >digest
expect 0 digests_agree ogniwo log digest --fold --format json
same digests_agree "$(jq -cS 'del(.live)' out)" "$(cat digest)"
expect 0 entries_are_shown ogniwo log show 4 --format json
holds entries_are_shown jq -e '.events | length == 3 and .[1].support == "coaching"' out
expect 0 the_tail_is_short ogniwo log tail -n 1 --format json
holds the_tail_is_short jq -e 'length == 1 and .[0].kind == "batch"' out
expect 0 replay_finds_no_difference ogniwo replay --diff
sed 's/kind: \[started\], support: \[coaching\]/kind: [started], support: [training]/' \
    programmes/abc.yaml >programmes/other.yaml
expect 1 replay_tells_what_a_file_changes ogniwo replay --diff --programme programmes/other.yaml --format json
holds replay_tells_what_a_file_changes \
    jq -e '[.differences[].cell] | all(startswith("ABC|coached|"))' out
expect 1 replay_tells_what_came_since ogniwo replay --diff --until 3

# ---- revoking, and afterwards ----
expect 64 revoking_asks_first ogniwo node revoke klucz-1 --admin anna.keys
expect 0 a_node_is_revoked ogniwo node revoke klucz-1 --admin anna.keys --yes
expect 0 nodes_are_listed ogniwo node ls --format json
holds nodes_are_listed jq -e '.[0].revoked and .[0].events == 3' out
kill $node_pid && wait $node_pid
same a_node_ends_well $? 0
kill $broker_pid && wait $broker_pid
same a_broker_ends_well $? 0
started=()
expect 69 nobody_answers ogniwo status --broker broker.yaml --node "$node"
expect 69 nothing_to_compare_with_is_no_success ogniwo replay --diff
expect 65 a_store_without_its_daemon_will_do ogniwo import --node "$node" a.csv
expect 0 totals_without_a_broker ogniwo totals --format json
holds totals_without_a_broker test "$(jq -cS .rows out)" = "$(jq -cS .rows live.json)"
expect 0 the_log_verifies_at_rest ogniwo log verify

# ---- tampering ----
tampered() { # CLAIM PATTERN POSITION
    cp -r log keep
    perl -pi -e "$2" log/data.mdb
    expect 65 "$1" ogniwo log verify --format json
    holds "$1" jq -e "(.verified | not) and .position == $3" out
    rm -rf log && mv keep log
}
tampered a_changed_event_is_found 's/PL-1218(?!;)/PL-1219/g' 4
tampered a_changed_decision_is_found 's/klucz-1/klucz-2/g' 3
tampered a_changed_programme_is_found 's/objęli wsparciem 391/objęli wsparciem 392/g' 2

if [ $faults -gt 0 ]; then
    echo "$faults claims do not hold"
    exit 1
fi
