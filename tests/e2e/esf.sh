#!/bin/bash
# The files of ESF indicators, counted over one office's rows: a person in every category that fits, and in no other.
# Usage: esf.sh FOLDER-OF-PROGRAMS SOURCE-FOLDER
. "$2/tests/e2e/claims.sh"
data=$source_folder/tests/e2e/esf
cp -r "$source_folder/config/indicators" .
mkdir programmes

# programme ID FIRST-DAY LAST-DAY FILE...: the least that includes the files.
programme() {
    cat <<END
programme: $1
title: Próba
starts_on: $2
ends_on: $3
lead: PUP
include: [$(printf '../indicators/%s.yaml, ' "${@:4}" | sed 's/, $//')]
partners: [{id: PUP, title: Powiatowy Urząd Pracy}]
vocabulary: {support: [{id: course, title: Kurs}]}
END
}
programme E07 2009-01-01 2010-12-31 esf-2007-2013 >programmes/E07.yaml
sed -n '/^```yaml$/,/^```$/{/^```/!p}' "$source_folder/docs/esf.md" >programmes/E14.yaml
programme E21 2022-01-01 2022-12-31 esf-2021-2027 >programmes/E21.yaml
expect 0 each_file_is_fine ogniwo config check indicators/*.yaml programmes/*.yaml
programme E99 2014-01-01 2022-12-31 esf-2014-2020 esf-2021-2027 >two.yaml
sed -i 's|\.\./||g' two.yaml
expect 78 two_periods_are_refused ogniwo config check two.yaml
holds two_periods_are_refused grep -Eq '^two.yaml:6:[0-9]+: .*esf-2021-2027.yaml.*stands in line [0-9]+ of .*esf-2014-2020.yaml' err

# ---- an exchange with one office in three programmes ----
start_exchange
for id in E07 E14 E21; do
    ogniwo keys new programme $id -o $id.keys >out
    expect 0 a_programme_comes_into_force \
        ogniwo programme put programmes/$id.yaml --key $id.keys --admin anna.keys
done
start_office E07=E07.keys,E14=E14.keys,E21=E21.keys

# figures ID [OPTION...]: a line for each indicator, as "id number".
figures() {
    local id=$1
    shift
    ogniwo totals --programme "$id" --format json "$@" | jq -r '.rows[] | "\(.indicator) \(.value)"' | sort
}

# who FILE: the same from the list of those who count.
who() { sed -n '/^#/d;s/:/ /p' "$1" | awk '{print $1, NF - 1}' | sort; }

# counts ID PERIOD: the period's rows give the figures of the period's list.
counts() {
    expect 0 rows_are_taken ogniwo import --node "$node" --programme "$1" "$data/$2.csv"
    until_holds the_lead_has_it node_is '.node.waiting == 0'
    same "figures_of_$2" "$(diff <(who "$data/$2.txt") <(figures "$1"))" ""
    local all=$(grep -c '^enrolled' "$data/$2.csv")
    holds "each_counts_somebody_and_leaves_out_somebody_$2" \
        awk -v all="$all" -F: '/^#/ {next} {n = split($2, who, " "); if (n < 1 || n > all - 1) exit 1}' \
        "$data/$2.txt"
}
counts E07 2007-2013
counts E14 2014-2020
counts E21 2021-2027

# Who is in at the end of 2009: r14, and r13 again.
figures E07 --until 2009-12-31 >until
same carry_over_is_the_difference \
    "$(awk '{f[$1] = $2} END {print f["entered"] - f["left"] + f["entered_again"] - f["left_again"]}' until)" 2
if [ $faults -gt 0 ]; then
    echo "$faults claims do not hold"
    exit 1
fi
