#!/bin/bash
# Reports over a log in which things were corrected, taken back and sent late.
# Usage: reports.sh FOLDER-OF-PROGRAMS SOURCE-FOLDER
. "$2/tests/e2e/claims.sh"

# ---- an exchange with two offices ----
start_exchange
ogniwo keys new programme ABC -o abc.keys >out
cp -r "$source_folder/config/programmes" "$source_folder/config/regions" .
expect 0 a_programme_comes_into_force \
    ogniwo programme put programmes/abc.yaml --key abc.keys --admin anna.keys
connected() {
    ogniwo status --node "$folder/$1/ogniwo-node" --format json |
        jq -e '.node.uplink == "ready" and .node.programmes[0].in_force'
}
for partner in KLUCZ STOPIL; do
    mkdir $partner
    expect 0 a_node_is_enrolled ogniwo node enrol --programme ABC=abc.keys --partner $partner \
        --name ${partner,,} --admin anna.keys -o $partner/it.join
    ogniwo-node --join $partner/it.join 2>node-$partner.log &
    started+=($!)
    until_holds the_node_connects connected $partner
done
position() { ogniwo log info --format json | jq .position; }
# arrived PARTNER SEQ: the lead has all of it.
arrived() {
    ogniwo status --node "$folder/$1/ogniwo-node" --format json |
        jq -e ".node.head_seq == $2 and .node.waiting == 0"
}
# sends PARTNER SEQ: imports standard input; the node's events then end with that number.
sends() {
    (echo "key;op;kind;occurred_on;task;region;person;sex;support" && cat) >$1.csv
    expect 0 rows_are_taken ogniwo import --node "$folder/$1/ogniwo-node" $1.csv
    until_holds the_lead_has_it arrived $1 $2
}

sends KLUCZ 4 <<END
1;;started;2009-03-02;A;PL-1218;44051401359;;coaching
2;;started;2009-03-05;A;PL-1218;90010112349;;coaching
3;;started;2009-04-02;A;PL-1218;90010112363;;coaching
4;;completed;2009-04-20;A;PL-1218;44051401359;;coaching
END
reported=$(position)
expect 0 a_period_is_closed ogniwo period close --through 2009-04-30 --admin anna.keys
closed() { # INDICATOR: the closed period's row of it
    ogniwo period show 1 --format json |
        jq -r --arg id "$1" '.[] | select(.indicator == $id) | [.closed, .now, .correction,
            .programme_changed] | join(" ")'
}
same a_period_that_was_just_closed_has_no_correction "$(closed coaching_completed)" "1 1 0 false"

# ---- what has moved since it was reported ----
changed() { # cells as "indicator labels before after difference", of a breakdown, with more options
    local by=$1
    shift
    ogniwo totals --changed-since "$reported" --by "$by" --format json "$@" |
        jq -r '.by as $by | .rows[] | . as $row | [.indicator, ($by[] | $row[.]), .before, .after,
            .difference] | join(" ")' | tr '\n' ';'
}
same nothing_has_changed_yet "$(changed month)" ""
expect 0 it_says_so ogniwo totals --changed-since "$reported"
holds it_says_so grep -q '^No number has changed' out

# A correction moves row 2 to April; row 4 is taken back; the other office sends March late, one of the
# two being the person of row 1.
sends KLUCZ 7 <<END
2;;started;2009-04-05;A;PL-1218;90010112349;;coaching
4;delete;;;;;;;
END
sends STOPIL 2 <<END
1;;started;2009-03-09;A;PL-1210;44051401359;;coaching
2;;started;2009-03-10;A;PL-1210;90010112387;;coaching
END
april="coached 2009-04 1 2 1;coaching_completed 2009-04 1 0 -1;"
same exactly_the_cells_that_moved_are_told "$(changed month)" "$april"
same a_closed_month_that_moved_is_told_by_partner "$(changed partner,month --until 2009-03-31)" \
    "coached KLUCZ 2009-03 2 1 -1;coached STOPIL 2009-03 0 2 2;"
