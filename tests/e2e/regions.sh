#!/bin/bash
# Region tables on the command line: made from the official register, checked, asked.
# Usage: regions.sh FOLDER-OF-PROGRAMS SOURCE-FOLDER
. "$2/tests/e2e/claims.sh"
cp -r "$source_folder/config/programmes" "$source_folder/config/regions" .

# ---- a register as large as the official one, from our own table ----
# Each county gets eight gminas, of which two are urban-rural and have their parts.
awk -F ';' '
    function row(woj, pow, gmi, kind, name, what) {
        print woj ";" pow ";" gmi ";" kind ";" name ";" what ";2024-01-01\r"
    }
    BEGIN { print "\xef\xbb\xbfWOJ;POW;GMI;RODZ;NAZWA;NAZWA_DOD;STAN_NA\r" }
    $3 == "voivodeship" { row(substr($1, 4), "", "", "", toupper($2), "województwo") }
    $3 == "county" && ($6 == "" || $6 > "2024-01-01") {
        woj = substr($1, 4, 2)
        pow = substr($1, 6)
        row(woj, pow, "", "", $2, "powiat")
        for (i = 1; i <= 8; i++) {
            kind = i <= 2 ? 3 : 1 + i % 2
            if ($1 == "PL-2002" && i == 7) kind = 3
            row(woj, pow, "0" i, kind, "Gmina " i, "gmina")
            for (k = 4; kind == 3 && k <= 5; k++) row(woj, pow, "0" i, k, "Gmina " i, "część")
        }
    }' regions/pl.csv >terc.csv

# ---- import ----
expect 0 a_dry_run_tells_what_there_is ogniwo regions import terc.csv regions/pl.csv -n
holds a_dry_run_tells_what_there_is grep -q '^Register as at 2024-01-01: voivodeships 16, counties 380, gminas 3040$' out
holds parts_are_left_out grep -q 'towns 761, rural areas 761, districts 0, delegatures 0$' out
holds a_size_is_told grep -Eq '^Together [0-9]+ bytes; a programme and its tables may have 1032192$' out
same a_dry_run_prints_no_table "$(grep -c ';gmina;' out)" 0
expect 0 a_dry_run_writes_nothing ogniwo regions import terc.csv regions/pl.csv -n -o dry.csv
same a_dry_run_writes_nothing "$(ls | grep -c '^dry')" 0
expect 0 polish_counts ogniwo regions import terc.csv regions/pl.csv -n --lang pl
holds polish_counts grep -q '^Rejestr na dzień 2024-01-01: województwa 16, powiaty 380, gminy 3040$' out
expect 0 a_table_is_made ogniwo regions import terc.csv regions/pl.csv -o regions/gminas.csv --format json
holds a_table_is_made jq -e '.voivodeships == 16 and .counties == 380 and .gminas == 3040 and
    .towns_left_out == 761 and (.dry_run | not) and .lines + .known + ([.differences[] |
    select(.difference == "kind")] | length) == 16 + 380 + 3040' out
holds no_gmina_of_ours_is_doubled jq -e '[.differences[] | select(.code == "PL-2002073")] ==
    [{code: "PL-2002073", difference: "name", register: "Gmina 7", tables: "Michałowo"}]' out
same lines_are_those_told "$(($(wc -l <regions/gminas.csv) - 1))" "$(jq .lines out)"
same a_young_countys_gminas_are_as_young "$(grep '^PL-1021031;' regions/gminas.csv)" ''
same a_young_countys_gminas_are_as_young "$(grep '^PL-102103[12];' regions/gminas.csv)" \
    'PL-1021032;Gmina 3;gmina;PL-1021;2002-01-01;'
cp regions/gminas.csv before.csv
expect 73 a_table_is_never_overwritten ogniwo regions import terc.csv regions/pl.csv -o regions/gminas.csv
holds a_table_is_never_overwritten cmp before.csv regions/gminas.csv
expect 0 without_a_name_it_goes_to_standard_output ogniwo regions import terc.csv regions/pl.csv
holds without_a_name_it_goes_to_standard_output cmp before.csv out
holds the_report_goes_aside grep -q '^Register as at' err
expect 0 a_register_is_a_table_by_itself ogniwo regions import terc.csv -o whole.csv
same a_register_is_a_table_by_itself "$(wc -l <whole.csv)" $((1 + 1 + 16 + 380 + 3040))

# A programme may have it: the broker's own check takes both tables.
sed -i 's|^regions:.*|regions: [../regions/pl.csv, ../regions/gminas.csv]|' programmes/lubuskie.yaml
expect 0 a_programme_may_have_it ogniwo config check programmes/lubuskie.yaml

