#!/bin/bash
# Codes that end while a programme runs: rows that come later keep what their enrolment said.
# Usage: ended_codes.sh FOLDER-OF-PROGRAMS SOURCE-FOLDER
. "$2/tests/e2e/claims.sh"
cp "$source_folder/config/regions/pl.csv" .
cat >P.yaml <<END
programme: P
title: Próba
starts_on: 2012-01-01
ends_on: 2014-12-31
lead: PUP
regions: [pl.csv]
partners: [{id: PUP, title: Powiatowy Urząd Pracy}]
vocabulary:
  support: [{id: course, title: Kurs}]
  outcome: [{id: job, title: Praca}]
  status: [{id: old, title: Dawny, valid_to: 2012-12-31}]
indicators:
  - {id: started, title: Rozpoczęli, unit: person, count: persons, where: {kind: [started]}}
  - {id: jobs, title: Pracują, unit: person, count: persons, region: home, where: {kind: [outcome]}}
END
start_exchange
ogniwo keys new programme P -o P.keys >out
expect 0 a_programme_comes_into_force ogniwo programme put P.yaml --key P.keys --admin anna.keys
start_office P=P.keys

# Wałbrzych had another code until the end of 2012.
cat >rows.csv <<'END'
key;kind;occurred_on;region;person;support;outcome;status
1;enrolled;2012-06-10;PL-0221091;44051401359;;;old
2;started;2013-02-15;;44051401359;course;;
3;outcome;2013-03-15;PL-0265;44051401359;;job;
END
expect 0 rows_are_taken ogniwo import --node "$node" rows.csv
cat >wrong.csv <<'END'
key;kind;occurred_on;region;person;support;outcome;status
4;started;2013-02-16;PL-0221091;44051401359;course;;
5;started;2013-02-17;;44051401359;course;;old
6;enrolled;2013-02-18;PL-0265;44051401458;;;old
END
expect 65 what_a_row_says_itself_must_hold_on_its_day ogniwo import --node "$node" wrong.csv --format json
same what_a_row_says_itself_must_hold_on_its_day "$(jq -r '[.. | objects | .code? // empty] | sort | join(" ")' out)" \
    "REGION_UNKNOWN STATUS_UNKNOWN STATUS_UNKNOWN"
until_holds all_is_acknowledged node_is ".node.waiting == 0"
totals() { ogniwo totals --programme P --format json "$@" | jq -r ".rows[] | select(.indicator == \"$indicator\")$pick"; }
indicator=started pick='.value'
same a_later_row_keeps_what_the_enrolment_said "$(totals)" 1
indicator=started pick=' | .region + " " + (.value | tostring)'
same a_home_stands_where_it_stood_last "$(totals --by region --level county)" "PL-0221 1"
indicator=jobs
same a_home_stands_where_it_stood_last_also_beside_a_place_of_its_own "$(totals --by region --level county)" "PL-0221 1"
indicator=started pick=' | .status + " " + (.value | tostring)'
same a_status_is_that_of_entry "$(totals --by status)" "old 1"

# ---- a new version reaches a node whose link holds ----
cat >new.csv <<'END'
key;kind;occurred_on;person;status
7;enrolled;2013-03-01;44051401458;new
END
expect 65 a_word_of_no_version_is_refused ogniwo import --node "$node" -n new.csv
sed -i 's/valid_to: 2012-12-31}/valid_to: 2012-12-31}, {id: new, title: Nowy}/' P.yaml
expect 0 a_new_version_comes_into_force ogniwo programme put P.yaml --key P.keys --admin anna.keys
until_holds a_node_that_stays_connected_has_the_new_version ogniwo import --node "$node" new.csv
until_holds all_is_acknowledged_again node_is ".node.waiting == 0"
expect 0 the_log_gives_the_same ogniwo replay --diff
exit $((faults > 0))