same one_indicator_alone "$(changed month -i coached)" "coached 2009-04 1 2 1;"
same a_later_position_may_be_named_too "$(changed month --known-at "$reported")" ""
expect 0 csv_has_the_same ogniwo totals --changed-since "$reported" --by month --format csv
holds csv_has_the_same grep -q '^coached,.*,2009-04,person,1,2,1$' out
expect 0 the_table_has_the_same ogniwo totals --changed-since "$reported" --lang pl
holds the_table_has_the_same grep -Eq '^coached .* person +3 +4 +\+1$' out
holds the_table_has_the_same grep -q 'PRZEDTEM' out
expect 64 what_is_now_has_not_changed ogniwo totals --changed-since "$reported" --watch
expect 64 a_position_after_the_other_is_told ogniwo totals --changed-since 4 --known-at 3
expect 66 a_position_that_is_not_there_is_told ogniwo totals --changed-since 400
same what_came_after_the_closing_is_a_correction \
    "$(closed coaching_completed),$(closed coached)" "1 0 -1 false,3 4 1 false"

# Another file comes into force: both numbers are by it, so that only the log makes a difference.
sed 's/{kind: \[completed\], support: \[coaching\]}/{kind: [dropped], support: [coaching]}/' \
    programmes/abc.yaml >programmes/other.yaml
expect 0 another_file_comes_into_force \
    ogniwo programme put programmes/other.yaml --key abc.keys --admin anna.keys
same both_numbers_are_by_the_new_file "$(changed month)" "coached 2009-04 1 2 1;"
expect 0 it_is_said ogniwo totals --changed-since "$reported"
holds it_is_said grep -q 'programme file has changed' out
same a_change_of_file_is_no_correction \
    "$(closed coaching_completed),$(closed coached)" "0 0 0 true,3 4 1 true"
expect 0 the_period_says_so_too ogniwo period show 1 --lang pl
holds the_period_says_so_too grep -q '^Plik programu się zmienił' out
same before_the_programme_there_was_nothing \
    "$(reported=1 changed partner -i coached)" "coached KLUCZ 0 3 3;coached STOPIL 0 2 2;"

# ---- parts and their whole ----
cat >KLUCZ.csv <<END
key;kind;occurred_on;task;region;person;person_scheme;outcome
5;outcome;2009-05-04;B;PL-1212;SPÓŁDZIELNIA;entity;founded_cooperative
6;outcome;2009-05-05;B;PL-1212;STOWARZYSZENIE;entity;founded_association
7;outcome;2009-06-06;B;PL-1212;INNA;entity;founded
END
expect 0 rows_are_taken ogniwo import --node "$folder/KLUCZ/ogniwo-node" KLUCZ.csv
until_holds the_lead_has_it arrived KLUCZ 10
parts() { # of the whole: its value, the sum and the difference, of each row
    ogniwo totals --format json "$@" | jq -c '[.rows[] | select(.parts == "sum") |
        [.value, .parts_sum, .parts_difference]]'
}
same parts_are_held_against_their_whole "$(parts)" "[[3,2,-1]]"
same also_in_each_cell "$(parts --by month)" "[[2,2,0],[1,0,-1]]"
same what_is_counted_from_the_log_has_the_same "$(parts --until 2009-05-31)" "[[2,2,0]]"
same parts_that_were_not_asked_for_are_not_missed "$(parts -i entities_founded)" "[[3,null,null]]"
expect 0 parts_stand_below_their_whole ogniwo totals --lang pl
holds parts_stand_below_their_whole test "$(grep -A2 '^entities_founded' out | sed -E 's/ +/ /g' | cut -d' ' -f1-3 |
    tr '\n' ';')" = "entities_founded Nowe podmioty;cooperatives_founded w tym;associations_founded w tym;"
holds the_difference_stands_there grep -Eq '^entities_founded .* entity +3 +3 +0 +2 +-1 ' out
holds a_part_is_called_one grep -q '^coaching_completed *  w tym: Osoby' out
expect 0 csv_names_the_whole ogniwo totals --format csv
holds csv_names_the_whole grep -Eq '^cooperatives_founded,.*,1,1,0,entities_founded,,,' out