# ---- faults ----
sed '5s/^\(..;..;\)0/\1/' terc.csv >wrong.csv
expect 65 a_bad_line_is_named ogniwo regions import wrong.csv regions/pl.csv -o wrong-out.csv
holds a_bad_line_is_named grep -q '^wrong.csv:5:7: "1" is no GMI: there are two digits' err
same nothing_is_left_of_it "$(ls | grep -c wrong-out)" 0
expect 66 a_missing_register_is_told ogniwo regions import nothing.csv -o wrong-out.csv
expect 78 what_is_beside_must_be_a_table ogniwo regions import terc.csv terc.csv -o wrong-out.csv
holds what_is_beside_must_be_a_table grep -q '^terc.csv:1:1: .*is no region table' err
same nothing_is_left_of_it "$(ls | grep -c wrong-out)" 0

# ---- check ----
expect 0 tables_are_checked_together ogniwo regions check regions/pl.csv regions/gminas.csv --format json
holds tables_are_checked_together jq -e '.days[-1] | .country == 1 and .voivodeship == 16 and .subregion == 73 and
    .county == 380' out
holds all_gminas_are_there test "$(jq .days[-1].gmina out)" -gt 3000
expect 0 a_table_has_its_days ogniwo regions check regions/pl.csv --format csv
holds a_table_has_its_days grep -q '^2015-01-01,1,16,72,380,7,0,52,46$' out
holds it_had_a_state_before grep -q '^,1,16,66,373,7,0,463,0$' out
expect 0 polish_headings ogniwo regions check regions/pl.csv --lang pl
holds polish_headings grep -q '^W porządku: wierszy 533, ' out
sed 's/^PL-2011;sokólski;county;NUTS-PL841;;$/PL-2011;sokólski;county;NUTS-PL849;;/' regions/pl.csv >wrong.csv
expect 78 a_fault_is_named_with_file_and_line ogniwo regions check regions/europe.csv wrong.csv
holds a_fault_is_named_with_file_and_line grep -q "^wrong.csv:$(grep -n '^PL-2011;' wrong.csv | cut -d: -f1):1: \
"'"PL-2011;sokólski;county;NUTS-PL849;;": its parent is not there' err
expect 78 a_gmina_twice_is_a_fault ogniwo regions check regions/pl.csv regions/gminas.csv whole.csv
expect 66 a_missing_table_is_told ogniwo regions check regions/nothing.csv

# ---- show ----
expect 0 a_code_of_nuts_2013_is_found ogniwo regions show PL343 --on 2016-06-30 --format json
holds a_code_of_nuts_2013_is_found jq -e '.code == "NUTS-PL841" and .valid and
    ([.rows[] | select(.relation == "now")] | length == 1 and .[0].nuts_2013 == "PL343" and .[0].nuts_2016 == "PL841")
    and [.rows[] | select(.relation == "above").code] == ["PL-20", "PL"]
    and [.rows[] | select(.relation == "below").code] == ["PL-2002", "PL-2011", "PL-2061"]' out
cp out wanted
for code in NUTS-PL343 PL841 NUTS-PL841; do
    expect 0 all_names_are_one ogniwo regions show $code --on 2016-06-30 --format json
    holds all_names_are_one cmp out wanted
done
expect 0 the_shipped_tables_are_the_default ogniwo regions show 1211 --on 2014-12-31 --format csv
holds a_region_has_all_its_days grep -q '^now,PL-1211,nowotarski,county,NUTS-PL218,,2014-12-31,,$' out
holds a_region_has_all_its_days grep -q '^later,PL-1211,nowotarski,county,NUTS-PL219,2015-01-01,,,$' out
holds a_county_has_its_subregion_of_the_day grep -q '^above,NUTS-PL218,.*,PL218,PL218$' out
expect 0 a_region_may_lack_a_day ogniwo regions show PL219 --on 2014-12-31 --lang pl
holds a_region_may_lack_a_day grep -q '^NUTS-PL219 w dniu 2014-12-31: wtedy nie obowiązuje$' out
holds a_region_may_lack_a_day grep -q '^później ' out
expect 0 own_tables_are_asked ogniwo regions show 2002013 regions/pl.csv regions/gminas.csv --on 2020-01-01 --format csv
holds own_tables_are_asked grep -q '^now,PL-2002013,Gmina 1,gmina,PL-2002,,,,$' out
expect 66 the_shipped_tables_lack_it ogniwo regions show 2002013
expect 66 an_unknown_region_is_told ogniwo regions show PL-2061x
holds an_unknown_region_is_told grep -q 'did you mean "PL-2061"' err
expect 64 a_day_is_a_day ogniwo regions show PL-20 --on 2015-02-29

if [ $faults -gt 0 ]; then
    echo "$faults claims do not hold"
    exit 1
fi