# ---- how targets stand ----
awk '/^targets:/ { exit } { print }' programmes/abc.yaml >programmes/targets.yaml
cat >>programmes/targets.yaml <<END
  - {id: starts, title: Rozpoczęcia, unit: event, count: occurrences, where: {kind: [started]}}
  - {id: cases, title: Udziały, unit: person, count: participations, where: {kind: [started], support: [coaching]}}
  - {id: cases_each, title: Udziały na 100 osób, unit: percent, count: ratio, of: cases, per: coached}
  - {id: monthly, title: Doradztwo w miesiącu, unit: person, count: mean, of: coached, over: month}
  - {id: by_office, title: Doradztwo u partnera, unit: person, count: mean, of: coached, over: partner}
targets:
  - {indicator: coached, kind: target, op: ge, value: 10}
  - {indicator: coached, kind: target, op: eq, value: 2, partner: STOPIL}
  - {indicator: coached, kind: target, op: ge, value: 100, region: PL-12}
  - {indicator: coached, kind: target, op: ge, value: 3, to: 2009-03-31}
  - {indicator: coached, kind: target, op: ge, value: 3, from: 2009-04-01}
  - {indicator: coached, kind: target, op: ge, value: 3, task: A, as_of: 2009-01-01}
  - {indicator: coached, kind: target, op: ge, value: 50, task: A, as_of: 2010-01-01}
  - {indicator: starts, kind: target, op: eq, value: 8, from: 2009-04-01}
  - {indicator: took_job, kind: target, op: none}
  - {indicator: took_job, kind: achieved, op: eq, value: 7}
END
expect 0 a_file_with_targets_comes_into_force \
    ogniwo programme put programmes/targets.yaml --key abc.keys --admin anna.keys
stands() { # as at a day: "value target state" of each target
    ogniwo targets --as-at "$1" --format json | jq -r '.rows[] | [.value, .target, .state] | map(. // "-") |
        join(" ")' | tr '\n' ';'
}
same each_target_has_its_scope_and_state "$(stands 2009-04-05)" \
    "4 10 on pace;2 2 met;4 100 at risk;2 3 cannot be met;2 3 undefined;4 3 met;2 8 undefined;0 - no target;"
same the_newest_version_is_in_force_from_its_day "$(stands 2010-01-01)" \
    "4 10 at risk;2 2 met;4 100 at risk;2 3 cannot be met;2 3 at risk;4 50 at risk;2 8 at risk;0 - no target;"
# 13 weeks with 2, 0, 0, 1, 1 and then none: worked out by hand.
same pace_and_day_are_those_of_the_weeks \
    "$(ogniwo targets -i coached --as-at 2009-04-05 --format json | jq -c '.rows[0] |
        [.percent, .change, .weeks, .pace, .needed, .projected, .earliest, .latest]')" \
    '[40,2,13,1.34,0.23,"2009-08-20","2009-07-02","2010-02-16"]'
expect 0 the_table_has_the_same ogniwo targets --as-at 2009-04-05 --lang pl
holds the_table_has_the_same grep -Eq '^coached +4 +≥ 10 +person +40 +2 +1.34 +0.23 +2009-08-20 .*zgodnie z planem' out
holds a_span_without_a_full_week_says_so grep -q '^starts .*nie minął jeszcze cały tydzień' out
expect 0 csv_has_the_same ogniwo targets --as-at 2009-04-05 --format csv
same csv_has_a_row_for_each_target "$(wc -l <out)" 9
expect 0 json_lines_have_the_same ogniwo targets --as-at 2009-04-05 --format jsonl
expect 64 a_day_that_is_none_is_told ogniwo targets --as-at 2009-02-30
expect 66 an_indicator_that_is_not_there_is_told ogniwo targets -i coachd
holds the_nearest_one_is_named grep -q 'coached' err

# ---- what a merge of two people would move ----
expect 0 a_merge_is_tried ogniwo people merge klucz:1 klucz:2 --admin anna.keys -n
same ratios_and_means_move_too "$(grep -e '->' out | tr -s ' ' | grep -E '^(coached|cases_each|monthly|by_office) ' |
    tr '\n' ';')" "coached 4 -> 3;cases_each 125 -> 133.33;by_office 2.5 -> 2;"

# ---- what a ratio or a mean divides ----
quotient() {
    ogniwo explain "$@" --format json | jq -c '.quotient | [.value, .numerator, .divisor, .over]'
}
same a_ratio_tells_both_its_parts "$(quotient cases_each)" '[125,5,4,null]'
same a_mean_adds_the_figures_of_its_labels "$(quotient by_office)" '[2.5,5,2,"partner"]'
same a_mean_over_months_tells_how_many "$(quotient monthly)" '[0.29,4,14,"month"]'
same a_cell_of_a_mean_too "$(quotient by_office --where month=2009-03)" '[1.5,3,2,"partner"]'
expect 0 it_is_the_last_line ogniwo explain by_office
same it_is_the_last_line "$(tail -1 out)" "by_office: 2.5 = 5 / 2 (partner)"
expect 0 scripts_have_a_row_of_it ogniwo explain cases_each --format csv
holds scripts_have_a_row_of_it grep -q '^quotient,cases_each,.*,125,,5,4$' out
same a_figure_that_is_counted_has_none "$(ogniwo explain coached --format json | jq .quotient)" null

# ---- a region whose code was changed ----
sends KLUCZ 13 <<END
8;;started;2008-12-03;A;PL-2002072;44051401359;;coaching
9;;started;2009-02-03;A;PL-2002073;90010112363;;coaching
10;;started;2009-02-04;A;PL-2002073;90010112349;;coaching
END
awk '/^targets:/ { exit } { print }' programmes/targets.yaml >programmes/regions.yaml
cat >>programmes/regions.yaml <<END
targets:
  - {indicator: coached, kind: target, op: ge, value: 1, region: PL-2002072}
  - {indicator: coached, kind: target, op: ge, value: 9, region: PL-2002073}
  - {indicator: coached, kind: target, op: ge, value: 9, region: PL-2002}
END
expect 0 a_file_with_targets_of_regions_comes_into_force \
    ogniwo programme put programmes/regions.yaml --key abc.keys --admin anna.keys
same a_code_that_has_ended_keeps_its_figure "$(stands 2009-03-31)" \
    "1 1 met;2 9 on pace;3 9 on pace;"
same it_is_said_when_it_ended \
    "$(ogniwo targets --as-at 2009-03-31 --format json | jq -c '[.rows[].note]')" \
    '["what comes after its region'"'"'s code has ended is not in it: 2008-12-31",null,null]'
same until_then_nothing_is_said \
    "$(ogniwo targets --as-at 2008-12-31 --format json | jq -c '[.rows[] | [.value, .note]]')" \
    '[[1,null],[0,null],[1,null]]'

# ---- spans that begin later, and targets for each of several ----
awk '/^targets:/ { exit } { print }' programmes/targets.yaml >programmes/each.yaml
cat >>programmes/each.yaml <<END
targets:
  - {indicator: coached, kind: target, op: ge, value: 4, from: 2009-03-05, to: 2009-04-30}
  - {indicator: cases_each, kind: target, op: ge, value: 120, from: 2009-03-05}
  - {indicator: monthly, kind: target, op: avg, value: 2, from: 2009-03-01}
  - {indicator: coached, kind: target, op: per, value: 2, each: partner, to: 2009-04-30}
  - {indicator: coached, kind: target, op: per, value: 1, each: county, region: NUTS-PL21A, to: 2009-04-30}
  - {indicator: coached, kind: target, op: per, value: 2, each: month}
  - {indicator: coached, kind: target, op: ge, value: 9, partner: STOPIL}
END
expect 0 a_file_with_spans_comes_into_force \
    ogniwo programme put programmes/each.yaml --key abc.keys --admin anna.keys
told() { # JQ-FIELDS of each row, with more options
    local fields=$1
    shift
    ogniwo targets --as-at 2009-05-03 --format json "$@" |
        jq -r ".rows[] | [$fields]"' | map(. // "-") | join(" ")' |
        tr '\n' ';'
}
# Three of the four people of the first had been counted before its span began.
same each_counts_what_is_in_its_span "$(told '.value, .target, .state')" \
    "4 4 met;100 120 at risk;2 2 met;0 2 cannot be met;0 1 cannot be met;- 2 undefined;2 9 on pace;"
same each_of_those_meant_is_judged "$(told '.met, .meant, .smallest')" \
    "- - -;- - -;- - -;2 3 WUP-KRAKOW;1 5 PL-1203;- - -;- - -;"
same a_row_for_each_partner_that_has_a_target \
    "$(told '.partner, .value, .target, .state' --by partner)" \
    "KLUCZ 3 2 met;STOPIL 2 2 met;STOPIL 2 9 on pace;WUP-KRAKOW 0 2 cannot be met;"
same a_row_for_each_region_that_has_a_target "$(told '.region, .value, .state' --by region)" \
    "PL-1203 0 cannot be met;PL-1212 0 cannot be met;PL-1213 0 cannot be met;PL-1215 0 cannot be met;PL-1218 3 met;"
same no_task_has_a_target "$(told '.value' --by task)" ""
same what_is_for_each_is_no_target_of_the_whole \
    "$(ogniwo totals -i coached --format json | jq -c '.rows[0] | [.value, .target]')" '[4,null]'
expect 64 targets_are_not_by_month ogniwo targets --by month
expect 0 the_note_tells_how_many ogniwo targets --as-at 2009-05-03
holds the_note_tells_how_many grep -q '/ partner.* cannot be met *2 of 3 reach it; the smallest is WUP-KRAKOW' out
expect 0 in_polish_too ogniwo targets --as-at 2009-05-03 --lang pl
holds in_polish_too grep -q 'osiąga go 2 z 3; najmniej ma WUP-KRAKOW' out

# ---- versions of a target: totals and targets choose the same ----
awk '/^targets:/ { exit } { print }' programmes/targets.yaml >programmes/versions.yaml
cat >>programmes/versions.yaml <<END
targets:
  - {indicator: coached, kind: target, op: ge, value: 60, as_of: 2010-01-01}
  - {indicator: coached, kind: target, op: ge, value: 40, as_of: 2009-01-01}
  - {indicator: coached, kind: target, op: ge, value: 7, as_of: 2009-01-01, task: A}
  - {indicator: coached, kind: achieved, op: eq, value: 5, as_of: 2009-07-01}
END
expect 0 a_file_with_versions_comes_into_force \
    ogniwo programme put programmes/versions.yaml --key abc.keys --admin anna.keys
figure() { # OPTION...: target and figure reported
    ogniwo totals -i coached --format json "$@" | jq -c '.rows[0] | [.target, .achieved]'
}
chosen() { ogniwo targets -i coached --as-at "$1" --format json | jq -c '.rows[0].target'; }
same before_any_version_there_is_none "$(figure --until 2008-12-31)" '[null,null]'
same the_version_is_that_of_the_day "$(figure --until 2009-12-31) $(chosen 2009-12-31)" '[40,5] 40'
same from_its_day_on_the_newer "$(figure --until 2010-01-01) $(chosen 2010-01-01)" '[60,5] 60'
same today_it_is_the_newest "$(figure)" '[60,5]'
same versions_are_dated_for_scripts_too \
    "$(ogniwo totals -i coached --format json | jq -c '[.rows[0].targets[].as_of]')" \
    '["2010-01-01","2009-01-01","2009-01-01","2009-07-01"]'

# ---- a figure in the regions of another day ----
sends KLUCZ 14 <<END
11;;started;2009-02-05;A;PL-1215;90010112349;;coaching
END
behind() { # OPTION...: events, and the figure, of a subregion that the county came to with 2015
    ogniwo explain coached --where region=NUTS-PL219 --level subregion --format json "$@" |
        jq -c '[.parts[0].event_count, .parts[0].value]'
}
same a_cell_has_the_events_of_its_days_regions "$(behind)" '[0,0]'
same and_those_of_another_days "$(behind --regions-at 2015-01-01)" '[1,1]'
same it_is_the_figure_of_totals "$(ogniwo totals -i coached --by region --level subregion --regions-at 2015-01-01 \
    --format json | jq '.rows[] | select(.region == "NUTS-PL219") | .value')" 1
expect 64 a_day_for_regions_that_is_none ogniwo explain coached --regions-at 2015-02-30

if [ $faults -gt 0 ]; then
    echo "$faults claims do not hold"
    exit 1
fi
